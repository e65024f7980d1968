"""Gates on what bounds a statement: the condition it holds under, and the circle in which something is the most.

"They take over if they win" is no "they take over", and the largest prize ever won in one state is not the largest
prize ever won.
"""

from __future__ import annotations

import re
from itertools import pairwise

from service.answers.gates.alignment import Case
from service.answers.gates.copying import copies
from service.answers.gates.fault import Fault
from service.answers.grammar.reading import Reading, Token, find, light, likeness, one_actor
from service.answers.grammar.speech import attributions
from service.language import thesaurus
from service.language.countries import country_of
from service.language.dates import read_dates
from service.language.numbers import read_numbers

_IF = re.compile(
    r"(?<!\bas )(?<!\beven )(?<!\bonly )(?<!\bwonder )(?<!\basked )(?<!\bsee )\b"
    r"(?:if|unless|provided that|as long as)\b(?! only| not\b| any\b| so\b| anything\b| ever\b)", re.I
)
_OPEN = re.compile(r"\b(?:if|unless|provided|as long as|whether|would|could|might|may|in case|were to|should|when|"
                   r"once|without|until|having)\b", re.I)
_ENDS = re.compile(r"[,;.]")
_RANKS = frozenset("second third fourth fifth sixth seventh eighth ninth tenth next".split())
_FIRSTS = frozenset("first last only".split())
_RANKED = frozenset("most least".split())
_ANY = re.compile(r"\bthan any(?:one|body|thing)?\b", re.I)
_MOST_OF_ALL = re.compile(r"\b(?:than any\w*|\w+est|most|least|no (?:other|one)|record|never|unprecedented)\b", re.I)
_WITHIN = re.compile(r"\b(?:in|of|among|for)\s+(?:the\s+)?$", re.I)
_SINCE = re.compile(
    r"\b(?:in (?:a |the last |the past )?(?:[a-z]+ |[\d,]+ ){1,4}?(?:years|decades|months|generations|centuries)|"
    r"in (?:a|the) (?:decade|generation|century|year)|since (?:[A-Za-z]+ )?(?:19|20)\d\d)\b"
)
_SOME_TIME = re.compile(
    r"\b(?:years?|decades?|months?|generations?|centur(?:y|ies)|since|ever|half-century|(?:19|20)\d\d)\b", re.I
)
_SPAN_FAR = 60
"""So many letters behind a "first" the time may stand in which it is that."""
_FAR = 9
_NEAR = 5
"""So many words behind a quality its noun may stand, or one more of the nouns that share it."""


def scoped(case: Case) -> Fault | None:
    """The fault of a statement that drops a condition, or the circle in which something is the first or the most."""
    return (
        _unconditional(case) or _unbounded(case) or _outranked(case) or _heightened(case) or _misapplied(case)
        or _crossed(case) or _reversed(case)
    )


def _unconditional(case: Case) -> Fault | None:
    """A statement of what holds only if something else does, without the condition."""
    if _OPEN.search(case.statement.text):
        return None
    for reading, number in case.told:
        start, end = reading.sentences[number]
        for match in _IF.finditer(reading.text, start, end):
            stop = _ENDS.search(reading.text, match.end(), end)
            close = stop.start() if stop else end
            row = reading.by_sentence[number]
            inside = [t for t in row if match.start() <= t.start < close]
            opens = not any(t.content for t in row if t.start < match.start())
            if opens:
                last = reading.sentences[number][1]
            else:
                close, last = match.start(), match.start()
            main = [t for t in row if (close <= t.start < last if opens else t.clause == _before(row, match.start()))]
            told = [t for t in main if t.content and not light(t) and find(t, case.statement.tokens) is not None]
            kept = [t for t in inside if t.content and t not in main and find(t, case.statement.tokens) is not None]
            if len(told) >= 3 and not kept and any(thesaurus.lemmas(t.lower, "v") for t in told):
                words = reading.text[match.start() : inside[-1].end][:80]
                return Fault("hedge", f"The quote says it only {words!r}; keep the condition.")
    return None


def _before(row: tuple[Token, ...], start: int) -> int:
    """The clause that ends before an offset."""
    earlier = [t for t in row if t.start < start]
    return earlier[-1].clause if earlier else -1


