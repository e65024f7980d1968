"""Finding facts: Hits@k, MAP@10 and evidence recall, as MultiHop-RAG (Tang and Yang, COLM 2024) counts them.

A passage is relevant when it contains a gold fact, white space aside. Questions without a fact are unscored.
"""

from __future__ import annotations

from collections.abc import Sequence

from evals.metrics.score import Score


def packed(text: str) -> str:
    """The text without any white space."""
    return "".join(text.split())


def found_at(passages: Sequence[str], facts: Sequence[str]) -> list[set[int]]:
    """For each passage, which facts (by place) it contains."""
    wanted = [packed(fact) for fact in facts]
    return [{i for i, fact in enumerate(wanted) if fact and fact in text} for text in (packed(p) for p in passages)]


def hits_at(passages: Sequence[str], facts: Sequence[str], k: int) -> Score:
    """1 when one of the first k passages contains a fact."""
    if not facts:
        return Score(None, "no fact is wanted")
    rank = next((rank for rank, found in enumerate(found_at(passages, facts), 1) if found), None)
    return Score(float(rank is not None and rank <= k), f"first fact at rank {rank}")


def average_precision(passages: Sequence[str], facts: Sequence[str], k: int = 10) -> Score:
    """The terms of MAP@k: precision at each rank that brings a new fact, over min(facts, k)."""
    if not facts:
        return Score(None, "no fact is wanted")
    seen: set[int] = set()
    relevant, total, ranks = 0, 0.0, []
    for rank, found in enumerate(found_at(passages[:k], facts), 1):
        if found - seen:
            seen |= found
            relevant += 1
            total += relevant / rank
            ranks.append(rank)
    return Score(total / min(len(facts), k), f"new facts at ranks {ranks}, {len(facts)} wanted")


def fact_recall(passages: Sequence[str], facts: Sequence[str], k: int = 10) -> Score:
    """The share of all facts that the first k passages contain."""
    if not facts:
        return Score(None, "no fact is wanted")
    found = set().union(*found_at(passages[:k], facts))
    return Score(len(found) / len(facts), f"{len(found)} of {len(facts)} facts")
