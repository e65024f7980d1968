"""Parts that add up: "300 killed and 2,700 wounded" is 3,000 killed or wounded."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from service.answers.figures.mentions import Mention
from service.answers.question import Question
from service.language.thesaurus import lemmas
from service.language.wordvectors import likeness


def with_sums(question: Question, mentions: Sequence[Mention]) -> list[Mention]:
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
