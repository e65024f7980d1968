"""Gates on the order of words: what stands where the quote has another word, and what hangs on another verb.

A statement of words that all stand in its quote can still be false: two verbs, names or nouns exchanged, a date
tied to what was said and not to what happened, "from" and "to" turned. Where the statement copies the words around a
place, what stands in that place must say what the quote says there. A time must hang on the verb that it hangs on in
the quote.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from service.answers.gates.alignment import Case
from service.answers.gates.carried import idle, supports
from service.answers.gates.copying import Copy, copies
from service.answers.gates.fault import Fault
from service.answers.gates.quoting import shaped
from service.answers.grammar.opposites import opposed
from service.answers.grammar.reading import Reading, Token, agree, light, likeness, one_actor
from service.answers.grammar.speech import attributes_by_noun, attributions
from service.answers.grammar.verbs import BE, finite_here, is_verb, verbal
from service.language import thesaurus
from service.language.calendar import WEEKDAYS
from service.language.names import folded

_MOST = 3
"""So many words may stand in a place, in quote or statement, to be taken for one another."""
_KIN = 0.55
"""The kinship from which a word may stand for the one in its place."""
_MODALS = {
    "will": "will", "wo": "will", "shall": "will", "would": "will", "should": "should", "must": "should",
    "ought": "should", "may": "may", "might": "may", "could": "may", "can": "can",
}  # fmt: skip
"""The strength of each modal verb; "could" is the past of "can" too."""
_NEEDS = frozenset("can should must ought".split())
"""Modal verbs without which a deed is told as done."""
_PART = frozenset("some many most several few partly mostly largely mainly often usually sometimes".split())
_WHOLE = frozenset("all every each always entirely wholly completely everyone everybody everything".split())
_LIMITS = frozenset("most mostly partly partially deputy vice acting assistant interim on-and-off".split())
"""Words without which the next one says more."""
_TURNS = frozenset("before after above below over under up down in out more less fewer most least with without".split())
_UNITS = ("second", "minute", "hour", "day", "week", "month", "year", "decade", "century")
_CARRIED = frozenset(["be", "have", "been"])
_NO_GOAL = frozenset("according due owing thanks up compared".split())
_DIRECTIONS = frozenset(["from", "to"])
_CARRYING = frozenset("make give take have impose hold reach issue launch".split())
"""Verbs that say little beside the noun of a deed behind them."""
_SPOKEN = re.compile(r"[“\"„«]([^“”\"„«»]{2,})[”\"»]")
_BOUND = re.compile(r"(?:^|\s)(?:(?:less|more|fewer) than|at (?:least|most)|nearly|almost)$", re.I)
_COUNTED = frozenset("day week month year decade century hour minute dozen third quarter mile half kilo ton".split())
"""Words that "a" counts, so that an "about" before it is no preposition."""
_YEAR = re.compile(r"(?:19|20)\d\d")
_SEQUENCE = re.compile(r"\b(?:after|before)\b", re.I)
_ORDERED = re.compile(
    r"\b(?:after|before|following|follow\w*|since|once|later|earlier|then|when|until|till|prior|ahead|previous\w*|upon|"
    r"ago|during|\w{3,}ing)\b", re.I
)
_GOVERN = frozenset("to from of for with by at in on into against".split())
_ELLIPSIS = re.compile(r"(?:(?<!\s)\s+)?(?:…|\.\.\.|\[[^\]]{0,200}\])\s*")


def order(case: Case) -> Fault | None:
    """The fault of a statement that puts one word of its quote for another, or ties a time to another verb."""
    return (
        _misquoted(case) or _exchanged(case) or _narrowed(case) or _joined(case) or _turned(case) or _sequenced(case)
        or _modal(case)
    )


def _misquoted(case: Case) -> Fault | None:
    """Words in quotation marks that stand in no cited text."""
    known = [shaped(text) for text in case.cited.texts()]
    for match in _SPOKEN.finditer(case.statement.text):
        for part in _ELLIPSIS.split(match[1]):
            words = shaped(part.strip(" ,.;:!?'’‘"))
            if words and not any(words in text for text in known):
                return Fault(
                    "quote", f"No quote has the words {part.strip()[:80]!r}; keep quoted words letter for letter."
                )
    return None


def _exchanged(case: Case) -> Fault | None:
    """A word that stands where the quote, with the same words on both sides, has another."""
    for copy in copies(case):
        for lost, new, left, right in _places(case, copy):
            fault = _opposite(lost, new) or _broadened(lost, new)
            if fault:
                return fault
            if not _framed(left, right, lost, new) or any(attributes_by_noun(t) for t in new):
                continue
            if _shifted(copy, lost, new) or _passed(copy, lost, new):
                continue
            said = [t for t in new if any(_weighs(o) and _stands_for(case, copy, t, o) for o in lost)]
            for token in new:
                if (said and token not in said and token.lower.endswith("ly")) or token.lower in WEEKDAYS:
                    continue
                if (_weighs(token) or _measure(token)) and _another(case, copy, token, lost):
                    return Fault(
                        "roles",
                        f"The quote has {_text(copy.reading, lost)!r} where the statement has "
                        f"{_text(case.statement, new)!r}; keep each word in its place.",
                    )
    return None


def _shifted(copy: Copy, lost: tuple[Token, ...], new: tuple[Token, ...]) -> bool:
    """Whether words were moved together from another place of the quote, and those in theirs are left out."""
    words = [t.lower for t in copy.row]
    weighty = [t.lower for t in new if t.content]
    together = len(weighty) > 1 and any(words[i : i + len(weighty)] == weighty for i in range(len(words)))
    return together and all(t.digits or not t.content for t in lost)


def _passed(copy: Copy, lost: tuple[Token, ...], new: tuple[Token, ...]) -> bool:
    """Whether a participle stands behind the words that the quote's verb has behind it ("lifting the measures imposed"
    told as "the measures lifted"), or a verb for "made a" and its noun ("offered" for "made an offer").
    """
    first = copy.row[0].index
    carrying = any(not _CARRYING.isdisjoint(thesaurus.lemmas(t.lower, "v")) for t in lost)
    for token in new:
        if carrying and any(t.stem == token.stem and t.lower != token.lower for t in copy.row):
            return True
        if not (token.content and token.lower.endswith(("ed", "en", "t", "n")) and thesaurus.lemmas(token.lower, "v")):
            continue
        verb = next((t for t in copy.row if t.stem == token.stem and t.index < lost[0].index), None)
        if verb is None:
            continue
        between = [t for t in copy.row if verb.index < t.index < lost[0].index and t.content]
        if between and all(copy.partner.get(t.index - first, token.index) < token.index for t in between):
            return True
    return False


def _places(
    case: Case, copy: Copy
) -> Iterator[tuple[tuple[Token, ...], tuple[Token, ...], int, int]]:
    """Short runs that stand for each other between copied words, and how many words are copied on each side."""
    ends = (*copy.blocks, (len(copy.row), len(case.statement.tokens), 0))
    before = (0, 0, 0)
    for block in ends:
        lost = copy.row[before[0] + before[2] : block[0]]
        new = case.statement.tokens[before[1] + before[2] : block[1]]
        if not block[2] and len(new) < len(lost) and len(new) <= 2:
            lost = lost[: len(new)]
        elif not before[2] and len(new) < len(lost) and len(new) <= 2:
            lost = lost[len(lost) - len(new) :]
        if lost and new and len(lost) <= _MOST and len(new) <= _MOST:
            yield lost, new, before[2], block[2]
        before = block


def _framed(left: int, right: int, lost: tuple[Token, ...], new: tuple[Token, ...]) -> bool:
    """Whether enough words are copied around two runs to tell that one stands for the other."""
    if any(_weighs(a) and _weighs(b) and agree(a, b, 0.7) for a in lost for b in new):
        return False
    if left and right:
        return left + right >= 3 or len(lost) == len(new) == 1
    named = all(any(t.name is not None for t in run) for run in (lost, new))
    return max(left, right) >= 3 and (named or (left > 0 and len(lost) == len(new) == 1))


def _weighs(token: Token) -> bool:
    return token.content and not token.digits and (token.name is not None or not light(token))


def _another(case: Case, copy: Copy, token: Token, lost: tuple[Token, ...]) -> bool:
    """Whether a word says none of what the quote's words in its place say, and those weigh as much."""
    weighty = [t for t in lost if t.content]
    if not weighty or any(_stands_for(case, copy, token, t) for t in lost):
        return False
    if _measure(token) is not None and _measure(token) != _measure(lost[0]) is not None:
        return not {_measure(token), _measure(lost[0])} <= {"year", "decade"}
    plain = all(t.name is None and not t.digits for t in (token, *weighty))
    if plain and idle(token) and (not verbal(token.lower) or any(idle(t) for t in weighty)):
        return False
    if plain and len(weighty) == len(lost) == 1 and not light(lost[0]):
        old, now = (t.lower.removesuffix("ly") for t in (lost[0], token))
        return likeness(token.lower, lost[0].lower) < _KIN and likeness(old, now) < _KIN
    return any(_alike(token, t) for t in weighty) and any(t.stem == token.stem for t in copy.row)


