"""Claims: the distinct values that the sources give, what agrees, what differs, what is an update of what."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from service.answers.assemble import Assembly
from service.answers.figures.holders import apart
from service.answers.figures.mentions import Mention
from service.answers.speaker import speaker_of
from service.domain import Claim, Figure
from service.language.figures import interval, read_figures
from service.language.thesaurus import near

CLAIM_LIMIT = 20
_NEARLY = 0.9
"""So much of the fit of what is told a rival count has at least."""
_DEED = 0.6
"""So much of what is asked is said of a figure where the deed is the question's, or near to it."""

_REVISION = re.compile(
    r"\b(?:rose|risen|rises|climbed|climbs|grew|grown|revised|updated|raised|lowered|corrected|increased to|"
    r"now stands?|stood at|up from|down from|earlier (?:figure|count|toll|estimate|number)|previous(?:ly)?|"
    r"final (?:toll|count|figure|number)|new (?:toll|count|figure)|has reached|reached|no longer)\b", re.I)


@dataclass(frozen=True, slots=True)
class Position:
    """One distinct claim: a value, the mentions that give it (best first), and what has replaced it."""

    mentions: tuple[Mention, ...]
    superseded_by: int | None = None

    @property
    def figure(self) -> Figure:
        return self.mentions[0].figure

    @property
    def derived(self) -> bool:
        return bool(self.mentions[0].parts)

    @property
    def score(self) -> float:
        return max(mention.score for mention in self.mentions)

    @property
    def origins(self) -> int:
        return len({mention.line.source.origin_id for mention in self.mentions})

    @property
    def speaker(self) -> str | None:
        for mention in self.mentions:
            if found := speaker_of(mention.line.text, mention.line.after):
                return found.text
        return None

    @property
    def when(self) -> tuple[date, date] | None:
        """The days that the claim is about, as far as its sources name them."""
        days = [mention.when for mention in self.mentions if mention.when]
        return max(days) if days else None

    @property
    def revises(self) -> bool:
        """Whether it is told as the new level of a count."""
        return any(_REVISION.search(m.line.text) for m in self.mentions)

    @property
    def told(self) -> date | None:
        """The day on which it was published first: an old count is repeated beside the new one."""
        days = [m.line.source.published for m in self.mentions if m.line.source.published]
        return min(days) if days else None


def tells_deed(position: Position) -> bool:
    """Whether what the question says was done, or a part of it, or something near it, is said of a figure."""
    return any(max(mention.features.said, mention.features.asked) >= _DEED for mention in position.mentions)


def merged(mentions: Sequence[Mention]) -> list[Position]:
    """One position for each distinct value, one mention of each article, of its body rather than its headline."""
    by_value: dict[tuple[object, ...], list[Mention]] = {}
    for mention in sorted(mentions, key=lambda m: (m.line.kind != "body", m.line.source.reprint_of is not None)):
        f = mention.figure
        key = (f.low, f.high, f.qualifier, bool(mention.parts))
        held = by_value.setdefault(key, [])
        if all(r.line.source.file_id != mention.line.source.file_id for r in held):
            held.append(mention)
    return [Position(tuple(held)) for held in by_value.values()]


def superseding(found: list[Position]) -> list[Position]:
    """Mark positions that a later one replaces: told as a revision, or by the same speaker on a later day."""
    marked = list(found)
    for i, old in enumerate(found):
        later = [
            (new.told, j) for j, new in enumerate(found)
            if i != j and old.told and new.told and new.told > old.told
            and (_at_odds(old, new) or _outgrown(old, new)) and _revises(new, old)
        ]
        if later:
            marked[i] = replace(old, superseded_by=max(later)[1])
    return marked


def _at_odds(first: Position, second: Position) -> bool:
    """Whether two values cannot both be true; "more than 3,000" and 3,000 are no two, nor are those of two places."""
    a, b = first.figure, second.figure
    if apart([(m.figure, m.line) for m in first.mentions], [(m.figure, m.line) for m in second.mentions]):
        return False
    same = (a.low is not None and a.low == b.low) or (a.high is not None and a.high == b.high)
    return not same and not interval(a).meets(interval(b))


def _outgrown(old: Position, new: Position) -> bool:
    """Whether a count told as a least one ("at least 14") is below a later one."""
    bound = new.figure.low if new.figure.low is not None else new.figure.high
    return (old.figure.qualifier in ("at_least", "more_than") and old.figure.low is not None and bound is not None
            and old.figure.low < bound)


def _revises(new: Position, old: Position) -> bool:
    if any(_REVISION.search(f"{m.line.source.document_title or ''} {m.line.before} {m.line.text}")
           for m in new.mentions):
        return True
    mine, theirs = new.speaker, old.speaker
    if mine and theirs:
        return bool(_key_words(mine) & _key_words(theirs))
    return mine is None and theirs is None and new.told is not None and old.told is not None and (
        (new.told - old.told).days >= 2)


