"""Offers: paragraphs that sell something to the reader, and the lines that stand over boxes of that kind.

What sells speaks to the reader, names a price or a saving, calls to act, and carries the small print of
trade. A story may do one of these; a paragraph that does several, with nobody quoted in it, is an advert.
"""

from __future__ import annotations

import re
from typing import Final

_I: Final = re.IGNORECASE
_START: Final = r"(?:^|[.!?:;…] |[-–—|] )[\"'“‘(*_]*"
_MONEY: Final = (
    r"(?:[$£€¥₹]\s?\d[\d.,]*|\d[\d.,]*\s?(?:[$£€¥₹]|dollars?|euros?|pounds?|crowns?|francs?|cents?|pence|"
    r"rupees?|yen|usd|eur|gbp|kr)\b)"
)
_CALL: Final = re.compile(
    _START + r"(?:(?:so|why not|hurry|act now|just)[,:!]? )?(?:join|buy|order|shop|save|get|try|call|click|book|"
    r"switch|claim|discover|visit|find out|upgrade|download|subscribe|sign up|register|apply|enjoy|grab|"
    r"choose|browse|start|ask|request|don['’]t miss|treat|win|earn|compare)\b(?! (?:said|that|who)\b)",
    _I,
)
_PRICE: Final = re.compile(
    rf"{_MONEY} ?(?:/ ?|a |an |per |each |every )(?:mo(?:nth)?|week|wk|day|year|yr|night|person|hour|piece)\b|"
    rf"\b(?:from|just|only|for as little as|starting at|under|was|now) {_MONEY}|\b(?:up to|save|extra|further) "
    r"\d{1,2} ?(?:%|percent|per cent)|\b\d{1,2} ?(?:%|percent|per cent) off\b|\bhalf[- ]price\b|\b(?:two|2) "
    r"for (?:the price of )?(?:one|1)\b",
    _I,
)
_PRINT: Final = re.compile(
    r"\bterms(?: (?:and|&) conditions)? apply\b|\bt&cs?\b|\bconditions apply\b|\bwhile (?:stocks|supplies) last\b|"
    r"\bno (?:contract|obligation|strings attached|credit card)\b|\bmoney[- ]back\b|\bcancel (?:at )?any ?time\b|"
    r"\bfree (?:trial|delivery|shipping|quote|returns|consultation|sample|gift)\b|\b(?:limited[- ]time|special|"
    r"exclusive|introductory) (?:offer|deal|discount)s?\b|\boffer (?:ends|valid|expires|only)\b|\bpromo code\b|"
    r"\buse (?:the )?code\b|\b(?:happy|satisfied) (?:customers|members|clients|users)\b|\bguaranteed?[.!]|"
    r"\b(?:click|tap|order|buy|shop|book|call|apply|subscribe|join|enquire) (?:here|now|today|online)\b|"
    r"\bfree of charge with\b|\b(?:customers|members|users) (?:today|now)\b|\bfree[.!]",
    _I,
)
_ACT: Final = re.compile(
    r"\b(?:click|tap|order|buy|shop|book|call|apply|subscribe|join|enquire) (?:here|now|today|online)\b(?! to (?:view|"
    r"watch|see|read))|\bterms(?: (?:and|&) conditions)? apply\b|\b(?:happy|satisfied) (?:customers|members|clients|"
    r"users)\b",
    _I,
)
_READER: Final = re.compile(r"\byou(?:r|['’](?:ll|re|ve))?\b", _I)
_SPOKEN: Final = re.compile(
    r"\b(?:said|says|told|according to|reported|announced|estimates?|added|warned|argued|explained|was|were|"
    r"had|did|he|she)\b",
    _I,
)
_INVITES: Final = re.compile(
    r"(?:(?:stay|keep|be) (?:informed|connected|in (?:touch|the (?:know|loop))|up[- ]to[- ]date|updated|ahead|"
    r"tuned)|never miss|don['’]t miss|(?:our|free|daily|weekly|morning|evening|email|e-mail|the)? ?newsletters?|"
    r"sign up|subscribe|join us|support us|get (?:the|our|more)|want more|like what you|become a|daily briefing|"
    r"in your inbox|straight to your inbox|special offer|today['’]s (?:deal|offer))\b.{0,40}$",
    _I,
)

MOST_WORDS: Final = 90
"""Words above which a paragraph isn't taken for an advert by its tone."""


def sells(text: str, words: int, *, announced: bool) -> bool:
    """Whether a paragraph sells something to its reader. `announced`: an advertising label stands over it,
    so that less is needed."""
    if not 3 <= words <= MOST_WORDS or text.startswith(("“", '"', "«")):
        return False
    price, small_print = bool(_PRICE.search(text)), len(_PRINT.findall(text))
    signs = (
        price
        + min(small_print, 2)
        + bool(_CALL.search(text))
        + bool(_READER.search(text))
        + text.count("!", 0, 600).bit_length()
    )
    if _SPOKEN.search(text):
        return False
    if announced:
        return signs >= 2
    return signs >= 4 and price and bool(_CALL.search(text) and _ACT.search(text))


def heads_a_box(text: str, words: int) -> bool:
    """Whether a line is an invitation such as stands over a newsletter box or an offer."""
    return words <= 7 and bool(_INVITES.match(text.strip(" *_#:!-–—")))
