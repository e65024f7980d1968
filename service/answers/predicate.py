"""What a sentence says of one of its figures: the verbs that the counted thing is subject or object of.

A shallow reading by word order, without a parser: "North Korea has sent about 12,000 soldiers" gives `sent`,
"12,000 soldiers who had trained there were sent" gives `sent`, "300 killed and 2,700 wounded" gives `killed` for
the one and `wounded` for the other.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from service.answers.question import AUXILIARIES
from service.domain import Figure
from service.language.figures import read_figures
from service.language.thesaurus import COGNITION, COMMUNICATION, field, frequency, lemmas
from service.language.words import Word, words

_BREAK = re.compile(r"[;:—]|\s[-–]\s|,\s+(?:and|but|while|who|which|according|as|after|with|when|where|following|"
                    r"because|the|a|an|it|he|she|they)\b|[“”\"]")
_JOINT = re.compile(r",|\b(?:and|but|while|as well as)\b")
_FIGURE_OF = re.compile(r"\b(?:figure|number|count|toll|tally)s?\s+of\s+$", re.I)
_UNCHANGED = frozenset("hurt cut put set hit shut let split spread beat burst shed bid cast quit".split())
"""Verbs whose past participle is their base form."""
_LEVELS = frozenset("rise climb stand reach grow increase fall drop total number remain jump double".split())
"""Verbs by which news tells the level of a count; what is counted stands in their subject."""
_LEVEL_NOUNS = frozenset("toll count number total tally figure sum estimate rate".split())
"""Nouns that only say that something is counted: the toll of *deaths*, the number of *arrests*."""
UNDOES = frozenset("return reverse withdraw recover release free resettle rebuild restore reinstate rehire reopen "
                   "resume recall retract cancel lift repatriate rejoin".split())
"""Base forms of verbs by which an earlier deed is undone; what they count is no count of the deed itself."""
POSSIBLE = frozenset({"can", "could", "may", "might", "would"})
"""Modal verbs of what may be."""
_STILL = frozenset({"still", "others", "more", "now", "already", "also"})
_SUBJECTS = frozenset({"who", "whom", "they", "he", "she", "we"})
"""Pronouns behind which a verb stands."""
_RELATIVE = frozenset({"who", "which", "that", "whose", "where"})
_PASSIVE = frozenset({"is", "are", "was", "were", "be", "been", "being", "get", "got"})


def is_verb(word: Word, before: Word | None) -> bool:
    """Whether a word stands as a verb: by its form, its commonest use, and the word before it."""
    lower = word.lower
    if lower in AUXILIARIES or not lemmas(lower, "v") or word.text[:1].isupper():
        return False
    verbs, nouns, adjectives = (frequency(lower, part) for part in ("v", "n", "a"))
    base = lower in lemmas(lower, "v")
    if before is not None and (before.lower in ("to", *_SUBJECTS) or before.lower in AUXILIARIES):
        return True
    if before is not None and before.lower in ("the", "a", "an", "this", "its", "their", "his", "her"):
        return False
    if base:
        return verbs > 2 * nouns and verbs > adjectives
    return verbs >= nouns and (verbs >= adjectives or lower.endswith("ed"))


def predicate_of(figure: Figure, text: str) -> tuple[Word, ...]:
    """The verbs that go with a figure of `text` (its offsets are into it), in order; empty when none is found."""
    tokens = list(words(text))
    inside = [w for w in tokens if figure.number_end <= w.start < figure.end]
    own = [w for w in inside if _participle(w)]
    thing_end = figure.end
    after = _clause_after(tokens, text, thing_end)
    if own and len(own) == len([w for w in inside if w.content]):
        return tuple(own) + _coordinated(after)
    if not figure.thing and figure.kind == "count" and (state := _state([w for w in after if w.lower not in _STILL])):
        return state
    before = [w for w in tokens if w.end <= figure.start]
    if level := _level(before, text, figure.start):
        return level
    object_of = None if _FIGURE_OF.search(text[max(0, figure.start - 30) : figure.start]) else _governing(
        before, text, figure.start)
    if object_of is not None and "leave" in lemmas(object_of.lower, "v") and (state := _state(after)):
        return state
    if object_of is not None and ((figure.kind == "money" and object_of.lower not in ("said", "says", "say")) or (
            field(object_of.lower, "v") not in (COGNITION, COMMUNICATION))):
        return (object_of,)
    verbs = [w for i, w in enumerate(before) if is_verb(w, before[i - 1] if i else None)]
    last_break = max((m.end() for m in _BREAK.finditer(text, 0, figure.start)), default=0)
    near = [w for w in verbs if w.start >= last_break]
    if near and figure.kind in ("duration", "money"):
        return (near[-1],)
    if finite := _finite_group(after):
        return finite
    near = near or verbs
    if near:
        return (near[-1],)
    return tuple(own)


def _state(after: list[Word]) -> tuple[Word, ...]:
    """The participles, or the adjective, right behind the counted thing: "left 9 people *hurt*", "… *dead*"."""
    i = 0
    while i < len(after) and after[i].lower.endswith("ly"):
        i += 1
    if i < len(after) and after[i].lower not in AUXILIARIES and (
            _participle(after[i]) or (after[i].content and lemmas(after[i].lower, "a"))):
        return (after[i], *_coordinated(after[i + 1 :]))
    return ()


def _level(before: list[Word], text: str, start: int) -> tuple[Word, ...]:
    """What is said of the subject of a verb of level ("the number of people killed has risen to 14"): "killed"."""
    first = max((m.end() for m in _BREAK.finditer(text, 0, start)), default=0)
    clause = [w for w in before if w.start >= first]
    for i in range(len(clause) - 1, max(-1, len(clause) - 4), -1):
        if _LEVELS & set(lemmas(clause[i].lower, "v")):
            told = tuple(w for w in clause[:i] if w.lower not in AUXILIARIES and (
                _participle(w) or (w.lower.endswith("ing") and lemmas(w.lower, "a"))))
            return told or _counted_in(clause[:i])
        if clause[i].lower not in ("to", "at", "by", "now", "about", "some"):
            break
    return ()


def _counted_in(subject: Sequence[Word]) -> tuple[Word, ...]:
    """The nouns that a subject such as "the death toll of the quake" counts: those before "of", its own noun aside."""
    cut = next((i for i, w in enumerate(subject) if i and w.lower in ("of", "from", "in", "for", "at")), len(subject))
    nouns = [w for w in subject if w.content and w.text.islower() and lemmas(w.lower, "n")]
    bare = [w for w in nouns if not set(lemmas(w.lower, "n")) & _LEVEL_NOUNS]
    first = [w for w in bare if cut == len(subject) or w.start < subject[cut].start]
    return tuple(first or bare or nouns)


def undoes(figure_verbs: Sequence[str], asked: Sequence[str]) -> bool:
    """Whether what is said of a figure undoes what the question asks for ("returned" for "evacuated"), or is undone."""
    def undoing(verbs: Sequence[str]) -> bool:
        return any(set(lemmas(verb, "v")) & UNDOES for verb in verbs)

    return bool(asked) and bool(figure_verbs) and undoing(figure_verbs) != undoing(asked)


def possible(figure: Figure, text: str) -> bool:
    """Whether what a sentence says of a figure is told as what may be ("which can carry 500"), not as what is."""
    tokens = list(words(text))
    verbs = {w.start for w in predicate_of(figure, text)}
    for i, word in enumerate(tokens):
        modal = next((w for w in reversed(tokens[max(0, i - 3) : i]) if w.lower in POSSIBLE), None)
        if word.start in verbs and modal is not None and not re.search(r"[,;:.]", text[modal.end : word.start]):
            return True
    return False


_OF = re.compile(r"\bof\s+(?:(?:the|its|their|some|these|those|all)\s+)*$", re.I)
_PARTS = frozenset("some most many half all none few several each one part majority rest third quarter".split())
"""Words behind which "of" names the whole."""


def whole(figure: Figure, text: str) -> bool:
    """Whether a figure is the whole of which another one is told: "of the 90 miners", "12 of 14 ships".

    "The building of three hospitals" and "a total of 14" name no part.
    """
    of = _OF.search(text, 0, figure.start)
    if of is None:
        return False
    before = words(text[: of.start()])
    if not before or not text[before[-1].end : of.start()].isspace() or before[-1].lower in _PARTS | {"out"}:
        return True
    return any(0 <= of.start() - other.end < 2 for other in read_figures(text) if other.end <= of.start())


_RATE = re.compile(r"\s*(?:(?:an?|per|each|every)\s+[^\W\d_]+|daily|weekly|monthly|yearly|annually|/\s*[a-z]+)\b", re.I)
_RATED = re.compile(r"\b(?:per|daily|weekly|monthly|yearly|annual\w*|rate|each|every|an? (?:second|minute|hour|day|"
                    r"night|week|month|year|head|person|unit|share|barrel|tonne|ton|litre|gallon|kilo\w*|mile))\b",
                    re.I)


def rate(figure: Figure, text: str) -> bool:
    """Whether a figure is told for a unit of something else ("$1.2 million *a day*"), not as a whole."""
    return _RATE.match(text, figure.end) is not None and _RATED.match(text[figure.end :].lstrip()) is not None


def asks_rate(text: str) -> bool:
    """Whether a question asks for a rate ("how much a day", "the annual budget")."""
    return _RATED.search(text) is not None


def denied(figure: Figure, text: str) -> bool:
    """Whether a figure stands behind a denial: "denied that 300 were killed", "not three but five"."""
    before = [w.lower for w in words(text[: figure.start])]
    if any("deny" in lemmas(w, "v") for w in before[-12:]):
        return True
    return before[-1:] == ["not"] and figure.qualifier == "unspecified"


def _participle(word: Word) -> bool:
    """Whether a word can be a past participle ("killed", "wounded", "left")."""
    lower = word.lower
    if lower.endswith(("s", "ing")) or not lemmas(lower, "v") or word.text[:1].isupper():
        return False
    return lower.endswith("ed") or lower not in lemmas(lower, "v") or lower in _UNCHANGED


def _clause_after(tokens: list[Word], text: str, start: int) -> list[Word]:
    """The words from an offset to the end of the clause."""
    match = _BREAK.search(text, start)
    end = match.start() if match else len(text)
    return [w for w in tokens if start <= w.start < end]


def _governing(before: list[Word], text: str, start: int) -> Word | None:
    """The verb whose direct object starts behind `before`: nothing but adverbs and determiners between."""
    for i in range(len(before) - 1, max(-1, len(before) - 5), -1):
        word = before[i]
        parted = (re.search(r"[,;:]", text[word.end : before[-1].end])
                  or re.search(r"[;:]", text[before[-1].end : start]))
        if not parted and is_verb(word, before[i - 1] if i else None):
            return word
        if word.lower.endswith("ly") or word.lower in ("the", "a", "an", "its", "their", "some", "about", "around",
                                                       "up", "to", "as", "many", "than", "more", "at", "least",
                                                       "off", "out", "over", "between", "nearly", "almost", "even",
                                                       "another", "all", "only", "total", "of"):
            continue
        return None
    return None


def _finite_group(after: list[Word]) -> tuple[Word, ...]:
    """The main verb group among the words behind the counted thing: auxiliaries win over relative clauses."""
    relative: list[Word] = []
    in_relative = False
    i = 0
    while i < len(after):
        word = after[i]
        if word.lower in _RELATIVE:
            in_relative = True
        elif word.lower in AUXILIARIES:
            group, i = _after_auxiliary(after, i)
            if group:
                if not in_relative or relative:
                    return group
                relative = list(group)
        elif word.lower != "to" and is_verb(word, after[i - 1] if i else None) and not (
                i and after[i - 1].lower == "to") and _participle(word):
            found = (word, *_coordinated(after[i + 1 :]))
            if not in_relative:
                return found
            relative = relative or list(found)
        i += 1
    return tuple(relative)


def _after_auxiliary(after: list[Word], i: int) -> tuple[tuple[Word, ...], int]:
    """The verbs behind a run of auxiliaries and adverbs, with those joined on; an adjective behind a form of "be"."""
    last = i
    while i < len(after) and (after[i].lower in AUXILIARIES or after[i].lower.endswith("ly")
                              or after[i].lower in ("not", "already", "also", "since", "still", "now", "never",
                                                    "yet", "ever", "either", "both", "to")):
        if after[i].lower in AUXILIARIES:
            last = i
        i += 1
    if i < len(after) and lemmas(after[i].lower, "v") and (_participle(after[i]) or after[last].lower not in _PASSIVE):
        return (after[i], *_coordinated(after[i + 1 :])), i
    if i < len(after) and after[last].lower in _PASSIVE and (
            lemmas(after[i].lower, "a") or after[i].lower.endswith("ing")) and after[i].content:
        return (after[i],), i
    return (), i


def _coordinated(rest: list[Word]) -> tuple[Word, ...]:
    """Participles joined on: "or wounded", "and hurt"."""
    found: list[Word] = []
    i = 0
    while i + 1 < len(rest) and rest[i].lower in ("or", "and"):
        j = i + 1
        while j < len(rest) and rest[j].lower.endswith("ly"):
            j += 1
        if j >= len(rest) or not _participle(rest[j]):
            break
        found.append(rest[j])
        i = j + 1
    return tuple(found)


def _joint(text: str, start: int, end: int, default: int) -> int:
    """Where what is told of one figure ends and what is told of the next begins: at the last "and" or comma between."""
    joints = list(_JOINT.finditer(text, start, end))
    return joints[-1].start() if joints else default


def clause_of(text: str, start: int, end: int, others: Sequence[tuple[int, int]] = ()) -> str:
    """The part of a sentence that speaks of `start:end`: its clause, less what speaks of `others` in the same clause.

    Where that is too short to say much, more of the sentence.
    """
    first = max((m.end() for m in _BREAK.finditer(text) if m.end() <= start), default=0)
    last = min((m.start() for m in _BREAK.finditer(text) if m.start() >= end), default=len(text))
    clause = text[first:last].strip(" ,")
    inner_first = max([first, *(_joint(text, b, start, b) for _, b in others if b <= start)])
    inner_last = min([last, *(_joint(text, end, a, a) for a, _ in others if a >= end)])
    inner = text[inner_first:inner_last].strip(" ,").removeprefix("and ").strip()
    if inner != clause and len(inner.split()) >= 3:
        return inner
    return clause if len(clause) >= 25 else text
