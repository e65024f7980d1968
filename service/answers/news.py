"""What is new in an answer since the last one to the same question: the status, a claim, or how many said so.

Pure comparison of two answers as their JSON; contract, section 7. A claim is known again by its value, so that other
words for the same figure are no news; claims whose value is gone are set beside those that came, same unit first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

Json = Mapping[str, Any]
Kind = Literal["status", "claim_changed", "claim_added", "claim_removed", "origins"]


def news(before: Json, after: Json) -> list[dict[str, Any]]:
    """The changes from one answer to the next, most telling first; empty where there is nothing to tell.

    Each has `kind`, `before` and `after` (a claim, a status, or None) and, for claims, `cited_before` and
    `cited_after`: the citations of that claim in its own answer.
    """
    old, new = _claims(before), _claims(after)
    kept, gone, came = _matched(old, new)
    changes: list[dict[str, Any]] = []
    for was, now in _paired(gone, came):
        kind: Kind = "claim_changed" if was and now else "claim_added" if now else "claim_removed"
        changes.append(_claim_change(kind, was, now, before, after))
    for was, now in kept:
        if was.get("superseded_by") is None and now.get("superseded_by") is not None:
            changes.append(_claim_change("claim_changed", was, now, before, after))
        elif was["origins"] != now["origins"]:
            changes.append(_claim_change("origins", was, now, before, after))
    if before["status"] != after["status"]:
        changes.append({"kind": "status", "before": before["status"], "after": after["status"]})
    return changes


def _claims(answer: Json) -> Sequence[Json]:
    claims: Sequence[Json] = answer.get("claims") or ()
    return claims


def _value(claim: Json) -> tuple[Any, ...]:
    """What makes two claims the same: bounds and unit; the words where there are no bounds ("hundreds")."""
    low, high = claim["low"], claim["high"]
    words = claim["text"].casefold() if low is None and high is None else None
    return low, high, claim["unit"], claim["derived"], words


def _matched(old: Sequence[Json], new: Sequence[Json]) -> tuple[list[tuple[Json, Json]], list[Json], list[Json]]:
    """The claims of the same value in both, those that are gone, and those that came."""
    left = list(new)
    kept: list[tuple[Json, Json]] = []
    gone: list[Json] = []
    for claim in old:
        same = [one for one in left if _value(one) == _value(claim)]
        if not same:
            gone.append(claim)
            continue
        chosen = next((one for one in same if one["speaker"] == claim["speaker"]), same[0])
        left.remove(chosen)
        kept.append((claim, chosen))
    return kept, gone, left


def _paired(gone: Sequence[Json], came: Sequence[Json]) -> list[tuple[Json | None, Json | None]]:
    """Each claim that is gone with one that came in its place: same unit, and the same speaker if there is one."""
    left = list(came)
    pairs: list[tuple[Json | None, Json | None]] = []
    for claim in gone:
        alike = [one for one in left if one["unit"] == claim["unit"]]
        chosen = next((one for one in alike if one["speaker"] == claim["speaker"]), alike[0] if alike else None)
        if chosen is not None:
            left.remove(chosen)
        pairs.append((claim, chosen))
    return pairs + [(None, one) for one in left]


def _claim_change(kind: Kind, was: Json | None, now: Json | None, before: Json, after: Json) -> dict[str, Any]:
    return {"kind": kind, "before": dict(was) if was else None, "after": dict(now) if now else None,
            "cited_before": _cited(was, before), "cited_after": _cited(now, after)}


def _cited(claim: Json | None, answer: Json) -> list[dict[str, Any]]:
    """The citations behind a claim, as they stand in its answer."""
    numbers = set(claim["citations"]) if claim else set()
    return [dict(one) for one in answer.get("citations") or () if one["index"] in numbers]
