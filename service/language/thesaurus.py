"""What WordNet 3.0 knows of English words: base forms, whether a word is a verb, which words are near in meaning.

Source: G. A. Miller, "WordNet: a lexical database for English", CACM 38(11), 1995; base forms as in morphy(7WN).
`scripts/build_thesaurus.py` makes the file that is read here.
"""

from __future__ import annotations

import atexit
import sqlite3
import threading
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Literal

Part = Literal["n", "v", "a"]

FILE = Path(__file__).resolve().parents[1] / "assets" / "wordnet" / "wordnet.sqlite3"
_SUFFIXES: dict[Part, tuple[tuple[str, str], ...]] = {
    "n": (("ies", "y"), ("ses", "s"), ("xes", "x"), ("zes", "z"), ("ches", "ch"), ("shes", "sh"), ("men", "man"),
          ("s", "")),
    "v": (("ies", "y"), ("es", "e"), ("es", ""), ("s", ""), ("ied", "y"), ("ed", "e"), ("ed", ""), ("ing", "e"),
          ("ing", "")),
    "a": (("er", ""), ("est", ""), ("er", "e"), ("est", "e")),
}
_PARTS: tuple[Part, ...] = ("n", "v", "a")
_ATTESTED = 5
_COMMON, _RARE = 4, 10
"""Kinship by the first senses of two words counts in full, by rarer ones half; by still rarer ones it is noise."""

PERSON, GROUP, PLACE, TIME = 18, 14, 15, 28
"""WordNet's lexicographer files noun.person, noun.group, noun.location, noun.time."""
COGNITION, COMMUNICATION = 31, 32
"""WordNet's lexicographer files verb.cognition, verb.communication."""


class _Database:
    """The one read-only connection, used by one thread at a time and closed with the process."""

    def __init__(self) -> None:
        self._db = sqlite3.connect(f"file:{FILE}?mode=ro&immutable=1", uri=True, check_same_thread=False)
        self._guard = threading.Lock()
        atexit.register(self._db.close)

    def rows(self, query: str, values: tuple[object, ...]) -> list[Any]:
        """All rows of a query."""
        with self._guard:
            return self._db.execute(query, values).fetchall()


@cache
def _db() -> _Database:
    return _Database()


@lru_cache(maxsize=50_000)
def senses(lemma: str, part: Part) -> tuple[tuple[int, int], ...]:
    """The (synset, frequency count) pairs of a base form, commonest first."""
    rows = _db().rows("select synset, count from sense where lemma=? and pos=? order by rank", (lemma, part))
    return tuple(rows)


@lru_cache(maxsize=50_000)
def lemmas(word: str, part: Part) -> tuple[str, ...]:
    """The base forms that a lower-case word may have as this part of speech; empty when it has none."""
    rows = _db().rows("select lemma from irregular where form=? and pos=?", (word, part))
    found = [lemma for (lemma,) in rows if senses(lemma, part)]
    if not found:
        candidates = [word]
        for suffix, ending in _SUFFIXES[part]:
            if word.endswith(suffix) and len(word) > len(suffix) + 1:
                base = word[: len(word) - len(suffix)] + ending
                candidates.append(base)
                if not ending and suffix in ("ed", "ing") and len(base) > 3 and base[-1] == base[-2]:
                    candidates.append(base[:-1])
        found = [base for base in dict.fromkeys(candidates) if senses(base, part)]
        if word in found and word != found[-1] and part == "n" and word.endswith("s"):
            found = [base for base in found if base != word] + [word]
    elif senses(word, part):
        found.append(word)
    return tuple(dict.fromkeys(found))


@lru_cache(maxsize=50_000)
def some_lemmas(word: str) -> tuple[str, ...]:
    """The base forms that a lower-case word may have as any part of speech."""
    return tuple(dict.fromkeys(lemma for part in _PARTS for lemma in lemmas(word, part)))


@lru_cache(maxsize=5_000)
def irregular_forms(lemma: str, part: Part) -> tuple[str, ...]:
    """The forms of a base form that no rule of spelling gives: "sent" of "send", "taken" and "took" of "take"."""
    rows = _db().rows("select form from irregular where lemma=? and pos=? order by form", (lemma, part))
    return tuple(form for (form,) in rows)


@lru_cache(maxsize=50_000)
def frequency(word: str, part: Part) -> int:
    """How often the word's commonest base form was counted as this part of speech in WordNet's tagged texts."""
    return max((sum(count for _, count in senses(lemma, part)) for lemma in lemmas(word, part)), default=0)


@lru_cache(maxsize=50_000)
def field(word: str, part: Part = "n") -> int | None:
    """The lexicographer file of a word's first sense (PERSON, COMMUNICATION …), None for no such word."""
    for lemma in lemmas(word, part):
        return int(_db().rows("select field from synset where id=?", (senses(lemma, part)[0][0],))[0][0])
    return None


@lru_cache(maxsize=50_000)
def _related(synset: int, kind: str) -> frozenset[int]:
    rows = _db().rows("select target from relation where synset=? and kind=?", (synset, kind))
    return frozenset(target for (target,) in rows)


@lru_cache(maxsize=100_000)
def _over(synsets: frozenset[int], kind: str) -> frozenset[int]:
    return frozenset().union(*(_related(synset, kind) for synset in synsets))


