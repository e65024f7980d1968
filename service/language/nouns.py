"""What a number counts: the noun phrase behind it, its head, and the head's singular.

There is no tagger: closed classes of words end a phrase, WordNet says which words can be nouns or verbs,
and a plural after a number is its head.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from service.language.thesaurus import GROUP, field, frequency, lemmas
from service.language.tokens import word_set
from service.language.words import STOPWORDS

_WORD = re.compile(r"(?:[^\W\d_]\.){2,6}|[^\W_]\w{0,40}(?:['’\-‑\u2010][^\W_]\w{0,40}){0,5}['’]?")
_GAP = re.compile(r"[ \t\u00a0\u2009\u202f]{1,3}(?:\n[ \t]{0,3})?|\n[ \t]{0,3}(?=[^\s])")
_OF = re.compile(
    r"(?:\s+of)?(?:\s+(?:the|its|his|her|their|our|my|these|those|such|more|other|another|additional|further|extra))"
    r"{0,3}(?=\s)|\s+of(?=\s)",
    re.IGNORECASE,
)
_LONGEST = 9
"""Words of the longest phrase that is followed."""

_STOPS = (STOPWORDS - {"many", "own", "like", "most"}) | word_set(
    """across along alongside amid among amongst apiece according ago alone annually already around aboard
    beyond beside besides despite due except following inside including involving near nationwide onto
    outside per regarding respectively said says since still today together tomorrow tonight toward towards
    underneath upon versus via vs worldwide yesterday yet another whose later earlier last next monday
    tuesday wednesday thursday friday saturday sunday than plus minus times percent apart instead ever
    daily hourly there times
    """
)
_STATES = word_set("dead missing hurt ill sick homeless unaccounted alive unhurt unharmed stranded")
_NO_PARTICIPLES = word_set(
    """said went came took saw fell rose began ran gave wrote knew grew threw drew flew drove broke spoke
    chose wore ate swam sang drank died fled arrived happened occurred appeared remained seemed became got
    did had was were told felt stood sat slept flocked marched rallied gathered protested
    """
)
"""Past forms that are no participles before a noun, or none of a thing acted upon: they end a phrase."""
_INVARIABLE = word_set(
    """aircraft spacecraft hovercraft watercraft sheep fish deer salmon cattle police people
    personnel staff crew livestock poultry infantry cavalry offspring species series folk clergy militia
    artillery shrimp bison headquarters barracks crossroads others
    """
)
_IRREGULAR = {
    "people": "people", "person": "people", "persons": "people", "men": "man", "women": "woman",
    "police": "police", "children": "child", "troops": "troop", "lives": "life", "wives": "wife",
    "species": "species", "series": "series", "headquarters": "headquarters", "barracks": "barracks",
    "means": "means",
}  # fmt: skip
_PERSONS = word_set("man woman child people boy girl")


@dataclass(frozen=True, slots=True)
class Phrase:
    """A counted noun phrase. `unit` is the head's singular, None where the words name no thing ("killed")."""

    start: int
    end: int
    text: str
    unit: str | None
    plural: bool


@dataclass(frozen=True, slots=True)
class _Word:
    start: int
    end: int
    text: str

    @property
    def lower(self) -> str:
        return self.text.lower().replace("’", "'")

    @property
    def owner(self) -> bool:
        """Whether the word is a possessive, which is never a head."""
        return self.lower.endswith(("'s", "s'"))


def singular(noun: str) -> str:
    """The lower-case singular of a noun: "soldier" of "soldiers", "people" of "people" and "person"."""
    word = noun.lower()
    prefix, _, last = word.rpartition("-")
    if last in _IRREGULAR:
        return (prefix + "-" if prefix else "") + _IRREGULAR[last]
    bases = [base for base in lemmas(last, "n") if base != last]
    if bases:
        base = max(bases, key=lambda one: frequency(one, "n"))
    elif last.endswith(("men", "women")) and len(last) > 4:
        base = last[:-2] + "an"
    elif lemmas(last, "n") or not last.endswith("s") or last.endswith(("ss", "us")):
        base = last
    elif last.endswith("ies") and len(last) > 4:
        base = last[:-3] + "y"
    elif last.endswith(("ches", "shes", "sses", "xes", "zes")):
        base = last[:-2]
    else:
        base = last[:-1]
    return (prefix + "-" if prefix else "") + base


def is_plural(word: str) -> bool:
    """Whether a word can be a plural noun."""
    last = word.lower().replace("’", "'").rpartition("-")[2]
    if last in _INVARIABLE or (last in _IRREGULAR and last != "person"):
        return True
    if last.endswith(("'s", "s'")):
        return False
    bases = lemmas(last, "n")
    if any(base != last for base in bases):
        return not last.endswith("ss")
    if last.endswith("men") and len(last) > 4 and not bases:
        return True
    if last.endswith("is") and word[0].isupper() and len(last) > 5:
        return not bases
    return not bases and last.endswith("s") and not last.endswith(("ss", "us", "is")) and len(last) > 2


def counted(text: str, place: int, plural: bool = True, limit: int | None = None) -> Phrase | None:
    """The noun phrase that a number ending at `place` counts; `plural` says whether the number is not one.

    The phrase ends before `limit`, where the next number begins.

    None where no thing, state or act is named right behind it.
    """
    start = place
    lead = _OF.match(text, place)
    if lead:
        start = lead.end()
    words = _run(text, start, len(text) if limit is None else limit)
    if not words:
        return None
    return (_plural(text, words) if plural else None) or _state(text, words) or _other(text, words, plural)


