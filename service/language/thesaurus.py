"""What WordNet 3.0 knows of English words: base forms, whether a word is a verb, which words are near in meaning.

Source: G. A. Miller, "WordNet: a lexical database for English", CACM 38(11), 1995; base forms as in morphy(7WN).
`scripts/build_thesaurus.py` makes the files that are read here, and tells how their numbers stand.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np

Part = Literal["n", "v", "a"]

FOLDER = Path(__file__).resolve().parents[1] / "assets" / "wordnet"
_SUFFIXES: dict[Part, tuple[tuple[str, str], ...]] = {
    "n": (("ies", "y"), ("ses", "s"), ("xes", "x"), ("zes", "z"), ("ches", "ch"), ("shes", "sh"), ("men", "man"),
          ("s", "")),
    "v": (("ies", "y"), ("es", "e"), ("es", ""), ("s", ""), ("ied", "y"), ("ed", "e"), ("ed", ""), ("ing", "e"),
          ("ing", "")),
    "a": (("er", ""), ("est", ""), ("er", "e"), ("est", "e")),
}
_LAST: dict[Part, str] = {"n": "sn", "v": "sdg", "a": "rt"}
"""The letters that these suffixes end with."""
_PARTS: tuple[Part, ...] = ("n", "v", "a")
_AT: dict[Part, int] = {part: at for at, part in enumerate(_PARTS)}
_ATTESTED = 5
_COMMON, _RARE = 4, 10
"""Kinship by the first senses of two words counts in full, by rarer ones half; by still rarer ones it is noise."""

PERSON, GROUP, PLACE, TIME = 18, 14, 15, 28
"""WordNet's lexicographer files noun.person, noun.group, noun.location, noun.time."""
COGNITION, COMMUNICATION, MOTION = 31, 32, 38
"""WordNet's lexicographer files verb.cognition, verb.communication, verb.motion."""


class _Lists(NamedTuple):
    """Lists of whole numbers by row."""

    borders: memoryview
    entries: memoryview


@dataclass(frozen=True, slots=True)
class _Tables:
    """The words by number and the numbers by word; `fields` of synsets; lists by word and part, or by synset."""

    words: list[str]
    numbers: dict[str, int]
    fields: memoryview
    lists: dict[str, _Lists]
    filled: bytes
    """For each word and part whether it has senses as this part."""

    def of_word(self, name: str, word: str, part: Part) -> list[int]:
        """The entries of a word as one part of speech."""
        number = self.numbers.get(word)
        if number is None:
            return []
        row, lists = 3 * number + _AT[part], self.lists[name]
        first, end = lists.borders[row], lists.borders[row + 1]
        return lists.entries[first:end].tolist() if first != end else []

    def has(self, word: str, part: Part) -> bool:
        """Whether a word has senses as this part of speech."""
        number = self.numbers.get(word)
        return number is not None and self.filled[3 * number + _AT[part]] > 0

    def words_of(self, name: str, word: str, part: Part) -> list[str]:
        """The same where the entries are words."""
        return [self.words[number] for number in self.of_word(name, word, part)]


@cache
def _tables() -> _Tables:
    words = (FOLDER / "words.txt").read_text("ascii").split()
    with np.load(FOLDER / "tables.npz") as stored:
        held = {name: memoryview(stored[name]) for name in stored.files}
    lists = {name: _Lists(held[f"{name}_at"], entries) for name, entries in held.items() if f"{name}_at" in held}
    lists["count"] = _Lists(held["sense_at"], held["count"])
    filled = (np.diff(held["sense_at"]) > 0).astype(np.uint8).tobytes()
    return _Tables(words, {word: number for number, word in enumerate(words)}, held["field"], lists, filled)


def table(name: str) -> tuple[memoryview, memoryview]:
    """Where each row of a column of lists begins, and the entries; rows are of words by part, or of synsets."""
    found = _tables().lists[name]
    return found.borders, found.entries


def known_words() -> list[str]:
    """All words that are known, base forms and irregular ones, sorted."""
    return list(_tables().words)


