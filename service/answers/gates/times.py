"""The gate on times: each hangs on the verb that it hangs on in the quote, at the distance that is told there."""

from __future__ import annotations

import re
from itertools import pairwise

from service.answers.gates.alignment import Case
from service.answers.gates.carried import listed
from service.answers.gates.copying import copies
from service.answers.gates.fault import Fault
from service.answers.gates.names import SPAN
from service.answers.grammar.reading import Reading, Token, agree, find, light
from service.answers.grammar.speech import attributions
from service.answers.grammar.speech_words import MAY_SAY, SAYS
from service.answers.grammar.verbs import BE, governors_of_date, verbs
from service.domain import DateMention
from service.language.dates import read_dates, same_or_coarser
from service.language.thesaurus import lemmas

_TWO = 2
_POSSESSED = re.compile(r"['’]s\s+(\w+)")
_OBJECT_FAR = 5
_ADDRESSING = frozenset(
    "accuse blame criticize criticise condemn denounce urge praise defend attack thank call".split()
)
"""Verbs of speech that govern whom it is said to or of."""
_CARRYING = frozenset("be make give take impose hold reach issue launch put carry stage".split())
"""Verbs that say little beside the noun of a deed behind them."""
_NOUN = re.compile(r"\s+([a-z]{3,})\b")
_ARTICLE = re.compile(r"\b(?:a|an|the|its|his|her|their)\s+$", re.I)
_OFFSET = re.compile(
    r"\b(?P<span>(?:\w+[ -]){0,2}?\w+ (?:second|minute|hour|day|week|month|year|decade)s?) (?P<joint>after|before)\b",
    re.I,
)
_ORDER = re.compile(
    r"\b(?:after|before|later|earlier|since|follow\w*|prior|ago|previous\w*|until|then|preced\w*|subsequent\w*|"
    r"anniversary)\b", re.I
)
_LASTING = re.compile(
    r"\b(?P<link>for|in|within) (?:(?:about|nearly|almost|around|some|the|next|last|past|over|just) ){0,2}"
    r"(?P<span>(?:an?|one|two|three|four|five|six|seven|eight|nine|ten|\d+) (?:minute|hour|day|week|month|year)s?)\b",
    re.I,
)
_AHEAD = re.compile(r"\b(?:will|would|shall|going to|set to|due)\b", re.I)
_SUCH_TIME = re.compile(
    r"\b(?P<rank>first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|last) time\b", re.I
)
_FIRST_TIME = re.compile(r"\b(?:for )?the (?:first|second|third|last|only) time\b", re.I)


def timed(case: Case) -> Fault | None:
    """The fault of a statement with a time that its quotes tie to something else."""
    return _loosened(case) or _at_once(case) or _first_time(case) or _adjacent(case) or _by_then(case)


def _loosened(case: Case) -> Fault | None:
    """A time that hangs on one verb in the quote, and on another one of the quote in the statement."""
    for mention in _times(case.statement.text):
        mine = governors_of_date(case.statement, mention)
        if _owns(case, mention) or _of_the_year(case, mention):
            continue
        theirs = [
            (reading, governors_of_date(reading, other))
            for reading in case.quotes
            for other in _times(reading.text)
            if same_or_coarser(mention, other)
        ]
        if not mine or not theirs:
            continue
        if any(_one_saying(case, mine, hangs) or _done_by(reading, mine, hangs) for reading, hangs in theirs):
            continue
        same = {v.stem for reading, _ in theirs for v in verbs(reading)} & {v.stem for v in mine}
        least = 1.01 if same else 0.7
        if not any(
            not hangs or (_one_deed(mine, hangs, least) and not _second(case, reading, mine, hangs))
            for reading, hangs in theirs
        ) and all(
            _told_apart(reading, mine, hangs) for reading, hangs in theirs
        ):
            return Fault(
                "dates",
                f"In the quote {mention.text!r} goes with {theirs[0][1][0].text!r}, not with {mine[0].text!r}; keep "
                "each time with what happened then.",
            )
    return None


