"""Readings to claims: what is about the same thing, what agrees, what differs, what is an update, what adds up."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from service.answers.actors import same_story
from service.answers.assemble import Assembly
from service.answers.mentions import FIT, Mention
from service.answers.question import Question
from service.answers.speaker import speaker_of
from service.domain import Claim, Figure
from service.language.countries import country_of
from service.language.dates import read_dates
from service.language.figures import interval, read_figures
from service.language.thesaurus import MOTION, field, fields, lemmas, near
from service.language.wordvectors import likeness

CLAIM_LIMIT = 20
_HARM = 0.8
_DEED = 0.6
"""So much of what is asked is said of a figure where the deed is the question's, or near to it."""

_REVISION = re.compile(
    r"\b(?:rose|risen|rises|climbed|climbs|grew|grown|revised|updated|raised|lowered|corrected|increased to|"
    r"now stands?|stood at|up from|down from|earlier (?:figure|count|toll|estimate|number)|previous(?:ly)?|"
    r"final (?:toll|count|figure|number)|new (?:toll|count|figure)|has reached|reached|no longer)\b", re.I)


_MOVED_LEAST = 0.3
"""How well the figure of a second reading fits at least, where its verb is another one of motion."""
_COMPARED = re.compile(r"\b(?:since|until|than(?: in)?|from|after|before|like|of|with|to)\s+$", re.I)
"""What stands before a year that only sets the news off against something earlier ("the first since 1998")."""


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


def positions(question: Question, mentions: Sequence[Mention]) -> list[Position]:
    """The distinct claims that answer the question, updates marked; empty when no mention fits well enough."""
    mentions = _with_sums(question, mentions)
    fitting = [m for m in mentions if m.fits]
    if not fitting:
        return []
    if any(not m.joint for m in fitting):
        fitting, mentions = ([m for m in some if not m.joint] for some in (fitting, mentions))
    if not question.dates and not all(map(_of_the_past, fitting)):
        fitting, mentions = ([m for m in some if not _of_the_past(m)] for some in (fitting, mentions))
    if not question.predicate and not all(map(_of_harm, fitting)):
        fitting, mentions = ([m for m in some if not _of_harm(m)] for some in (fitting, mentions))
    chosen = _outright(question, _same_matter(fitting))
    chosen += [m for m in mentions if m.score >= FIT.likely and m not in chosen and _rivals(m, chosen)]
    precise = [m for m in chosen if m.figure.low is not None or m.figure.high is not None]
    return _supersede(_merge(_one_a_sentence(precise or chosen)))


def _of_the_past(mention: Mention) -> bool:
    """Whether a figure is told as that of a year long before its article, as news recalls an earlier event."""
    published = mention.line.source.published
    text = mention.line.text
    dated = [d.resolved[1].year for d in read_dates(text, published) if d.resolved
             and not _COMPARED.search(text, 0, d.start)]
    return published is not None and bool(dated) and published.year - max(dated) >= 2


def _of_harm(mention: Mention) -> bool:
    """Whether a figure counts the dead or hurt, which a question that says nothing of its count does not ask for."""
    return any(near(verb, harm) >= _HARM for verb in mention.predicate for harm in ("die", "injure"))


def other_reading(question: Question, mentions: Sequence[Mention], found: Sequence[Position]) -> Mention | None:
    """The best figure of a second reading: just what was asked, outright, said of another country's; None for none.

    "How many troops were sent?" can be North Korea's to Russia or Russia's to North Korea. Who was brought somewhere is
    as good as outright said to be sent. A question that names a country, or a single answer without one, has one
    reading.
    """
    first = frozenset().union(*(m.nations for p in found for m in p.mentions))
    if not first or any(country_of(key) for name in question.names for key in name.words):
        return None
    kinds = {(p.figure.kind, p.figure.unit if p.figure.kind != "count" else None) for p in found}
    others = [
        m for m in mentions
        if m.features.thing >= 0.8
        and ((m.score >= FIT.threshold and _told_outright(m)) or (m.score >= _MOVED_LEAST and _moved(question, m)))
        and m.nations and not m.nations & first
        and (m.figure.kind, m.figure.unit if m.figure.kind != "count" else None) in kinds
    ]
    return max(others, key=lambda m: m.score, default=None)


def _moved(question: Question, mention: Mention) -> bool:
    """Whether a figure counts who was brought to a place, where the question asks for who was sent or brought to one:
    "were taken to hospitals".
    """
    def moving(words: Iterable[str], first: bool) -> bool:
        return any(field(w, "v") == MOTION if first else MOTION in fields(w, "v") for w in words)

    if not moving((w.lower for w in question.predicate), True) or not moving(mention.predicate, False):
        return False
    verbs = "|".join(map(re.escape, mention.predicate))
    return re.search(rf"\b(?:{verbs})\s+(?:back\s+)?(?:in)?to\b", mention.clause, re.I) is not None