def _measure(token: Token) -> str | None:
    """The unit of time that a word names."""
    return next((unit for unit in _UNITS if token.lower in (unit, unit + "s")), None)


def _alike(token: Token, other: Token) -> bool:
    """Whether two words are of one kind: two names, two verbs, or two other words."""
    if (token.name is None) != (other.name is None):
        return False
    return token.name is not None or verbal(token.lower) == verbal(other.lower)


def _stands_for(case: Case, copy: Copy, token: Token, other: Token) -> bool:
    if token.stem == other.stem or likeness(token.lower, other.lower) >= 0.8:
        return True
    if token.name is not None and other.name is not None:
        mine, theirs = case.statement.names[token.name].words, copy.reading.names[other.name].words
        return one_actor(mine, theirs) or bool(set(folded(token.text)) & set(theirs))
    return supports(token.lower, other.lower)


def _opposite(lost: tuple[Token, ...], new: tuple[Token, ...]) -> Fault | None:
    """A word's opposite in its place, function words too: "after" for "before"."""
    if len(lost) > 2 or len(new) > 2:
        return None
    for old in lost:
        for token in new:
            weighs = (old.content and token.content) or {old.lower, token.lower} <= _TURNS
            if weighs and old.name is None and token.name is None and opposed(old.lower, token.lower):
                return Fault(
                    "negation",
                    f"The quote says {old.text!r}, the statement the opposite {token.text!r}; keep the quote's word.",
                )
    return None