def counted_compound(text: str, place: int) -> Phrase | None:
    """The noun that a hyphen ties to a number ending at `place` ("450-seat"), None where there is none."""
    match = re.compile(r"[-‑\u2010]([^\W\d_]{2,20})(?![^\W_])").match(text, place)
    if match is None or match[1].lower() in STOPWORDS or not lemmas(match[1].lower(), "n"):
        return None
    return Phrase(match.start(1), match.end(1), match[1], singular(match[1]), False)


def _run(text: str, place: int, limit: int) -> list[_Word]:
    """The words behind `place` up to a closed-class word, a sign or a number; `and` and `or` are kept."""
    words: list[_Word] = []
    for _ in range(_LONGEST):
        gap = _GAP.match(text, place)
        match = _WORD.match(text, gap.end()) if gap else None
        if (
            match is None
            or match.end() > limit
            or (match[0][0].isdigit() and match[0].replace("-", "").isdigit())
        ):
            break
        word = _Word(match.start(), match.end(), match[0])
        if word.lower in _STOPS and word.lower not in ("and", "or") and not word.text.isupper():
            break
        if "n't" in word.lower or (word.lower in ("and", "or") and not words):
            break
        words.append(word)
        place = match.end()
    while words and words[-1].lower in ("and", "or"):
        words.pop()
    return words


def _acted(word: str) -> bool:
    """Whether a word is a participle or a state that can stand for the people it befell: "killed",
    "missing".
    """
    if word in _STATES:
        return True
    if word in _NO_PARTICIPLES or not lemmas(word, "v") or word in lemmas(word, "v"):
        return False
    return not word.endswith("ing") and frequency(word, "n") < 5


def _verb(word: _Word) -> bool:
    """Whether a word can only be a finite verb, so that it ends a noun phrase."""
    lower = word.lower
    if lower in _NO_PARTICIPLES:
        return True
    return (
        bool(lemmas(lower, "v"))
        and not lemmas(lower, "n")
        and not lemmas(lower, "a")
        and lower in lemmas(lower, "v")
    )


def _plural(text: str, words: list[_Word]) -> Phrase | None:
    """The phrase up to the first plural noun, and further plurals that it qualifies."""
    head = -1
    for index, word in enumerate(words):
        if word.lower in ("and", "or"):
            if head >= 0 or index == 0 or (_acted(words[index - 1].lower) and not _qualifies(words, index)):
                break
            continue
        if head >= 0 and not is_plural(word.text):
            break
        if index and _third_person(words[index - 1], word):
            break
        if is_plural(word.text) and not word.owner:
            head = index
        elif _verb(word) and head < 0:
            break
    if head < 0:
        return None
    unit: str | None = singular(words[head].text)
    end = words[head].end
    pair = words[head + 1 : head + 3]
    if len(pair) == 2 and pair[0].lower in ("and", "or") and is_plural(pair[1].text) and not pair[1].owner:
        both = {unit, singular(pair[1].text)}
        unit, end = ("people" if both <= _PERSONS else None), pair[1].end
    return Phrase(words[0].start, end, text[words[0].start : end], unit, True)


def _third_person(before: _Word, word: _Word) -> bool:
    """Whether a word in -s behind a noun is its verb ("the public thinks"), not a plural that it
    qualifies.
    """
    if not word.lower.endswith("s") or lemmas(before.lower, "a") or not _nounish(before):
        return False
    return frequency(word.lower, "v") > 8 * frequency(word.lower, "n")


def _qualifies(words: list[_Word], index: int) -> bool:
    """Whether a participle before `and` shares its noun: "wounded and exhausted soldiers"."""
    return index + 2 < len(words) and _acted(words[index + 1].lower) and is_plural(words[index + 2].text)


def _state(text: str, words: list[_Word]) -> Phrase | None:
    """killed; dead or missing; wounded."""
    if not _acted(words[0].lower):
        return None
    last = 0
    while last + 2 < len(words) and words[last + 1].lower in ("and", "or") and _acted(words[last + 2].lower):
        last += 2
    return Phrase(words[0].start, words[last].end, text[words[0].start : words[last].end], None, True)


def _other(text: str, words: list[_Word], plural: bool) -> Phrase | None:
    """A phrase without a plural: the noun of "one soldier", a body of people, or a name such as F-16."""
    kept: list[_Word] = []
    for word in words:
        lower = word.lower
        past = bool(lemmas(lower, "v")) and lower not in lemmas(lower, "v")
        if word.lower in ("and", "or") or _verb(word):
            break
        rare = lower[-3:] != "ing" and frequency(lower, "n") * 3 < frequency(lower, "v")
        if kept and past and (rare or not lemmas(lower, "n")):
            break
        kept.append(word)
        if is_plural(word.text) and not word.owner:
            break
    while kept and not _nounish(kept[-1]):
        kept.pop()
    if not kept or (plural and not _bodied(kept[-1])):
        return None
    last = kept[-1]
    many = is_plural(last.text) and singular(last.text) != last.lower
    return Phrase(kept[0].start, last.end, text[kept[0].start : last.end], singular(last.text), many)


def _nounish(word: _Word) -> bool:
    if word.owner:
        return False
    lower = word.lower
    if lemmas(lower, "n"):
        return frequency(lower, "n") >= frequency(lower, "a")
    return not lemmas(lower, "v") and not lemmas(lower, "a") and not lower.endswith("ly")


def _bodied(word: _Word) -> bool:
    """Whether a singular may stand behind a plural number: a body of people, or a name with digits or
    capitals.
    """
    lower = word.lower
    if any(character.isdigit() for character in word.text) or sum(map(str.isupper, word.text)) > 1:
        return True
    return bool(lemmas(lower, "n")) and field(lower) == GROUP and word.text.islower()