@lru_cache(maxsize=50_000)
def senses(lemma: str, part: Part) -> tuple[tuple[int, int], ...]:
    """The (synset, frequency count) pairs of a base form, commonest first."""
    tables = _tables()
    return tuple(zip(tables.of_word("sense", lemma, part), tables.of_word("count", lemma, part), strict=True))


@lru_cache(maxsize=50_000)
def lemmas(word: str, part: Part) -> tuple[str, ...]:
    """The base forms that a lower-case word may have as this part of speech; empty when it has none."""
    tables = _tables()
    found = [lemma for lemma in tables.words_of("base", word, part) if tables.has(lemma, part)]
    if not found and word and word[-1] not in _LAST[part]:
        return (word,) if tables.has(word, part) else ()
    if not found:
        candidates = [word]
        for suffix, ending in _SUFFIXES[part]:
            if word.endswith(suffix) and len(word) > len(suffix) + 1:
                base = word[: len(word) - len(suffix)] + ending
                candidates.append(base)
                if not ending and suffix in ("ed", "ing") and len(base) > 3 and base[-1] == base[-2]:
                    candidates.append(base[:-1])
        found = [base for base in dict.fromkeys(candidates) if tables.has(base, part)]
        if word in found and word != found[-1] and part == "n" and word.endswith("s"):
            found = [base for base in found if base != word] + [word]
    elif tables.has(word, part):
        found.append(word)
    return tuple(dict.fromkeys(found))


@lru_cache(maxsize=50_000)
def some_lemmas(word: str) -> tuple[str, ...]:
    """The base forms that a lower-case word may have as any part of speech."""
    return tuple(dict.fromkeys(lemma for part in _PARTS for lemma in lemmas(word, part)))


@lru_cache(maxsize=5_000)
def irregular_forms(lemma: str, part: Part) -> tuple[str, ...]:
    """The forms of a base form that no rule of spelling gives: "sent" of "send", "taken" and "took" of "take"."""
    return tuple(_tables().words_of("form", lemma, part))


@lru_cache(maxsize=50_000)
def frequency(word: str, part: Part) -> int:
    """How often the word's commonest base form was counted as this part of speech in WordNet's tagged texts."""
    return max((sum(count for _, count in senses(lemma, part)) for lemma in lemmas(word, part)), default=0)


@lru_cache(maxsize=50_000)
def field(word: str, part: Part = "n") -> int | None:
    """The lexicographer file of a word's first sense (PERSON, COMMUNICATION …), None for no such word."""
    for lemma in lemmas(word, part):
        return int(_tables().fields[senses(lemma, part)[0][0]])
    return None


@lru_cache(maxsize=50_000)
def fields(word: str, part: Part = "n") -> frozenset[int]:
    """The lexicographer files of all senses of a word ("take" may be a motion)."""
    return frozenset(int(_tables().fields[synset]) for lemma in lemmas(word, part) for synset, _ in senses(lemma, part))


def _over(synsets: Iterable[int], kind: Literal["hypernym", "cause"]) -> frozenset[int]:
    """The synsets right above these, or what they cause."""
    lists = _tables().lists[kind]
    borders, entries = lists.borders, lists.entries
    found: set[int] = set()
    for synset in synsets:
        first, end = borders[synset], borders[synset + 1]
        if first != end:
            found.update(entries[first:end])
    return frozenset(found)


@lru_cache(maxsize=50_000)
def _derived(word: str, part: Part) -> frozenset[str]:
    """Words of any part of speech that WordNet derives this one's base forms from or to."""
    return frozenset(form for lemma in lemmas(word, part) for form in _tables().words_of("derived", lemma, part))


class _Levels:
    """Synsets, what they cause, and what lies one and two levels above them."""

    __slots__ = ("above", "caused", "higher", "own")

    def __init__(self, own: frozenset[int]) -> None:
        self.own, self.caused = own, _over(own, "cause")
        self.above = _over(own, "hypernym")
        self.higher = _over(self.above, "hypernym")

    def kinship(self, other: _Levels) -> float:
        """How near two sets of senses are: the same, cause and effect, or one or two levels apart."""
        if not self.own.isdisjoint(other.own):
            return 0.9
        if not self.caused.isdisjoint(other.own) or not other.caused.isdisjoint(self.own):
            return 0.8
        if not self.above.isdisjoint(other.own) or not other.above.isdisjoint(self.own):
            return 0.7
        return 0.6 if not self.higher.isdisjoint(other.own) or not other.higher.isdisjoint(self.own) else 0.0


