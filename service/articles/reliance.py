"""What an article rests on: the interviews and reports of other outlets that its text draws from, by name.

Two articles that rest on one interview are still two texts. It matters only to what they took from it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from service.articles import attributions
from service.articles.outlets import outlet_key
from service.domain import Span
from service.language.sentences import split

_NAME: Final = (
    r"(?P<name>[A-ZÀ-ÖØ-Þ][\w.’'&-]*(?: (?:(?:of|the|and|de|la|le|el|der|die|al|du) )?[A-ZÀ-ÖØ-Þ][\w.’'&-]*){0,4})"
)
_MEDIUM: Final = (
    r"(?:outlets?|newspapers?|(?:news |press )?agency|magazine|broadcaster|channel|network|website|news site|weekly|"
    r"daily|tabloid|journal|station|podcast|paper|programme|show)"
)
_DESCRIBED: Final = rf"(?P<described>(?:(?:the|a|an|its|his|her) )?(?:[\w’'-]+ ){{0,4}}?{_MEDIUM},? )?(?:the )?"
_WAYS: Final = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b(?:told|telling|speaking to|spoke to|spoke with|speaking with|talking to) {_DESCRIBED}{_NAME}",
        rf"\b[Ii]nterview(?:s|ed)?(?: (?:published|broadcast|printed|aired|released|given|he gave|she gave))?"
        rf"(?: [A-Z]\w+day)? (?:with|to|by|in|on|for) {_DESCRIBED}{_NAME}",
        rf"\b(?:as|first) reported (?:by|in|on) {_DESCRIBED}{_NAME}",
        rf"\baccording to (?:a |an |the )?(?:(?:\w+ )?reports? (?:by|in|from|on) )?{_DESCRIBED}{_NAME}",
        rf"\b(?:citing|quoted by|cited by|quoting) {_DESCRIBED}{_NAME}",
        rf"\b(?:reports? (?:by|in|from)) {_DESCRIBED}{_NAME}",
        rf"(?:^|, ){_DESCRIBED}{_NAME} (?:has |had |first |also )?(?:reported|reports|revealed)\b",
    )
)
_FOREIGN: Final = re.compile(
    r"\b(?:gazeta|gazete|gazzetta|zeitung|tageblatt|jornal|journal|monde|figaro|presse|prensa|pravda|izvestia|spiegel|"
    r"repubblica|corriere|mundo|país|pais|diario|dagblad|tidende|posten|blad(?:et)?|asahi|yomiuri|mainichi|xinhua|tass|"
    r"interfax|yonhap|kyodo|anadolu|axios|politico|bloomberg|bbc|cnn|nbc|abc|cbs|npr|nhk|rtl|ard|zdf|rai|rte|itv|sky)\b",
    re.IGNORECASE,
)
_HINTS: Final = ("tell", "told", "spe", "spoke", "talking", "nterview", "eport", "ccording", "cit", "quot", "reveal")
MOST: Final = 12
"""Names that are kept of an article at most."""


def named_sources(text: str, spans: Sequence[Span], own: str | None = None) -> tuple[str, ...]:
    """The outlets whose interviews or reports the story names, in its own words and order, each once; `own` is the
    publisher, which rests on itself."""
    found: dict[str, str] = {}
    mine = outlet_key(own) if own else ""
    for sentence in _sentences(text, spans):
        for way in _WAYS:
            for hit in way.finditer(sentence):
                name = _trimmed(hit["name"])
                key = outlet_key(name)
                if key and key != mine and (hit["described"] or _is_outlet(name)):
                    found.setdefault(key, name)
    return tuple(found.values())[:MOST]


def resting(own: Sequence[str], sharing: Iterable[Sequence[str]]) -> tuple[str, ...]:
    """What an article rests on: what it names itself, then what those name that print the same quotations."""
    found = {outlet_key(name): name for name in reversed(own)}
    names = dict(reversed(found.items()))
    for others in sharing:
        for name in others:
            names.setdefault(outlet_key(name), name)
    return tuple(names.values())[:MOST]


def _sentences(text: str, spans: Sequence[Span]) -> Iterator[str]:
    """The sentences of the story that may name a source."""
    for span in spans:
        if span.kind != "body":
            continue
        for sentence in split(text, span.start, span.end):
            words = text[sentence.start : min(sentence.end, sentence.start + 1000)]
            if any(hint in words for hint in _HINTS):
                yield " ".join(words.split())


def _trimmed(name: str) -> str:
    """A name without a conjunction before it, and without what it owns or the weekday that follows it."""
    words = re.sub(r"^(?:When|While|As|After|Before|Since|That|And|But|In) (?:the )?", "", name.rstrip(".,")).split()
    owner = next((at for at, word in enumerate(words) if word.endswith(("'s", "’s"))), None)
    if owner is not None:
        words = [*words[:owner], words[owner][:-2]]
    while len(words) > 1 and words[-1].casefold().rstrip(".,") in attributions.TIME_NAMES:
        words.pop()
    return " ".join(words).rstrip("'’")


def _is_outlet(name: str) -> bool:
    """Whether a name alone tells that it is an outlet's; a person's never is."""
    if name.endswith("Agency") and not re.search(r"\b(?:News|Press|Telegraph)\b", name):
        return False
    return bool(attributions.OUTLET_WORDS.search(name) or _FOREIGN.search(name))
