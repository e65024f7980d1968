"""Forms of English verbs and nouns: what a word's form can be, and a verb in the form that is asked for."""

from __future__ import annotations

import re

from service.language.thesaurus import frequency, irregular_forms, lemmas, senses


def finite(word: str) -> bool:
    """Whether a word can be a past tense or participle, or a third person ("leads")."""
    found = lemmas(word, "v")
    return bool(found) and (word not in found or word in irregular_forms(word, "v"))


def base_form(word: str) -> bool:
    """Whether a word can be a verb's base form."""
    return word in lemmas(word, "v")


def plural(noun: str) -> bool:
    """Whether a noun names several."""
    found = lemmas(noun, "n")
    return noun in ("people", "police", "staff", "troops") or (bool(found) and noun not in found)


def verbal(word: str) -> bool:
    """Whether a word is at least as often a verb as a noun."""
    return bool(lemmas(word, "v")) and frequency(word, "v") >= frequency(word, "n")


def verb_lemma(verb: str) -> str:
    """A verb's likeliest base form."""
    found = lemmas(verb.lower(), "v")
    return max(found, key=lambda lemma: sum(count for _, count in senses(lemma, "v")), default=verb)


def tensed(verb: str, aux: str) -> str:
    """A base form in the tense and person of its auxiliary: ("send", "did") is "sent"."""
    if aux.lower() == "does":
        ends = verb.endswith(("s", "x", "z", "ch", "sh", "o"))
        return verb[:-1] + "ies" if re.search(r"[^aeiou]y$", verb) else verb + ("es" if ends else "s")
    if aux.lower() != "did":
        return verb
    forms = [form for form in irregular_forms(verb.lower(), "v") if not form.endswith("ing")]
    if forms:
        return min(forms, key=lambda form: (form.endswith(("n", "ne")), "u" in form))
    if verb.endswith("e"):
        return verb + "d"
    return verb[:-1] + "ied" if re.search(r"[^aeiou]y$", verb) else verb + "ed"