def _one_saying(case: Case, mine: tuple[Token, ...], theirs: tuple[Token, ...]) -> bool:
    """Whether a time of something said hangs on another verb of speech: "on Sunday accused …, in a speech in which he
    said".
    """
    return (
        bool(mine and theirs)
        and not _ADDRESSING.isdisjoint(lemmas(theirs[0].lower, "v"))
        and any(made.cue is mine[0] for made in attributions(case.statement))
    )


def _done_by(reading: Reading, mine: tuple[Token, ...], theirs: tuple[Token, ...]) -> bool:
    """Whether the quote tells the statement's deed as a noun behind its verb: "imposed a ban" for "banned"."""
    if not mine or not theirs or _CARRYING.isdisjoint(lemmas(theirs[0].lower, "v")):
        return False
    behind = reading.tokens[theirs[0].index + 1 : theirs[0].index + 1 + _OBJECT_FAR]
    return any(t.clause == theirs[0].clause and t.name is None and agree(t, mine[0]) for t in behind)


def _owns(case: Case, mention: DateMention) -> bool:
    """Whether a time stands with "'s" before the noun before which a quote has it so: "Saturday's quake"."""
    noun = _owned(case.statement.text, mention)
    return bool(noun) and any(
        _owned(reading.text, other) == noun
        for reading in case.quotes
        for other in _times(reading.text)
        if same_or_coarser(mention, other)
    )


def _of_the_year(case: Case, mention: DateMention) -> bool:
    """Whether a year stands before a noun that a quote has in a clause with that year: "a 2016 law" for "In 2016, the
    state passed a law".
    """
    noun = _NOUN.match(case.statement.text, mention.end)
    if mention.month is not None or mention.year is None or not noun or not _ARTICLE.search(
        case.statement.text, 0, mention.start
    ):
        return False
    for reading in case.quotes:
        for token in reading.tokens:
            if token.lower != noun[1].lower():
                continue
            hangs = [governors_of_date(reading, d) for d in _times(reading.text) if same_or_coarser(mention, d)]
            if any(v.clause == token.clause and v.index < token.index for verbs_ in hangs for v in verbs_):
                return True
    return False


def _owned(text: str, mention: DateMention) -> str:
    """The word behind a time's "'s", or nothing."""
    match = _POSSESSED.match(text, mention.end)
    return match[1].lower() if match else ""


def _second(case: Case, reading: Reading, mine: tuple[Token, ...], hangs: tuple[Token, ...]) -> bool:
    """Whether a statement's verb is, word by word, another place of the same verb in the quote."""
    if len({t.index for t in verbs(reading) if t.stem == mine[0].stem}) < _TWO:
        return False
    for copy in copies(case):
        if copy.reading is reading:
            first = copy.row[0].index
            own = {first + i for i, j in copy.partner.items() if j == mine[0].index}
            if own and not own & {t.index for t in hangs}:
                return True
    return False


def _times(text: str) -> list[DateMention]:
    """The dates of a text, and its "last week" and "next year"."""
    found = list(read_dates(text))
    for match in SPAN.finditer(text):
        if not any(d.start < match.end() and match.start() < d.end for d in found):
            found.append(DateMention(match.start(), match.end(), match[0].lower(), None, None, None, None))
    return found


def _one_deed(first: tuple[Token, ...], second: tuple[Token, ...], least: float = 0.7) -> bool:
    return any(
        agree(a, b, least) or (a.lower in BE and b.lower in BE) or (least <= 1 and listed(a.lower, b.lower))
        for a in first
        for b in second
    )


def _told_apart(reading: Reading, mine: tuple[Token, ...], theirs: tuple[Token, ...]) -> bool:
    """Whether the statement's verb is another deed of the sentence in the quote."""
    timed = [(d.start, d.end) for d in _times(reading.text)]
    for verb in verbs(reading):
        if any(start <= verb.start < end for start, end in timed):
            continue
        if verb.sentence == theirs[0].sentence and verb not in theirs and _one_deed(mine, (verb,)):
            low, high = sorted((verb.index, theirs[0].index))
            words = {t.lower for t in reading.tokens[low:high]}
            at_once = not words.isdisjoint(("as", "when", "where")) and "but" not in words
            if not at_once or theirs[0].lower in SAYS | MAY_SAY or verb.lower in SAYS | MAY_SAY:
                return True
    return False