def stated_only(found: Sequence[Position], text: str) -> list[Position]:
    """The positions whose value a text gives, and sums of parts; what replaced one may be gone with the others."""
    kept = [i for i, p in enumerate(found) if p.derived or stated(p, text)]
    places = {old: new for new, old in enumerate(kept)}
    return [replace(found[i], superseded_by=None if (by := found[i].superseded_by) is None else places.get(by))
            for i in kept]


def rivals(found: Sequence[Position], told: Sequence[Position]) -> list[Position]:
    """Those of all positions that cannot be true together with one that is told, and that fit the question as well."""
    standing = [p for p in told if p.superseded_by is None]
    if not standing:
        return []
    least = min(p.score for p in standing)
    return [
        p for p in found if not p.derived and p.superseded_by is None and p.score >= least
        and all(not interval(p.figure).meets(interval(o.figure)) and _same_time(p, o) for o in standing)
    ]


def stated(position: Position, text: str) -> bool:
    """Whether a text gives a position's value."""
    return any(f.low == position.figure.low and f.high == position.figure.high for f in read_figures(text))


def disputed(found: Sequence[Position]) -> bool:
    """Whether two claims that stand today cannot both be true."""
    standing = [p for p in found if p.superseded_by is None]
    return any(not interval(a.figure).meets(interval(b.figure)) and _same_time(a, b)
               for i, a in enumerate(standing) for b in standing[i + 1 :])


def _same_time(first: Position, second: Position) -> bool:
    """Whether two claims are about times that overlap, or that the sources don't name."""
    a, b = first.when, second.when
    return a is None or b is None or (a[0] <= b[1] and b[0] <= a[1])


def _one_a_sentence(mentions: Sequence[Mention]) -> list[Mention]:
    """The best mention of each sentence: none contradicts itself, its other figure is of another thing."""
    best: dict[tuple[str, int], Mention] = {}
    for mention in sorted(mentions, key=lambda m: -m.score):
        best.setdefault((mention.line.source.file_id, mention.line.start), mention)
    return list(best.values())


def _with_sums(question: Question, mentions: Sequence[Mention]) -> list[Mention]:
    """The mentions, with parts that one sentence names for "A or B" replaced by their sum."""
    wanted = _alternatives(question)
    if len(wanted) < 2:
        return list(mentions)
    by_line: dict[tuple[str, int], list[Mention]] = {}
    for mention in mentions:
        by_line.setdefault((mention.line.source.file_id, mention.line.start), []).append(mention)
    kept: list[Mention] = []
    for group in by_line.values():
        parts = {verb: [r for r in group if _only(r, verb, wanted)] for verb in wanted}
        if all(len(found) == 1 for found in parts.values()):
            kept.append(_sum([found[0] for found in parts.values()]))
            kept.extend(m for m in group if not any(m in found for found in parts.values()))
        else:
            kept.extend(group)
    kept.sort(key=lambda r: -r.score)
    return kept


def _alternatives(question: Question) -> list[str]:
    """The verbs that the question joins by "or"/"and" ("killed or wounded")."""
    verbs = list(question.predicate)
    for first, second in itertools.pairwise(verbs):
        between = question.text[first.end : second.start].strip().lower()
        if between in ("or", "and"):
            return [first.lower, second.lower]
    return []


def _only(mention: Mention, verb: str, wanted: Sequence[str]) -> bool:
    """Whether a figure is said of one of the alternatives and of no other."""
    said = [*mention.predicate, *(w for w in mention.thing if lemmas(w, "v") or lemmas(w, "a"))]
    own = max((likeness(verb, w) for w in said), default=0.0)
    others = max((likeness(v, w) for v in wanted if v != verb for w in said), default=0.0)
    return own >= 0.8 and own > others


def _sum(parts: Sequence[Mention]) -> Mention:
    """The derived mention of parts that add up."""
    first = min(parts, key=lambda r: r.figure.start)
    last = max(parts, key=lambda r: r.figure.end)

    def total(bounds: list[Decimal | None]) -> Decimal | None:
        return None if any(b is None for b in bounds) else sum((b for b in bounds if b is not None), Decimal(0))

    low, high = total([r.figure.low for r in parts]), total([r.figure.high for r in parts])
    qualifiers = {r.figure.qualifier for r in parts}
    figure = replace(
        first.figure, end=last.figure.end, text=first.line.text[first.figure.start : last.figure.end],
        low=low, high=high, step=max(r.figure.step for r in parts), thing=None,
        qualifier=qualifiers.pop() if len(qualifiers) == 1 else "unspecified",
    )
    best = max(parts, key=lambda r: r.score)
    features = replace(best.features, said=1.0, asked=1.0, thing=max(best.features.thing, 0.8))
    return replace(best, figure=figure, features=features, parts=tuple(r.figure for r in parts),
                   thing=(), predicate=tuple(v for r in parts for v in r.predicate))


