"""Words of news that say opposite things, by WordNet, by a negating prefix and by a list."""

from __future__ import annotations

from functools import lru_cache

from service.language import thesaurus

_OPPOSITES = tuple(
    pair.split("/")
    for pair in """
    confirm/deny accept/reject approve/reject support/oppose rise/fall rise/drop increase/decrease
    increase/fall increase/decline rise/decline gain/lose win/lose beat/lose open/close begin/end start/stop
    arrive/leave import/export buy/sell hire/dismiss attack/defend advance/retreat allow/ban guilty/innocent
    convict/acquit survive/die alive/dead before/after more/fewer more/less high/low highest/lowest
    maximum/minimum first/last early/late above/below over/under up/down north/south east/west
    northern/southern eastern/western left/right male/female man/woman men/women boy/girl son/daughter
    brother/sister father/mother husband/wife best/worst strengthen/weaken succeed/fail success/failure
    expand/shrink raise/cut raise/lower add/remove include/exclude agree/refuse friend/enemy ally/enemy
    publish/withdraw join/leave enter/leave free/jail release/detain cheaper/dearer safe/dangerous
    legal/illegal likely/unlikely able/unable known/unknown clear/unclear majority/minority public/private
    same/different
    """.split()
)
"""Pairs of words of news that say opposite things, beside WordNet's antonyms."""
NEGATING = ("un", "in", "im", "ir", "il", "dis", "non", "mis")
"""Prefixes that negate."""
_PARTS: tuple[thesaurus.Part, ...] = ("n", "v", "a")


@lru_cache(maxsize=20_000)
def without_prefix(word: str) -> str:
    """The word that a negating prefix negates ("unclear" → "clear"), or the empty string."""
    for prefix in NEGATING:
        base = word.removeprefix(prefix)
        if base != word and len(base) > 3 and any(thesaurus.lemmas(base, part) for part in _PARTS):
            return base
    return ""


def kin(first: str, second: str) -> bool:
    """Whether two lower-case words are one, or forms of one."""
    return first == second or any(
        set(thesaurus.lemmas(first, p)) & set(thesaurus.lemmas(second, p)) for p in _PARTS
    )


@lru_cache(maxsize=50_000)
def opposed(first: str, second: str) -> bool:
    """Whether two lower-case words say opposite things."""
    if first == second:
        return False
    if without_prefix(first) == second or without_prefix(second) == first:
        return True
    for one, other in _OPPOSITES:
        if (kin(first, one) and kin(second, other)) or (kin(first, other) and kin(second, one)):
            return True
    return thesaurus.opposed(first, second)
