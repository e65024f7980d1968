"""Statements that say the same in other words: what the gates should let through.

Each rule rewrites one thing by patterns that hold for English news prose at large; meaning, hedges, denials
and attributions stay. `verbatim` leaves the sentence as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from evals.wording import MONTHS
from service.language import thesaurus

Rule = Callable[[str], str | None]

_DATELINE: Final = re.compile(r"^[A-Z]{3,}[A-Z ,.]*(?:\d{1,2} \w+ \d{4} )?(?:\([^)]+\) )?[–—-] ")
_SAID_LAST: Final = re.compile(r"^(?P<what>[^“”\"]+), (?P<who>(?:the |The )?[^,“”\"]{3,60}) said\.$")
_ACCORDING_LAST: Final = re.compile(r"^(?P<what>[^“”\"]+), according to (?P<who>[^,“”\"]{3,60})\.$")
_ACCORDING_FIRST: Final = re.compile(r"^According to (?P<who>[^,“”\"]{3,60}), (?P<what>[^“”\"]+)\.$")
_NOT: Final = re.compile(r"\b(is|are|was|were|did|does|do|has|have|had|would|could|should) not\b")
_CONTRACTED: Final = re.compile(r"\b(is|are|was|were|did|does|do|has|have|had|would|could|should)n[’']t\b")
_WHICH: Final = re.compile(r", (?:which|who) (?![^,“”\"]*\b(?:said|says|told|include)\b)[^,“”\"]+(?:,|(?=\.$))")
_DAY_MONTH: Final = re.compile(rf"\b(\d{{1,2}}) ({'|'.join(m.capitalize() for m in MONTHS)})(?: (\d{{4}}))?\b")
_OF: Final = re.compile(r"\b(the (?:[a-z]+ )?[a-z]+)[’']s ((?:final |new |old |own )?[a-z]{4,})\b(?! [a-z]+ing\b)")
_GROUPED: Final = re.compile(r"(?<![\w.,])(\d{1,3}),(\d{3})(?![\w,.]*\d)")
_WORDS: Final = {
    "two": "2",
    "three": "3",
    "four": "4",
    "five": "5",
    "six": "6",
    "seven": "7",
    "eight": "8",
    "nine": "9",
    "ten": "10",
    "eleven": "11",
    "twelve": "12",
}
_NUMBER_WORD: Final = re.compile(rf"(?<![-\w])(?:{'|'.join(_WORDS)})(?= [a-z]{{3,}}s\b)")
_FULL_NAME: Final = re.compile(
    r"(?<=[a-z,] )(?<!of )([A-Z][a-z]{2,}) ([A-Z][a-z]{2,})(?= (?:said|says|told|added|wrote)\b)"
)
_ABOUT: Final = re.compile(r"\b(about|around|roughly|approximately)(?= \d)")


def lowered(what: str) -> str:
    """A clause that no longer begins the sentence: its first word small, unless it is a name or an
    abbreviation."""
    first = what.split(" ", 1)[0]
    small = {
        "The",
        "A",
        "An",
        "About",
        "Some",
        "More",
        "At",
        "Up",
        "In",
        "On",
        "It",
        "They",
        "There",
        "No",
        "Nobody",
        "Most",
        "Many",
        "All",
        "Only",
        "Around",
        "Nearly",
        "Almost",
        "His",
        "Her",
        "Its",
        "Their",
    }
    return what[0].lower() + what[1:] if first in small or _common(first, what) else what


def _common(first: str, what: str) -> bool:
    """Whether a clause begins with a common noun in the plural or an adjective, not with a name."""
    rest = what[len(first) :].lstrip()
    plural = first.endswith("s") and thesaurus.lemmas(first.lower(), "n")[:1] not in ((), (first.lower(),))
    adjective = thesaurus.lemmas(first.lower(), "a")[:1] == (first.lower(),)
    return bool(plural or adjective) and rest[:1].islower() and first[1:].islower()


def raised(text: str) -> str:
    return text[:1].upper() + text[1:]


def said_first(text: str) -> str | None:
    """S, the county said. → The county said that S."""
    match = _SAID_LAST.match(text)
    if not match or " said" in match["what"] or match["who"].split()[0] in ("but", "and", "as", "which", "who"):
        return None
    return f"{raised(match['who'])} said that {lowered(match['what'])}."


def according(text: str) -> str | None:
    """S, according to X. ↔ According to X, S."""
    if match := _ACCORDING_LAST.match(text):
        return f"According to {match['who']}, {lowered(match['what'])}."
    if match := _ACCORDING_FIRST.match(text):
        return f"{raised(match['what'])}, according to {match['who']}."
    return None


def contraction(text: str) -> str | None:
    """did not ↔ didn’t"""
    if "“" in text:
        return None
    if _NOT.search(text):
        return _NOT.sub(r"\1n’t", text)
    return _CONTRACTED.sub(r"\1 not", text) if _CONTRACTED.search(text) else None


def aside_dropped(text: str) -> str | None:
    """A relative clause between commas is left out."""
    match = _WHICH.search(text)
    if not match or "“" in text:
        return None
    rest = text[: match.start()] + text[match.end() :]
    nested = "," in text[max(0, match.start() - 12) : match.start()]
    return rest if len(rest.split()) >= 5 and not nested else None


def dateline_dropped(text: str) -> str | None:
    """KELBY – The river… → The river…"""
    return _DATELINE.sub("", text) if _DATELINE.match(text) else None


def date_turned(text: str) -> str | None:
    """19 June 2024 → June 19, 2024"""
    match = _DAY_MONTH.search(text)
    if not match:
        return None
    turned = f"{match[2]} {match[1]}" + (f", {match[3]}" if match[3] else "")
    return text[: match.start()] + turned + text[match.end() :]


def possessive(text: str) -> str | None:
    """the county’s final list → the final list of the county"""
    match = _OF.search(text)
    return text[: match.start()] + f"the {match[2]} of {match[1]}" + text[match.end() :] if match else None


def digits_spaced(text: str) -> str | None:
    """12,000 → 12 000"""
    return _GROUPED.sub("\\1\u00a0\\2", text) if _GROUPED.search(text) else None


def number_in_digits(text: str) -> str | None:
    """three furnaces → 3 furnaces"""
    match = _NUMBER_WORD.search(text)
    return text[: match.start()] + _WORDS[match[0]] + text[match.end() :] if match else None


def surname(text: str) -> str | None:
    """Anton Grieve said → Grieve said"""
    return _FULL_NAME.sub(r"\2", text, count=1) if _FULL_NAME.search(text) else None


def about(text: str) -> str | None:
    """about 4,000 ↔ around 4,000"""
    match = _ABOUT.search(text)
    if not match:
        return None
    return text[: match.start()] + ("around" if match[0] == "about" else "about") + text[match.end() :]


def percent_sign(text: str) -> str | None:
    """4.5 percent → 4.5%"""
    turned = re.sub(r"(?<=\d) (?:percent|per cent)\b", "%", text)
    return turned if turned != text else None


def straight_quotes(text: str) -> str | None:
    """“…” → "…" """
    turned = text.translate(str.maketrans("“”’‘", "\"\"''"))
    return turned if turned != text else None


def verbatim(text: str) -> str | None:
    """The sentence as it stands."""
    return text


PARAPHRASES: Final[Mapping[str, Rule]] = {
    "verbatim": verbatim,
    "said_first": said_first,
    "according": according,
    "contraction": contraction,
    "aside_dropped": aside_dropped,
    "dateline_dropped": dateline_dropped,
    "date_turned": date_turned,
    "possessive": possessive,
    "digits_spaced": digits_spaced,
    "number_in_digits": number_in_digits,
    "surname": surname,
    "about": about,
    "percent_sign": percent_sign,
    "straight_quotes": straight_quotes,
}
"""Every way of saying the same, by its name."""