def _same_matter(mentions: Sequence[Mention]) -> list[Mention]:
    """The mentions about the likeliest matter: those of one kind of unit whose countries don't exclude each other."""
    groups: list[list[Mention]] = []
    for mention in mentions:
        for group in groups:
            if _alike(group[0], mention):
                group.append(mention)
                break
        else:
            groups.append([mention])
    return max(groups, key=_weight)


def _outright(question: Question, mentions: Sequence[Mention]) -> list[Mention]:
    """Those that say what was asked in so many words, where some do; and those nearly as good as the best."""
    told = [m for m in mentions if question.predicate and _told_outright(m)]
    least = 0.6 if told else 0.8
    mentions = told or mentions
    best = max(mentions, key=lambda m: m.score)
    return [m for m in mentions if m.score >= least * best.score
            and (m.features.names >= best.features.names or _same_size(m.figure, best.figure))]


def _told_outright(mention: Mention) -> bool:
    """Whether just what is asked is said of a figure."""
    return min(mention.features.said, mention.features.asked) >= 0.8


def tells_deed(position: Position) -> bool:
    """Whether what the question says was done, or a part of it, or something near it, is said of a figure."""
    return any(max(mention.features.said, mention.features.asked) >= _DEED for mention in position.mentions)


def _rivals(mention: Mention, chosen: Sequence[Mention]) -> bool:
    """Whether a weaker mention gives a value of the same size for the same thing as a chosen one of another article.

    Sources that differ about one quantity seldom differ by more than half; a number far off counts something else.
    A sum of money or a measure is a rival only where the same is said of it.
    """
    if max(mention.features.thing, mention.features.nearby) < 0.5:
        return False
    if mention.figure.kind != "count" and not _told_outright(mention) and any(map(_told_outright, chosen)):
        return False
    return any(
        _alike(m, mention) and _same_size(m.figure, mention.figure)
        and mention.features.names >= m.features.names - 0.2
        and m.line.source.file_id != mention.line.source.file_id
        and same_story(m.line.article, mention.line.article)
        for m in chosen
    )


def _same_size(first: Figure, second: Figure) -> bool:
    a, b = _middle(first), _middle(second)
    return a is not None and b is not None and min(a, b) > 0 and max(a, b) / min(a, b) <= Decimal("1.6")


def _middle(figure: Figure) -> Decimal | None:
    bounds = [b for b in (figure.low, figure.high) if b is not None]
    return sum(bounds, Decimal(0)) / len(bounds) if bounds else None


def _weight(group: Sequence[Mention]) -> float:
    """How much speaks for a group: its best fit, and that several origins give it."""
    origins = {r.line.source.origin_id for r in group}
    return max(r.score for r in group) + 0.1 * min(4, len(origins) - 1)


def _alike(first: Mention, second: Mention) -> bool:
    a, b = first.figure, second.figure
    if a.kind != b.kind or (a.kind != "count" and a.unit != b.unit):
        return False
    mine, theirs = _states_of(first), _states_of(second)
    return not (mine and theirs and not mine & theirs)


def _states_of(mention: Mention) -> frozenset[str]:
    """The countries of a mention that are states; a part of the world ("South Asia") excludes none."""
    return frozenset(key for key in mention.nations if (country := country_of(key)) is not None and country.capitals)


def _merge(mentions: Sequence[Mention]) -> list[Position]:
    """One position for each distinct value, one mention of each article, of its body rather than its headline."""
    by_value: dict[tuple[object, ...], list[Mention]] = {}
    for mention in sorted(mentions, key=lambda m: (m.line.kind != "body", m.line.source.reprint_of is not None)):
        f = mention.figure
        key = (f.low, f.high, f.qualifier, bool(mention.parts))
        held = by_value.setdefault(key, [])
        if all(r.line.source.file_id != mention.line.source.file_id for r in held):
            held.append(mention)
    return [Position(tuple(held)) for held in by_value.values()]


def _supersede(found: list[Position]) -> list[Position]:
    """Mark positions that a later one replaces: told as a revision, or by the same speaker on a later day."""
    marked = list(found)
    for i, old in enumerate(found):
        later = [
            (new.told, j) for j, new in enumerate(found)
            if i != j and old.told and new.told and new.told > old.told
            and not interval(old.figure).meets(interval(new.figure)) and _revises(new, old)
        ]
        if later:
            marked[i] = replace(old, superseded_by=max(later)[1])
    return marked


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
