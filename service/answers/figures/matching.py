"""Which figures answer: those that fit best, those of the same matter, those of another source that rival them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal

from service.answers.actors import same_story
from service.answers.figures.claims import Position, merged, superseding
from service.answers.figures.holders import of_a_part, placed
from service.answers.figures.mentions import FIT, Mention
from service.answers.figures.misfits import EVERYBODY, states
from service.answers.figures.standing import further, planned, speaks_of_plans, total
from service.answers.figures.sums import with_sums
from service.answers.question import Question
from service.domain import Figure
from service.language.countries import country_of
from service.language.dates import read_dates
from service.language.thesaurus import MOTION, field, fields

_MOVED_LEAST = 0.3
"""How well the figure of a second reading fits at least, where its verb is another one of motion."""
_MORE = frozenset({"more", "additional", "further", "another", "extra", "new"})
_SIZE, _BORROWED = Decimal("1.6"), Decimal(4)
"""So many times another figure a rival is at most; one told as another estimate of the same count may be more."""
_NAMED = 0.9
_SAID = 0.4
"""So much of the question's deed a rival says where others say it outright."""
_OWN = 0.5
"""So much of what the best figure's clause says of what is asked another one's says at least."""
_AHEAD = frozenset({"will", "would", "going"})
"""Words of a question for what is to come, of which a plan tells as well as a forecast."""
_OPENING, _BEHIND = 30, 80
"""Up to here a year says when the sentence plays; so far behind a figure one may still be that of its deed."""
_NAMING = re.compile(r"\b(?:the|its|his|her|their|an?|this|that)\s+$", re.I)
"""What stands before a year that names an event ("the 2012 shooting")."""
_COMPARED = re.compile(r"\b(?:since|until|than(?: in)?|from|after|before|like|of|with|to)\s+$", re.I)
"""What stands before a year that only sets the news off against something earlier ("the first since 1998")."""


def positions(question: Question, mentions: Sequence[Mention]) -> list[Position]:
    """The distinct claims that answer the question, updates marked; empty when no mention fits well enough."""
    mentions = with_sums(question, mentions)
    fitting = [m for m in mentions if m.fits]
    if not fitting:
        return []
    if any(not m.joint for m in fitting):
        fitting, mentions = ([m for m in some if not m.joint] for some in (fitting, mentions))
    if not question.dates and not all(map(_of_the_past, fitting)):
        fitting, mentions = ([m for m in some if not _of_the_past(m)] for some in (fitting, mentions))
    wanted = speaks_of_plans([w.lower for w in question.words])
    plan = _once_planned if any(w.lower in _AHEAD for w in question.words) else _planned
    if (wanted and any(map(_planned, fitting))) or (not wanted and _gives_way(question, fitting, plan)):
        fitting, mentions = ([m for m in some if (_planned if wanted else plan)(m) == wanted]
                             for some in (fitting, mentions))
    if not any(w.lower in _MORE for w in question.words) and _gives_way(question, fitting, _on_top):
        fitting, mentions = ([m for m in some if not _on_top(m)] for some in (fitting, mentions))
    if not placed(question) and _gives_way(question, fitting, _of_a_part):
        fitting, mentions = ([m for m in some if not _of_a_part(m)] for some in (fitting, mentions))
    least = _OWN * max(m.own for m in fitting)
    fitting = [m for m in fitting if m.own >= least or (_just_those(m) and not any(map(_told_outright, fitting)))]
    if not question.predicate and not all(map(_of_harm, fitting)):
        fitting, mentions = ([m for m in some if not _of_harm(m)] for some in (fitting, mentions))
    told = [m for m in fitting if question.predicate and _told_outright(m)]
    chosen = _outright(question, _same_matter(told or fitting))
    chosen += [m for m in mentions if m.score >= FIT.likely and m not in chosen and _rivals(m, chosen)]
    precise = [m for m in chosen if m.figure.low is not None or m.figure.high is not None]
    return superseding(merged(_one_a_sentence(precise or chosen)))


def _gives_way(question: Question, fitting: Sequence[Mention], kind: Callable[[Mention], bool]) -> bool:
    """Whether figures of a kind give way to the others: some are left, and they say the deed as well."""
    others = [m for m in fitting if not kind(m)]
    if not others or len(others) == len(fitting):
        return bool(others)
    return any(map(_told_outright, others)) or not (question.predicate and any(map(_told_outright, fitting)))


def _planned(mention: Mention) -> bool:
    return planned(mention.figure, mention.line.text)


def _once_planned(mention: Mention) -> bool:
    return planned(mention.figure, mention.line.text, once=True)


def _on_top(mention: Mention) -> bool:
    return further(mention.figure, mention.line.text)


def _of_a_part(mention: Mention) -> bool:
    return of_a_part(mention.figure, mention.line.text)


def _of_the_past(mention: Mention) -> bool:
    """Whether a figure is told as that of a year long before its article, as news recalls an earlier event."""
    published = mention.line.source.published
    text = mention.line.text
    dated = [d.resolved[1].year for d in read_dates(text, published) if d.resolved
             and not _COMPARED.search(text, 0, d.start) and (d.start < _OPENING or not (
                 _NAMING.search(text, 0, d.start) or d.start > mention.figure.end + _BEHIND))]
    return published is not None and bool(dated) and published.year - max(dated) >= 2


def _of_harm(mention: Mention) -> bool:
    """Whether a figure counts the dead or hurt, which a question that says nothing of its count does not ask for."""
    return bool(states((*mention.predicate, *mention.thing)))


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


def _one_a_sentence(mentions: Sequence[Mention]) -> list[Mention]:
    """The best mention of each sentence: none contradicts itself, its other figure is of another thing."""
    best: dict[tuple[str, int], Mention] = {}
    for mention in sorted(mentions, key=lambda m: (not total(m.figure, m.line.text), -m.score)):
        best.setdefault((mention.line.source.file_id, mention.line.start), mention)
    return list(best.values())


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


def _rivals(mention: Mention, chosen: Sequence[Mention]) -> bool:
    """Whether a weaker mention gives a value of the same size for the same thing as a chosen one of another article.

    Sources that differ about one quantity seldom differ by more than half; a number far off counts something else.
    A sum of money or a measure is a rival only where the same is said of it.
    """
    if max(mention.features.thing, mention.features.nearby) < 0.5:
        return False
    told = mention.borrowed or _just_those(mention) or mention.features.said >= _SAID
    if not told and any(map(_told_outright, chosen)):
        return False
    if mention.figure.kind != "count" and not _told_outright(mention) and any(map(_told_outright, chosen)):
        return False
    return any(
        _alike(m, mention) and _same_size(m.figure, mention.figure, _BORROWED if mention.borrowed else _SIZE)
        and mention.features.names >= m.features.names - 0.2
        and (mention.borrowed or m.line.source.file_id != mention.line.source.file_id)
        and same_story(m.line.article, mention.line.article)
        for m in chosen
    )


def _just_those(mention: Mention) -> bool:
    """Whether a figure counts by name just those whom the question asks for, not "people"; the deed may be told in
    other words ("deployed" for "sent").
    """
    return mention.figure.kind == "count" and mention.features.thing >= _NAMED and bool(mention.thing) and (
        mention.thing[-1] not in EVERYBODY)


def _same_size(first: Figure, second: Figure, most: Decimal = _SIZE) -> bool:
    a, b = _middle(first), _middle(second)
    return a is not None and b is not None and min(a, b) > 0 and max(a, b) / min(a, b) <= most


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