@cache
def _first_senses(word: str, part: Part) -> frozenset[int]:
    return frozenset(synset for lemma in lemmas(word, part) for synset, _ in senses(lemma, part)[:_COMMON])


@cache
def _synsets(word: str, part: Part, depth: int = _COMMON) -> frozenset[int]:
    """The commonest senses; one that was never counted is left out beside several that were."""
    found: set[int] = set()
    for lemma in lemmas(word, part):
        known = senses(lemma, part)
        counted = sum(count for _, count in known) >= _ATTESTED
        found.update(synset for i, (synset, count) in enumerate(known[:depth]) if i == 0 or count or not counted)
    return frozenset(found)


@lru_cache(maxsize=50_000)
def _derived(word: str, part: Part) -> frozenset[str]:
    """Words of any part of speech that WordNet derives this one's base forms from or to."""
    found: set[str] = set()
    for lemma in lemmas(word, part):
        rows = _db().rows(
            "select target_lemma from relation join sense using (synset) where sense.lemma=? and sense.pos=? "
            "and relation.lemma=? and kind in ('derivation', 'pertains')", (lemma, part, lemma))
        found.update(target for (target,) in rows if target)
    return frozenset(found)


@lru_cache(maxsize=100_000)
def kinship(first: str, second: str, part: Part) -> float:
    """How near two lower-case words are as this part of speech.

    1 for one base form, .9 for synonyms or a derived form, .8 for a cause and its effect ("kill", "die"), .7 for a
    word and its direct hypernym, .6 for one two levels above or for rarer senses, .55 for
    a word and the niece of its hypernym, .5 for two whose commonest senses share the direct
    hypernym, else 0.
    """
    mine, theirs = lemmas(first, part), lemmas(second, part)
    if first == second or set(mine) & set(theirs):
        return 1.0
    if set(theirs) & _derived(first, part) or set(mine) & _derived(second, part):
        return 0.9
    if _first_senses(first, part) & _first_senses(second, part):
        return 0.9
    common = _common_kinship(_synsets(first, part), _synsets(second, part))
    if common >= 0.6:
        return common
    if _common_kinship(_synsets(first, part, _RARE), _synsets(second, part, _RARE)) >= 0.7:
        return 0.6
    if mine and theirs:
        first_a = _related(senses(mine[0], part)[0][0], "hypernym")
        first_b = _related(senses(theirs[0], part)[0][0], "hypernym")
        if first_a & first_b:
            return 0.5
    return 0.0


def _common_kinship(a: frozenset[int], b: frozenset[int]) -> float:
    """Kinship of two sets of senses: the same, cause and effect, or one or two levels apart."""
    if a & b:
        return 0.9
    if _over(a, "cause") & b or _over(b, "cause") & a:
        return 0.8
    above_a, above_b = _over(a, "hypernym"), _over(b, "hypernym")
    if above_a & b or above_b & a:
        return 0.7
    higher_a, higher_b = _over(above_a, "hypernym"), _over(above_b, "hypernym")
    if higher_a & b or higher_b & a:
        return 0.6
    return 0.55 if higher_a & above_b or higher_b & above_a else 0.0


@lru_cache(maxsize=50_000)
def is_a(word: str, ancestor: str, depth: int = 8) -> bool:
    """Whether one of a noun's common senses lies below a sense of another ("soldier" below "person")."""
    goal = frozenset(synset for lemma in lemmas(ancestor, "n") for synset, _ in senses(lemma, "n")[:1])
    level = _synsets(word, "n")
    for _ in range(depth):
        if level & goal:
            return True
        level = _over(level, "hypernym")
    return False


@lru_cache(maxsize=50_000)
def opposed(first: str, second: str) -> bool:
    """Whether WordNet names two words as antonyms."""
    parts: tuple[Part, ...] = ("v", "n", "a")
    return any(not _antonyms(first, part).isdisjoint(lemmas(second, part)) for part in parts)


@lru_cache(maxsize=50_000)
def _antonyms(word: str, part: Part) -> frozenset[str]:
    """The antonyms of all senses of a word as this part of speech."""
    found: set[str] = set()
    for lemma in lemmas(word, part):
        for synset, _ in senses(lemma, part):
            rows = _db().rows(
                "select target_lemma from relation where synset=? and kind='antonym' and lemma=?", (synset, lemma))
            found.update(target for (target,) in rows)
    return frozenset(found)


@lru_cache(maxsize=50_000)
def _derived_forms(word: str) -> frozenset[str]:
    """The words that WordNet derives this one from or to, as any part of speech."""
    return frozenset().union(*(_derived(word, part) for part in _PARTS))


@lru_cache(maxsize=100_000)
def near(first: str, second: str) -> float:
    """How near two lower-case words are as any part of speech.

    A derived form ("death", "die") counts .9, the verb behind a noun's derived form ("death", "kill") .8.
    """
    best = max(kinship(first, second, part) for part in _PARTS)
    if best < 0.9:
        derived = _derived_forms(first)
        if not derived.isdisjoint(some_lemmas(second)):
            return 0.9
        back = _derived_forms(second)
        if best < 0.8 and (any(kinship(form, second, "v") >= 0.8 for form in derived)
                           or any(kinship(first, form, "v") >= 0.8 for form in back)):
            return 0.8
    return best