def _unbounded(case: Case) -> Fault | None:
    """A first or a largest that has lost the place in which it is that."""
    for copy in copies(case):
        for token in copy.row:
            if not _superlative(copy.reading, token) or not any(
                t.stem == token.stem and _superlative(case.statement, t) for t in case.statement.tokens
            ):
                continue
            for words, text in _circle(copy.reading, token):
                if not _told(case, words):
                    return Fault("support", f"The quote says {token.text!r} {text!r}; keep within what it is that.")
    return None


def _outranked(case: Case) -> Fault | None:
    """A "largest" for the quote's "second largest" or "one of the largest"."""
    said = [t for t in case.statement.tokens if _superlative(case.statement, t) or _rank(case.statement, t)]
    for token in said:
        ranks = [_rank(r, t) for r in case.quotes for t in r.tokens if t.stem == token.stem and t.lower == token.lower]
        if ranks and all(ranks) and _rank(case.statement, token) not in ranks:
            return Fault("support", f"The quote says {ranks[0] + ' ' + token.text!r}; keep that.")
    return None


def _rank(reading: Reading, token: Token) -> str:
    """What stands before a superlative and says that others may be more so: "second", "one of the"."""
    before = [t.lower for t in reading.tokens[max(0, token.index - 3) : token.index]]
    if before[-1:] and before[-1] in _RANKS and (token.lower.endswith("est") or token.lower in _RANKED):
        return before[-1]
    if before == ["one", "of", "the"] or before[-2:] == ["among", "the"]:
        return "one of the"
    first, _, rest = token.lower.partition("-")
    return first if first in _RANKS and rest else ""


def _heightened(case: Case) -> Fault | None:
    """A "largest" for the quote's "large", a "more than any other" for its "more"."""
    match = _ANY.search(case.statement.text)
    if match and not any(_MOST_OF_ALL.search(text) for text in case.cited.texts()):
        return Fault("support", f"No quote says {match[0]!r}; keep the quote's degree.")
    quoted = [t for reading in case.quotes for t in reading.tokens]
    if any(t.lower.endswith("est") or t.lower in _RANKED for t in quoted):
        return None
    for token in case.statement.tokens:
        if token.lower.endswith("est") and token.lower not in _FIRSTS and _superlative(case.statement, token):
            return Fault("support", f"No quote says {token.text!r}; keep the quote's degree.")
    return None


def _crossed(case: Case) -> Fault | None:
    """The second's number for the first, where the quote gives both "respectively"."""
    for reading, number in case.told:
        start, end = reading.sentences[number]
        if "respectively" not in reading.text[start:end]:
            continue
        inside = [name for name in reading.names if start <= name.start < end]
        figures = [n for n in read_numbers(reading.text) if start <= n.start < end]
        for firsts in (inside[i : i + 2] for i in range(len(inside) - 1)):
            later = [n for n in figures if n.start > firsts[-1].end][:2]
            if len(later) < 2:
                continue
            said = [any(one_actor(name.words, other.words) for other in case.statement.names) for name in firsts]
            given = {value for n in read_numbers(case.statement.text) for value in n.values}
            counted = [bool(given & set(n.values)) for n in later]
            if sum(said) == sum(counted) == 1 and said != counted:
                return Fault(
                    "numbers", f"The quote gives {later[counted.index(True)].text!r} to another; keep whose each is."
                )
    return None


def _reversed(case: Case) -> Fault | None:
    """What came before told as what came after."""
    said = sequence(case.statement, case.statement.tokens)
    for reading, number in case.told:
        quoted = sequence(reading, reading.by_sentence[number])
        if not said or not quoted or said[0] != quoted[0]:
            continue
        (_, main, sub), (_, other_main, other_sub) = said, quoted
        if main & other_sub and sub & other_main and not main & other_main and not sub & other_sub:
            return Fault("dates", f"The quote has it the other way round ({said[0]!r}); keep what came first.")
    return None


def sequence(reading: Reading, row: tuple[Token, ...]) -> tuple[str, frozenset[str], frozenset[str]] | None:
    """The one "after" or "before" of a sentence, and the stems of the words outside and inside its clause."""
    joints = [t for t in row if t.lower in ("after", "before")]
    if len(joints) != 1:
        return None
    stop = _ENDS.search(reading.text, joints[0].end, row[-1].end)
    close = stop.start() if stop else row[-1].end
    weighty = [t for t in row if t.content and not light(t) and t is not joints[0]]
    sub = frozenset(t.stem for t in weighty if joints[0].end <= t.start < close)
    main = frozenset(t.stem for t in weighty if t.start < joints[0].start or t.start >= close)
    return joints[0].lower, main - sub, sub - main