class _Meaning:
    """A word as one part of speech, as far as two words are compared by it.

    `first` are its first senses, whatever their counts; `reach` is every synset by which it can be kin to another.
    """

    __slots__ = ("common", "derived", "first", "lemmas", "rare", "reach", "siblings")

    def __init__(self, word: str, part: Part) -> None:
        self.lemmas = frozenset(lemmas(word, part))
        self.derived = _derived(word, part)
        self.first = frozenset(synset for lemma in self.lemmas for synset, _ in senses(lemma, part)[:_COMMON])
        common, rare = _synsets(word, part), _synsets(word, part, _RARE)
        self.common = _Levels(common)
        self.rare = self.common if rare == common else _Levels(rare)
        main = lemmas(word, part)[:1]
        self.siblings = _over([senses(main[0], part)[0][0]], "hypernym") if main else frozenset()
        self.reach = self.first | rare | self.rare.caused | self.rare.above | self.rare.higher

    def kinship(self, other: _Meaning) -> float:
        """See `kinship`; for two different words."""
        if not self.lemmas.isdisjoint(other.lemmas):
            return 1.0
        if not self.derived.isdisjoint(other.lemmas) or not self.lemmas.isdisjoint(other.derived):
            return 0.9
        if self.reach.isdisjoint(other.reach):
            return 0.0
        if not self.first.isdisjoint(other.first):
            return 0.9
        near = self.common.kinship(other.common)
        if near >= 0.6:
            return near
        if self.rare.kinship(other.rare) >= 0.7:
            return 0.6
        return 0.0 if self.siblings.isdisjoint(other.siblings) else 0.5


@lru_cache(maxsize=10_000)
def _meaning(word: str, part: Part) -> _Meaning | None:
    """What a word means as this part of speech; None where it is none."""
    return _Meaning(word, part) if lemmas(word, part) else None


@lru_cache(maxsize=50_000)
def _synsets(word: str, part: Part, depth: int = _COMMON) -> frozenset[int]:
    """The commonest senses; one that was never counted is left out beside several that were."""
    found: set[int] = set()
    for lemma in lemmas(word, part):
        known = senses(lemma, part)
        counted = sum(count for _, count in known) >= _ATTESTED
        found.update(synset for i, (synset, count) in enumerate(known[:depth]) if i == 0 or count or not counted)
    return frozenset(found)


@lru_cache(maxsize=20_000)
def kinship(first: str, second: str, part: Part) -> float:
    """How near two lower-case words are as this part of speech.

    1 for one base form, .9 for synonyms or a derived form, .8 for a cause and its effect ("kill", "die"), .7 for a
    word and its direct hypernym, .6 for one two levels above or for rarer senses, .5 for two whose commonest senses
    share the direct hypernym, else 0.
    """
    if first == second:
        return 1.0
    mine, theirs = _meaning(first, part), _meaning(second, part)
    return mine.kinship(theirs) if mine is not None and theirs is not None else 0.0


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
    return any(not others.isdisjoint(lemmas(second, part)) for part, others in _antonyms(first))


def antonyms(word: str) -> frozenset[str]:
    """The antonyms of a word, whatever its part of speech; `opposed` is another word only if a base form is one."""
    return frozenset().union(*(others for _, others in _antonyms(word)))


@lru_cache(maxsize=50_000)
def _antonyms(word: str) -> tuple[tuple[Part, frozenset[str]], ...]:
    """The antonyms of all senses of a word by part of speech, where it has some."""
    found = ((part, frozenset(other for lemma in lemmas(word, part)
                              for other in _tables().words_of("antonym", lemma, part))) for part in _PARTS)
    return tuple((part, others) for part, others in found if others)