def _at_once(case: Case) -> Fault | None:
    """Two events told without the time that the quote puts between them: "in 1966, one year after …"."""
    if _ORDER.search(case.statement.text):
        return None
    for reading, number in case.told:
        start, end = reading.sentences[number]
        for match in _OFFSET.finditer(reading.text, start, end):
            row = [t for t in reading.by_sentence[number] if t.content and not light(t)]
            sides = (
                [t for t in row if t.end <= match.start()],
                [t for t in row if t.start >= match.end()],
            )
            kept = [
                sum(find(t, case.statement.tokens) is not None and not _beside(t, other) for t in side)
                for side, other in (sides, sides[::-1])
            ]
            if min(kept) >= _TWO:
                return Fault("dates", f"The quote says {match[0]!r}; keep the time between the two.")
    return None


def _beside(token: Token, others: list[Token]) -> bool:
    return any(t.stem == token.stem for t in others)


def _first_time(case: Case) -> Fault | None:
    """A "for the first time" that the quote says of another deed."""
    quoted = [(reading, _around(reading, m)) for reading in case.quotes for m in _FIRST_TIME.finditer(reading.text)]
    for match in _FIRST_TIME.finditer(case.statement.text):
        mine = _around(case.statement, match)[:1]
        others = [m for text in case.cited.texts() for m in _SUCH_TIME.finditer(text)]
        which = _SUCH_TIME.search(match[0])
        if others and which and which["rank"].lower() not in [m["rank"].lower() for m in others]:
            return Fault("dates", f"The quote says {others[0][0]!r}, not {match[0]!r}; keep which time it was.")
        if not mine or not quoted:
            continue
        elsewhere = any(t.stem == mine[0].stem for reading in case.quotes for t in verbs(reading))
        if elsewhere and not any(t.stem == mine[0].stem for _, near in quoted for t in near):
            return Fault("dates", f"In the quote {match[0]!r} does not go with {mine[0].text!r}; keep what it was.")
    return None


def _around(reading: Reading, match: re.Match[str]) -> list[Token]:
    """The verbs of a sentence nearest to a phrase: the one before it, those up to it in its clause, the next behind."""
    inside = next(t for t in reading.tokens if t.start >= match.start())
    mine = [t for t in verbs(reading) if t.sentence == inside.sentence]
    before = [t for t in reversed(mine) if t.end <= match.start()]
    behind = [t for t in mine if t.start >= match.end()]
    clause = {t.clause for t in reading.tokens if match.start() <= t.start < match.end()}
    return [*before[:1], *(t for t in before[1:] if t.clause in clause), *behind[:1]]


def _by_then(case: Case) -> Fault | None:
    """What goes on for a time told as what will be at its end: "ready in a year" for "tested for a year"."""
    quoted = [m for text in case.cited.texts() for m in _LASTING.finditer(text)]
    for match in _LASTING.finditer(case.statement.text):
        theirs = {m["link"].lower() for m in quoted if m["span"].lower() == match["span"].lower()}
        lasts = match["link"].lower() == "for"
        if theirs and lasts != ("for" in theirs) and (lasts or _AHEAD.search(case.statement.text)):
            return Fault("dates", f"No quote says {match[0]!r}; keep whether it is so long or at the end of it.")
    return None


def _adjacent(case: Case) -> Fault | None:
    """Two times side by side that no quote has so: "this week in December"."""
    mentions = read_dates(case.statement.text)
    for first, second in pairwise(mentions):
        if case.statement.text[first.end : second.start].strip().lower() not in ("", "in", "on"):
            continue
        both = [
            (text, one, other)
            for text in case.cited.texts()
            for one in read_dates(text)
            for other in read_dates(text)
            if same_or_coarser(first, one) and same_or_coarser(second, other) and one is not other
        ]
        if both and not any(abs(one.end - other.start) <= 12 or abs(other.end - one.start) <= 12
                            for _, one, other in both):
            return Fault("dates", f"No quote says {case.statement.text[first.start : second.end]!r}; keep each apart.")
    return None