def _broadened(lost: tuple[Token, ...], new: tuple[Token, ...]) -> Fault | None:
    old = next((t for t in lost if t.lower in _PART), None)
    token = next((t for t in new if t.lower in _WHOLE), None)
    if old is None or token is None:
        return None
    return Fault("support", f"The quote says {old.text!r}, the statement {token.text!r}; keep how many.")


def _narrowed(case: Case) -> Fault | None:
    """A "most of" or a "deputy" cut out between words that were copied."""
    for copy in copies(case):
        first = copy.row[0].index
        for (a, b, size), (next_a, next_b, _) in pairwise(((0, 0, 0), *copy.blocks)):
            lost = copy.row[a + size : next_a]
            if next_b == b + size and lost and (
                copy.row[next_a].lower in ("a", "an", "half") or _YEAR.fullmatch(copy.row[next_a].text)
            ):
                words = _text(copy.reading, lost)
                unit = copy.row[next_a + 1].lower if next_a + 1 < len(copy.row) else ""
                if _BOUND.search(words) or (unit in _COUNTED and lost[-1].lower in ("about", "around", "roughly")):
                    return Fault("numbers", f"The quote says {words!r} there; keep it.")
        for token in copy.row:
            place = token.index - first
            if token.lower not in _LIMITS or place in copy.partner:
                continue
            behind = next((t for t in copy.row[place + 1 :] if t.content or t.name is not None), None)
            kept = behind is not None and copy.partner.get(behind.index - first)
            if kept is None or kept is False or any(t.stem == token.stem for t in case.statement.tokens):
                continue
            near = case.statement.tokens[max(0, kept - 3) : kept]
            if behind is not None and behind.index - token.index <= 3 and not any(
                t.lower in _LIMITS or t.digits or t.lower in _PART for t in near
            ):
                return Fault("support", f"The quote says {token.text!r} there; keep it.")
    return None


def _joined(case: Case) -> Fault | None:
    """A verb or a preposition that lost what it governs, and got what another verb governs."""
    framed = {i for reading in case.quotes for made in attributions(reading) for i in made.frame}
    for copy in copies(case):
        for (a, b, size), (next_a, next_b, _) in pairwise(copy.blocks):
            last, lost = copy.row[a + size - 1], copy.row[a + size : next_a]
            if next_b != b + size or not lost or lost[0].clause != last.clause or last.index in framed:
                continue
            first, told = copy.row[next_a], [t for t in lost if is_verb(copy.reading, t)]
            governs = (is_verb(copy.reading, last) and last.lower not in BE) or last.lower in _GOVERN
            if governs and told and lost[0] not in told and first.content and not is_verb(copy.reading, first):
                return Fault(
                    "roles",
                    f"In the quote {last.text!r} goes with {lost[0].text!r}, not with {first.text!r}; keep its words.",
                )
            again = lost[-1].lower in _MODALS and last.lower in _MODALS
            if again and len(lost) > 2 and (lost[-2].content or lost[-2].digits or lost[-2].name is not None):
                return Fault("roles", f"In the quote {lost[-2].text!r} {first.text!r}; keep who does it.")
    return None