def _superlative(reading: Reading, token: Token) -> bool:
    """Whether a word says of something that it is the first or the most of its kind."""
    if token.name is not None or not token.text.islower() or token.index == 0:
        return False
    before = reading.tokens[token.index - 1]
    definite = before.lower in ("the", "its", "his", "her", "their") or before.lower.endswith("-")
    ranked = token.lower in _FIRSTS | _RANKED or (
        token.lower.endswith("est") and token.lower not in thesaurus.lemmas(token.lower, "a")
        and bool(thesaurus.lemmas(token.lower, "a"))
    )
    return definite and ranked


def _circle(reading: Reading, token: Token) -> list[tuple[tuple[str, ...], str]]:
    """The names behind "in" or "of" that bound a superlative, in its clause and close by."""
    days = [(d.start, d.end) for d in read_dates(reading.text)]
    found = []
    if span := _SINCE.search(reading.text, token.end, token.end + _SPAN_FAR):
        own = {t.sentence for t in reading.tokens if t.start >= span.start() and t.end <= span.end()}
        if own == {token.sentence} and not _ENDS.search(reading.text, token.end, span.start()):
            return [((), span[0])]
    for number, name in enumerate(reading.names):
        inside = [t for t in reading.tokens if t.name == number]
        if not inside or inside[0].clause != token.clause or not 0 < inside[0].index - token.index <= _FAR:
            continue
        link = _WITHIN.search(reading.text, max(token.end, name.start - 10), name.start)
        if link and not any(a <= name.start < b for a, b in days):
            found.append((name.words, reading.text[link.start() : name.end]))
    return found[:1]


def _told(case: Case, words: tuple[str, ...]) -> bool:
    """Whether a statement has a name in any form, or another word of place that may stand for it; without a name, a
    length of time or a "since".
    """
    if not words:
        return bool(_SOME_TIME.search(case.statement.text))
    framed = {i for made in attributions(case.statement) for i in made.frame}
    rest = [t for t in case.statement.tokens if t.index not in framed]
    if any(one_actor(words, case.statement.names[t.name].words) for t in rest if t.name is not None):
        return True
    tokens = {t.lower for t in rest}
    place = len(words) == 1 and country_of(words[0]) is not None
    return bool(tokens & set(words)) or (place and "country" in tokens) or bool(
        tokens & {"state", "there", "here", "city", "country", "nation", "league", "world"}
    )


def _misapplied(case: Case) -> Fault | None:
    """A quality right before a noun that each quote gives to another noun: "free vaccines" for free tests."""
    for quality, noun in _qualified(case.statement):
        stands = [(r, t) for r in case.quotes for t in r.tokens if t.stem == quality.stem]
        nouns = [(r, t) for r in case.quotes for t in r.tokens if t.stem == noun.stem]
        given = [(r, q, n) for r in case.quotes for q, n in _qualified(r) if q.stem == quality.stem]
        if not nouns or not given or len(given) != len(stands):
            continue
        if any(r is other and 0 < t.index - q.index <= _NEAR for r, q in stands for other, t in nouns):
            continue
        if any(n.stem == noun.stem or likeness(n.lower, noun.lower) >= 0.6 for _, _, n in given):
            continue
        return Fault(
            "roles", f"In the quote {quality.text!r} goes with {given[0][2].text!r}, not with {noun.text!r}; keep that."
        )
    return None


def _qualified(reading: Reading) -> list[tuple[Token, Token]]:
    """Each adjective with the noun right behind it."""
    return [
        (quality, noun)
        for quality, noun in pairwise(reading.tokens)
        if quality.name is None and noun.name is None and quality.content and noun.content
        and not quality.digits and not noun.digits
        and quality.text.islower() and quality.sentence == noun.sentence
        and not reading.text[quality.end : noun.start].strip()
        and _adjective(quality.lower) and thesaurus.frequency(noun.lower, "n") > thesaurus.frequency(noun.lower, "v")
        and not _adjective(noun.lower)
    ]


def _adjective(word: str) -> bool:
    """Whether a lower-case word is an adjective more often than anything else."""
    most = max(thesaurus.frequency(word, "n"), thesaurus.frequency(word, "v"))
    return bool(thesaurus.lemmas(word, "a")) and thesaurus.frequency(word, "a") > most