def _key_words(speaker: str) -> set[str]:
    return {w for w in re.findall(r"[^\W\d_]{3,}", speaker.lower()) if w not in ("the", "and", "its", "officials")}


def stated_only(found: Sequence[Position], text: str) -> list[Position]:
    """The positions whose value a text gives, and sums of parts; what replaced one may be gone with the others."""
    kept = [i for i, p in enumerate(found) if p.derived or stated(p, text)]
    places = {old: new for new, old in enumerate(kept)}
    return [replace(found[i], superseded_by=None if (by := found[i].superseded_by) is None else places.get(by))
            for i in kept]


def rivals(found: Sequence[Position], told: Sequence[Position]) -> list[Position]:
    """Those of all positions that cannot be true together with one that is told, and that are about the same.

    A count is of the same people or things, and fits the question nearly as well; a share is said of the same deed,
    for whatever a poll asks has its share; anything but a count has the same unit, and fits as well.
    """
    standing = [p for p in told if p.superseded_by is None]
    if not standing:
        return []
    least = min(p.score for p in standing)
    return [
        p for p in found if not p.derived and p.superseded_by is None
        and all(_at_odds(p, o) and _same_time(p, o) for o in standing)
        and any(_about_the_same(p, o) for o in standing)
        and p.score >= (_NEARLY if p.figure.kind == "count" else 1.0) * least
    ]


def _about_the_same(first: Position, second: Position) -> bool:
    """Whether two values are of the same kind, and of the same thing as far as their kind tells."""
    if first.figure.kind == "count":
        return _same_thing(first, second)
    return first.figure.unit == second.figure.unit and (first.figure.kind != "percent" or _same_deed(first, second))


def _same_thing(first: Position, second: Position) -> bool:
    """Whether two values count the same people or things."""
    a, b = first.mentions[0].thing, second.mentions[0].thing
    return first.figure.kind == second.figure.kind == "count" and bool(a and b) and near(a[-1], b[-1]) >= _DEED


def _same_deed(first: Position, second: Position) -> bool:
    """Whether the same is said of two values, of the same people."""
    a, b = first.mentions[0], second.mentions[0]
    return a.thing[-1:] == b.thing[-1:] and any(
        near(x, y) >= _DEED for x in a.predicate for y in b.predicate)


def stated(position: Position, text: str) -> bool:
    """Whether a text gives a position's value."""
    return any(f.low == position.figure.low and f.high == position.figure.high for f in read_figures(text))


def disputed(found: Sequence[Position]) -> bool:
    """Whether two claims that stand today cannot both be true."""
    standing = [p for p in found if p.superseded_by is None]
    return any(_at_odds(a, b) and _same_time(a, b)
               for i, a in enumerate(standing) for b in standing[i + 1 :])


def _same_time(first: Position, second: Position) -> bool:
    """Whether two claims are about times that overlap, or that the sources don't name."""
    a, b = first.when, second.when
    return a is None or b is None or (a[0] <= b[1] and b[0] <= a[1])


def as_claims(found: Sequence[Position], assembly: Assembly) -> list[Claim]:
    """The positions as the answer's claims, those that are cited, in order; contract, section 4."""
    cited = [(p, tuple(sorted(n for r in p.mentions if (n := assembly.number(r.line.quote)) is not None)))
             for p in found]
    kept = {id(p): i for i, (p, _) in enumerate([c for c in cited if c[1]], start=1)}
    return [
        Claim(
            index=kept[id(p)], text=_words(p), low=p.figure.low, high=p.figure.high, qualifier=p.figure.qualifier,
            unit=p.figure.unit, subject=_subject(p),
            as_of=p.told if p.when is None or p.revises else p.when[1], speaker=p.speaker,
            citations=numbers, origins=p.origins, derived=p.derived,
            superseded_by=kept.get(id(found[p.superseded_by])) if p.superseded_by is not None else None,
        )
        for p, numbers in cited if numbers
    ]


def _words(position: Position) -> str:
    """The claim's value in the source's words, a derived one in digits: "About 4,200"."""
    figure = position.figure
    if position.derived:
        bound = figure.low if figure.low is not None else figure.high
        return f"{bound:,}" if bound is not None else figure.text
    line = position.mentions[0].line
    words = " ".join(line.text[figure.start : figure.number_end].split())
    return words[:1].upper() + words[1:]


def _subject(position: Position) -> str:
    """What the claim is about: the counted thing and what is said of it."""
    mention = position.mentions[0]
    thing = mention.figure.thing or mention.figure.unit or ""
    verbs = " ".join(dict.fromkeys(w for w in mention.predicate if w not in thing.lower().split()))
    return f"{thing} {verbs}".strip() or mention.clause