def _sequenced(case: Case) -> Fault | None:
    """A statement that puts one deed after or before another, where no quote tells an order."""
    texts = " ".join(case.cited.texts())
    for match in _SEQUENCE.finditer(case.statement.text):
        if not _ORDERED.search(texts):
            return Fault("dates", f"No quote says that it was {match[0]!r}; leave the order out.")
    return None


def _text(reading: Reading, tokens: tuple[Token, ...]) -> str:
    return reading.text[tokens[0].start : tokens[-1].end]


def _turned(case: Case) -> Fault | None:
    """What the quote has behind "from" stands behind "to", or the other way round."""
    quoted = [pair for reading in case.quotes for pair in _ends(reading)]
    for word, token in _ends(case.statement):
        theirs = {w for w, t in quoted if t.stem == token.stem}
        if theirs and word not in theirs:
            return Fault("roles", f"The quote does not say {word + ' ' + token.text!r}; keep 'from' and 'to'.")
    return None


def _ends(reading: Reading) -> list[tuple[str, Token]]:
    """Each "from" and "to" of a text that has both in one sentence, with the word behind it."""
    found = []
    for row in reading.by_sentence:
        if not {t.lower for t in row} >= _DIRECTIONS:
            continue
        for token in row[:-1]:
            behind = reading.tokens[token.index + 1 : token.index + 4]
            before = reading.tokens[token.index - 1].lower if token.index else ""
            if token.lower in _DIRECTIONS and before not in _NO_GOAL:
                word = next((t for t in behind if t.content or t.digits), None)
                if word is not None and word.sentence == token.sentence and word.clause == token.clause:
                    found.append((token.lower, word))
    return found


def _modal(case: Case) -> Fault | None:
    """A modal verb of another strength before the same verb: "may" for "will", "will" for "should"."""
    quoted = [pair for reading in case.quotes for pair in _modals(reading)]
    said = _modals(case.statement)
    for modal, token in quoted:
        if modal not in _NEEDS or any(t.stem == token.stem for _, t in said) or token.lower in _CARRIED:
            continue
        done = [t for t in case.statement.tokens if t.stem == token.stem and finite_here(case.statement, t)]
        stands = sum(t.stem == token.stem for reading in case.quotes for t in reading.tokens)
        if done and stands == sum(t.stem == token.stem for _, t in quoted):
            return Fault("hedge", f"The quote says {modal + ' ' + token.text!r}; keep {modal!r}.")
    for modal, token in said:
        theirs = {_MODALS[m] for m, t in quoted if t.stem == token.stem}
        mine = _MODALS[modal]
        if modal == "could":
            fits = bool(theirs & {"may", "can"})
        elif modal == "would":
            fits = bool(theirs & {"will"}) or not theirs
        else:
            fits = mine in theirs
        if theirs and not fits:
            return Fault("hedge", f"The quote does not say {modal + ' ' + token.text!r}; keep its word for how sure.")
    return None


def _modals(reading: Reading) -> list[tuple[str, Token]]:
    """Each modal verb with the verb that it governs."""
    found = []
    for token in reading.tokens:
        modal = token.lower.removesuffix("n't") if token.lower != "won't" else "wo"
        modal = {"ca": "can", "sha": "shall"}.get(modal, modal)
        if modal not in _MODALS or not token.text.islower():
            continue
        ahead = [t for t in reading.tokens[token.index + 1 : token.index + 5] if t.sentence == token.sentence]
        modal = "can" if modal == "will" and [t.lower for t in ahead[:3]] == ["be", "able", "to"] else modal
        verb = next((t for t in ahead if t.lower not in _CARRIED and thesaurus.lemmas(t.lower, "v")), None)
        verb = verb or next((t for t in ahead if t.lower in _CARRIED), None)
        if verb is not None:
            found.append((modal, verb))
    return found