@lru_cache(maxsize=50_000)
def derived_forms(word: str) -> frozenset[str]:
    """The words that WordNet derives this one from or to, as any part of speech."""
    return frozenset().union(*(_derived(word, part) for part in _PARTS))


class _Deeds:
    """The verbs among a word's derived forms ("death": "die"), all taken together."""

    __slots__ = ("caused", "derived", "first", "forms", "lemmas", "own")

    def __init__(self, forms: frozenset[str]) -> None:
        verbs = [meaning for form in forms if (meaning := _meaning(form, "v")) is not None]
        self.forms = forms
        self.lemmas = frozenset[str]().union(*(verb.lemmas for verb in verbs))
        self.derived = frozenset[str]().union(*(verb.derived for verb in verbs))
        self.first = frozenset[int]().union(*(verb.first for verb in verbs))
        self.own = frozenset[int]().union(*(verb.common.own for verb in verbs))
        self.caused = frozenset[int]().union(*(verb.common.caused for verb in verbs))

    def near(self, word: str, verb: _Meaning | None) -> bool:
        """Whether the kinship of one of them, as a verb, with a word (and what it means as one) is .8 or more."""
        if word in self.forms:
            return True
        return verb is not None and not (
            self.lemmas.isdisjoint(verb.lemmas) and self.derived.isdisjoint(verb.lemmas)
            and self.lemmas.isdisjoint(verb.derived) and self.first.isdisjoint(verb.first)
            and self.own.isdisjoint(verb.common.own) and self.caused.isdisjoint(verb.common.own)
            and self.own.isdisjoint(verb.common.caused))


@lru_cache(maxsize=6_000)
def _deeds(word: str) -> _Deeds | None:
    forms = derived_forms(word)
    return _Deeds(forms) if forms else None


class _Ties:
    """All that can tie a word to another, by whatever part of speech: two words are kin only where one's `own` meets
    the other's `reach`, or their `siblings` meet.
    """

    __slots__ = ("own", "reach", "siblings")

    def __init__(self, word: str) -> None:
        own: set[int | str] = set()
        reach: set[int | str] = set(derived_forms(word))
        siblings: set[int] = set()
        for part in _PARTS:
            if (meaning := _meaning(word, part)) is not None:
                own.update(meaning.lemmas, meaning.first, meaning.rare.own)
                reach |= meaning.reach
                siblings |= meaning.siblings
        if (deeds := _deeds(word)) is not None:
            own.update(deeds.lemmas, deeds.own)
            reach.update(deeds.derived, deeds.first, deeds.caused)
        self.own, self.reach, self.siblings = frozenset(own), frozenset(reach | own), frozenset(siblings)

    def none(self, other: _Ties) -> bool:
        """Whether nothing ties two words."""
        return self.own.isdisjoint(other.reach) and other.own.isdisjoint(self.reach) and self.siblings.isdisjoint(
            other.siblings)


@lru_cache(maxsize=6_000)
def _ties(word: str) -> _Ties:
    return _Ties(word)


@lru_cache(maxsize=100_000)
def near(first: str, second: str) -> float:
    """How near two lower-case words are as any part of speech.

    A derived form ("death", "die") counts .9, the verb behind a noun's derived form ("death", "kill") .8.
    """
    if first == second:
        return 1.0
    return 0.0 if _ties(first).none(_ties(second)) else kin(first, second)


def kin(first: str, second: str) -> float:
    """`near` of two different words of which something is known to tie them, without a look whether it does."""
    best = 0.0
    for part in _PARTS:
        mine, theirs = _meaning(first, part), _meaning(second, part)
        if mine is not None and theirs is not None:
            best = max(best, mine.kinship(theirs))
    if best < 0.9 and not derived_forms(first).isdisjoint(some_lemmas(second)):
        return 0.9
    if best < 0.8:
        own, other = _deeds(first), _deeds(second)
        if (own is not None and own.near(second, _meaning(second, "v"))) or (
                other is not None and other.near(first, _meaning(first, "v"))):
            return 0.8
    return best
