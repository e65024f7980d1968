"""Finding the article: Recall@k and MRR@10 over distinct articles."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from evals.metrics.score import Score


def distinct(ids: Iterable[str]) -> list[str]:
    """Articles in the order of their best passage."""
    return list(dict.fromkeys(ids))


def rank_of(ranked: Sequence[str], gold: Collection[str]) -> int | None:
    """The rank (from 1) of the first gold article; None where none is there. `ranked` is distinct."""
    return next((rank for rank, one in enumerate(ranked, 1) if one in gold), None)


def recall_at(ranked: Sequence[str], gold: Collection[str], k: int) -> Score:
    """1 when a gold article is among the first k distinct articles, else 0; unscored without a gold
    article."""
    if not gold:
        return Score(None, "no gold article")
    rank = rank_of(distinct(ranked), gold)
    return Score(float(rank is not None and rank <= k), f"first gold article at rank {rank}")


def reciprocal_rank(ranked: Sequence[str], gold: Collection[str], k: int = 10) -> Score:
    """1/rank of the first gold article among the first k distinct ones, else 0: the terms of MRR@k."""
    if not gold:
        return Score(None, "no gold article")
    rank = rank_of(distinct(ranked), gold)
    return Score(1 / rank if rank is not None and rank <= k else 0.0, f"first gold article at rank {rank}")
