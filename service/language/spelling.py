"""Which word of a vocabulary a misspelt word is meant to be."""

from __future__ import annotations

from collections.abc import Mapping

SHORT = 4
"""Shorter words are never repaired: too much is near them."""


def nearest_spelling(word: str, known: Mapping[str, int]) -> str | None:
    """The known word with the fewest slips from this one, of several the most frequent; None where none is near.

    `known` has how often each word is used. A slip is a letter too many, missing, wrong, or swapped with its
    neighbour. Words of up to seven letters may have one, longer ones two; words with a digit are left alone.
    """
    if len(word) < SHORT or not word.isalpha():
        return None
    allowed = 1 if len(word) < 8 else 2
    letters = frozenset(word)
    best: tuple[int, int, str] | None = None
    for other, times in known.items():
        if abs(len(other) - len(word)) > allowed or not other.isalpha() or far(letters, other, allowed):
            continue
        slips = slips_between(word, other, allowed)
        if slips is None or (best is not None and slips > best[0]):
            continue
        rank = (slips, -times, other)
        if best is None or rank < best:
            best = rank
    return best[2] if best else None


def far(letters: frozenset[str], other: str, most: int) -> bool:
    """Whether letters alone tell that a word of them is more than so many slips away: a slip changes two at most."""
    return len(letters.symmetric_difference(other)) > 2 * most


def slips_between(first: str, second: str, most: int) -> int | None:
    """The slips that lead from one word to the other (optimal string alignment); None where more than `most`."""
    if abs(len(first) - len(second)) > most:
        return None
    before: list[int] = []
    row = list(range(len(second) + 1))
    for i, letter in enumerate(first, 1):
        before, above, row = row, before, [i]
        for j, other in enumerate(second, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == second[j - 2] and first[i - 2] == other:
                cost = min(cost, above[j - 2] + 1)
            row.append(cost)
        if min(row) > most <= min(before):
            return None
    return row[-1] if row[-1] <= most else None
