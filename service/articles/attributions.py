"""Lines that say who: bylines, datelines, photo credits with their captions, and credits to another
outlet."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from service.domain import SpanKind

_I: Final = re.IGNORECASE

MONTHS: Final = tuple("january february march april may june july august september october november december".split())
_DAYS: Final = tuple("monday tuesday wednesday thursday friday saturday sunday".split())
_TIME_WORDS: Final = frozenset(
    (
        *MONTHS,
        *(month[:3] for month in MONTHS),
        "sept",
        *_DAYS,
        *(day[:3] for day in _DAYS),
        "tues",
        *"thur thurs am pm a.m p.m et est edt gmt utc bst cet cest ist pt pst pdt st nd rd th at of the on z "
        "hrs t updated published posted last modified date".split(),
    )
)
TIME_NAMES: Final = frozenset((*MONTHS, *_DAYS))
"""Months and weekdays in small letters."""
_SHORT_MONTHS: Final = frozenset((*(month[:3] for month in MONTHS), "sept"))
_TOKENS: Final = re.compile(r"[^\W\d_]+(?:\.[^\W\d_]+)*|\d+")
_DATE_KEY: Final = re.compile(
    r"(?:first |originally )?(?:published|updated|posted|last (?:updated|modified)|modified|created|date|"
    r"dated?)(?: (?:on|at|by))?\b\s*+(?::\s*+)?(?=.{0,40}\d)",
    _I,
)

_NAME: Final = r"[A-ZÀ-ÖØ-Þ][\w.'’-]*"
_PARTICLE: Final = r"(?:de|da|di|del|van|von|der|den|la|le|al|el|bin|ibn|ben|bint|dos|du|and|y|of|the|for|in|at|with|&)"
_BYLINE: Final = re.compile(
    r"(?:by|(?:written|produced|compiled|edited|reported|words|story|report|text|interview|translated|review|"
    r"analysis|column|commentary|as told to|research) by|author)\s*[: ]\s*(?=\S)",
    _I,
)
_NAME_WORDS: Final = re.compile(
    rf"{_NAME}(?:(?:, |; | \| | - | – | — | / | • | · | )(?:{_PARTICLE}|{_NAME}|\d[\d:.,/]*+|"
    r"[ap]\.?m\.?)){0,16}\.?$"
)
_NOT_A_NAME: Final = frozenset(
    (
        *MONTHS,
        *_DAYS,
        *"then now contrast far comparison default law accident design nature the a an all any this that "
        "its his her their our some one two three tonight today tomorrow midnight noon early late".split(),
    )
)
KEY_LINE: Final = re.compile(
    r"[*_]*(?P<key>publisher|outlet|publication|news ?paper|agency|url|link|permalink|canonical|author|"
    r"authors|byline|title|headline|section|category|categories|keywords|date|published|updated|language|"
    r"location|editor|id|source)[*_]*\s*:[*_]*\s*(?P<value>\S.{0,300})$",
    _I,
)
_DATELINE_ONLY: Final = re.compile(r"\(?[A-Z][\w .,'’()/&-]{0,50}?\)?\s?[—–-]{1,2}$")
_STAFF: Final = re.compile(
    r"(?:from |by )?(?:[\w&' ]{0,40}\b)?(?:staff|wire|agency|agencies|news service)\b[\w "
    r",&]{0,30}(?:reports?|reporters?|writers?|correspondents?)\.?$",
    _I,
)
_CONTRIBUTED: Final = re.compile(
    r"(?:[Cc]ontributing|[Cc]ontributors?|[Aa]dditional reporting|[Rr]eporting|[Ee]diting|[Ww]riting|"
    r"[Ww]ith (?:reporting|files|inputs?))(?: by| from|:)\s*[A-Z(]"
)
_CONTRIBUTED_TO: Final = re.compile(
    r"\bcontributed (?:\w+ ){0,3}to th(?:is|e) (?:report|story|article|piece)\b|^[^.]{2,160}\bcontributed "
    r"(?:(?:additional|the|some|to) ){0,2}(?:reporting|research)(?: (?:from|in|for|to|to this) [^.]{2,60})?\.?$|"
    r"^additional reporting\b.{0,20}\bby\b|^(?:\S+ ){1,5}contribut(?:ing|ed)\.?$|^a version of this "
    r"(?:story|article|post|report|piece)(?: also)? (?:was|has been|ran|appeared|originally|first) [^.:]{0,50}\.?$",
    _I,
)
_UPDATED: Final = re.compile(
    r"[\W]*(?:update:? )?this (?:story|article|post|page|report)(?: and (?:its )?headline)? "
    r"(?:has been|have been|was|were|is being|will be) (?:last )?(?:updated|refreshed)\b",
    _I,
)
_SIGNATURE: Final = re.compile(rf"(?:--?|[–—])\s?{_NAME}(?: (?:{_NAME}|{_PARTICLE})){{1,7}}(?:, .{{2,40}})?$")
_CONTACT: Final = re.compile(
    r"(?<!\S)\S[^\s@]*@\S+\.\w{2,}|(?<![\w@])@\w{2,}|\bon (?:twitter|x|facebook|instagram|linkedin|bluesky|mastodon|"
    r"threads)\b",
    _I,
)
_CONTACT_CUE: Final = re.compile(
    r"^[^\w]*(?:(?:press|media|news|editorial|pr) (?:contacts?|enquiries|inquiries|office)\b|"
    r"(?:you can )?(?:follow|contact|reach|e-?mail)|call (?:\S+ ){0,2}(?:reporter|writer|columnist|editor)|"
    r"write to|send (?:tips|us|him|her|them|an)|tweet|got a (?:tip|question))\b|\b(?:"
    r"can be (?:reached|contacted|e-?mailed|followed)|"
    r"is on (?:twitter|x|bluesky|mastodon|threads) (?:as|at)\b|"
    r"reach (?:him|her|them|out|me)|follow (?:him|her|them|me|us|along)|"
    r"contact (?:him|her|them|me)|email (?:him|her|them|me))\b",
    _I,
)
_OUTLETS_OWN: Final = re.compile(r"[^\w]*(?:follow|like|join|find|connect with|subscribe to) us\b", _I)

_PHOTO: Final = (
    r"(?:photo(?:graph)?s?|images?|pictures?|pics?|illustrations?|video|graphic|still|screenshot|screengrab)"
)
_PHOTO_CREDIT: Final = re.compile(
    rf"[\[(*_]*(?:(?:file|stock|handout|featured|cover|lead|illustrative|archive|header|main|undated|"
    rf"agency)[ -])?{_PHOTO}(?: (?:credits?|source|caption|by|courtesy|from|via|provided|©)+)*"
    r"\s*(?:[:/©|–—-]| by | courtesy| via | from )\s*\S",
    _I,
)
_PHOTO_WORDS: Final = re.compile(
    rf"[\[(]?(?:(?:file|stock|handout|archive|representational|representative|illustrative)[ -]{_PHOTO}|"
    rf"credits?: ?\S.{{0,80}}|courtesy(?: of)? .{{2,60}}|photographer: .{{2,60}})[\])]?\.?$",
    _I,
)
_PAREN_CREDIT: Final = re.compile(
    rf"[(\[](?:[^()\[\]]{{0,30}}\b)?(?:{_PHOTO}|credits?|source|file|courtesy(?: of)?|handout|"
    rf"getty)\b[^()\[\]]{{0,100}}[)\]]\.?$",
    _I,
)
_TAIL_CREDIT: Final = re.compile(
    rf"(?:\b{_PHOTO}(?: credits?)?: ?\S.{{1,60}}|\b(?:file )?{_PHOTO}(?: by|, by| courtesy of?| courtesy) "
    rf"{_NAME}.{{0,60}}|[./,] ?(?:via )?Getty Images|\b[Cc]ourtesy(?: of)? {_NAME}(?: {_NAME}){{0,4}}|"
    rf"\bvia (?:Getty Images|AP|AFP|EPA|REUTERS|Reuters|Shutterstock|Alamy)|©\s?\S.{{1,40}})\.?$"
)
_SLASH_CREDIT: Final = re.compile(
    rf"(?:^|[.!?”\"'’)] |\s[–—-] |\| )(?:{_NAME} ){{0,4}}{_NAME}(?: ?/ ?{_NAME}(?: {_NAME}){{0,3}}){{1,4}}$"
)
_GALLERY: Final = re.compile(r"\b(?:hide|toggle|show) caption\b|\benlarge this image\b", _I)
_PICTURED: Final = re.compile(
    rf"(?:file ?{_PHOTO}\b|file ?[-–—:/]|pictured(?: here| above| left)?[:,]?\s|in this (?:\w+ "
    rf"){{0,3}}{_PHOTO}\b|(?:{_PHOTO}|caption)\s?[:|]\s?)",
    _I,
)


def photo_kind(text: str, words: int) -> SpanKind | None:
    """`credit` for a bare photo credit, `caption` for a caption that carries one, None for anything else."""
    if words <= 300 and _GALLERY.search(text[-60:]):
        return "caption"
    if words > 90:
        return None
    if (
        words <= 16
        and not text.endswith("?")
        and not _GALLERY.search(text)
        and (_PHOTO_CREDIT.match(text) or _PHOTO_WORDS.match(text))
    ):
        named = _PHOTO_CREDIT.match(text)
        if named and words > 8 and text.endswith(".") and not re.search(r"[:/©|]|credit|courtesy", named[0], _I):
            return None
        described = (
            named and words > 9 and text.endswith(".") and not re.search(r"credit|by|courtesy|via|©", named[0], _I)
        )
        return "caption" if described else "credit"
    if _GALLERY.search(text):
        return "caption"
    tail = text[-110:]
    if _PAREN_CREDIT.search(tail) or _TAIL_CREDIT.search(tail):
        return "caption" if words > 4 else "credit"
    if slash := _SLASH_CREDIT.search(tail):
        return "credit" if slash.end() - slash.start() >= len(text) else "caption"
    if _PICTURED.match(text) and words <= 70:
        return "caption"
    return None


def is_date_line(text: str) -> bool:
    """Whether a line is a date or time and nothing else, perhaps after "Published" or "Updated"."""
    if len(text) > 120 or not any(letter.isdigit() for letter in text):
        return False
    tokens = _TOKENS.findall(text.casefold())
    named = any(part in MONTHS or part in _SHORT_MONTHS for part in tokens)
    shaped = re.search(r"\b\d{4}[-/.]\d{1,2}[-/.]\d{1,2}\b|\b\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2})\b", text)
    if not (named or shaped):
        return False
    if all(part.isdigit() or part in _TIME_WORDS for part in tokens):
        return True
    return bool(_DATE_KEY.match(text)) and len(tokens) <= 14 and not text.endswith((".", "?"))


def is_bare_date(text: str) -> bool:
    """Whether a line is a date without a word that says it is the article's own."""
    return is_date_line(text) and not _DATE_KEY.match(text)


def is_byline(text: str, words: int) -> bool:
    """Whether a block only says who wrote it, from where or when, or how to reach the writer."""
    if words > 70:
        return False
    if words <= 20 and (byline_names(text) is not None or is_date_line(text)):
        return True
    if words <= 8 and _is_dateline(text):
        return True
    if words <= 10 and (_STAFF.match(text) or _SIGNATURE.match(text)) and not text.endswith("?"):
        return True
    if words <= 40 and (
        _CONTRIBUTED.match(text.lstrip("([*_—–- ")) or _CONTRIBUTED_TO.search(text) or _UPDATED.match(text)
    ):
        return True
    return bool(_CONTACT.search(text) and _CONTACT_CUE.search(text) and not _OUTLETS_OWN.match(text))


def _is_dateline(text: str) -> bool:
    """Whether a line may be a place, a day or an agency, and a dash."""
    return bool(_DATELINE_ONLY.match(text)) and not text.startswith(("—", "–", "-"))


def is_weak_dateline(text: str) -> bool:
    """Whether a line is a dateline by its dash alone: no date, no agency, no place in capitals bear it out, or it has
    small words that no date has."""
    if not _is_dateline(text):
        return False
    words = [word for word in _TOKENS.findall(text) if not word.isdigit()]
    named = all(word[0].isupper() or word in _TIME_WORDS or word in _GLUE for word in words)
    return not named or not re.search(r"[(\d]|[^\W\d_a-z]{3}", text)


def byline_names(text: str) -> str | None:
    """What follows "By" in a byline, None where the line isn't one."""
    mark = _BYLINE.match(text.strip("*_"))
    if mark is None:
        return None
    rest = text.strip("*_")[mark.end() :].strip("*_ ").removeprefix("[")
    rest = re.sub(r"\]\([^()\s]*\)", "", rest)
    first = _TOKENS.match(rest)
    if first is None or first[0].casefold() in _NOT_A_NAME or not _NAME_WORDS.match(rest):
        return None
    return rest


OUTLET_WORDS: Final = re.compile(
    r"\b(?:gazette|times|news|post|herald|tribune|journal|press|chronicle|observer|guardian|telegraph|"
    r"mail|star|sun|globe|courier|independent|dispatch|examiner|standard|mirror|echo|record|register|"
    r"review|reporter|examiner|sentinel|bulletin|broadcasting|radio|television|tv|agency|daily|weekly|"
    r"monthly|magazine|online|wire|today|today's|ledger|argus|inquirer|enquirer|bugle|messenger|beacon|"
    r"monitor|reuters|afp|ap|upi|dpa)\b",
    re.IGNORECASE,
)
"""Words that outlets' names are made of."""
_OUTLET: Final = r"(?P<outlet>(?:the )?[\w\"“'‘*_\[<].{1,90}?)"
_STOP: Final = (
    r"(?:[*_\])>\"”'’]*(?:\.(?=\s|$)|$|\s(?:under|with permission|and is|where|on (?:\w+ )?\d|as part|"
    r"through|in partnership|[|–—] )|, (?:and|which|an?|under|where|on)\b)|\]\()"
)
_NOUN: Final = r"(?:post|story|article|piece|content|text|analysis|essay|interview|column)"
_THIS: Final = rf"[^\w]{{0,3}}(?:a version of )?(?:this|an? \w+ version of this)(?: \w+)? (?:{_NOUN}|report)"
_AGAIN: Final = r"(?:re-?published|reprinted|re-?posted|reproduced|syndicated)"
_WITH_LEAVE: Final = r"(?: here)?(?: with (?:kind )?permission(?: of)?)?"
_CREDITS: Final = tuple(
    re.compile(pattern, _I)
    for pattern in (
        rf"[^\w]{{0,3}}the (?:post|article|story|piece|essay|column) .{{1,200}}? (?:(?:first|originally) appeared|"
        rf"appeared (?:first|originally)|was (?:first|originally) published) (?:on|in|at|by) {_OUTLET}{_STOP}",
        rf"{_THIS} (?:(?:has|was|is|had) )?(?:been )?(?:{_AGAIN}|(?:first|originally) (?:appeared|"
        rf"published|ran|posted|produced|reported|written)|(?:appeared|published|posted)(?: first| "
        rf"originally)){_WITH_LEAVE} (?:on|in|at|by|from|for|via) {_OUTLET}{_STOP}",
        rf"[^\w]{{0,3}}(?:a version of )?this(?: \w+)? {_NOUN} (?:(?:has|was|is) )?(?:been )?(?:appeared|"
        rf"published|posted) (?:on|in|at|by) {_OUTLET}{_STOP}",
        rf"[^\w]{{0,3}}(?:read|see|view|find)(?: \w+)? (?:the )?(?:original|full original|source)(?: "
        rf"(?:article|story|post|report|version|text|here))? (?:on|at|in|from|by|via) {_OUTLET}{_STOP}",
        rf"[^\w]{{0,3}}(?:original|first) (?:source|article|story|post|report|link|"
        rf"publication)\s*:\s*{_OUTLET}{_STOP}",
        rf"[^\w]{{0,3}}(?:originally|first) (?:published|appeared|posted)(?: (?:on|in|at|by|from|via)|"
        rf"\s*:) ?{_OUTLET}{_STOP}",
        rf"[^\w]{{0,3}}{_AGAIN}{_WITH_LEAVE}(?: (?:from|by|via|courtesy of)| ) ?{_OUTLET}{_STOP}",
        rf"[^\w]{{0,3}}(?:article|story|news|text|report|content) (?:courtesy of|source\s*:|from\s*:|via) "
        rf"?{_OUTLET}{_STOP}",
    )
)
_BARE_SOURCE: Final = re.compile(
    r"(?:[–—-]\s)?[*_(\[]{0,3}(?:(?:source|via|h/t|hat tip|courtesy)\s*:|via\s(?=[A-Z]))[*_]*\s*"
    r"(?P<outlet>\S.{1,120}?)[\])*_.]*$",
    _I,
)
_SOURCE_LABEL: Final = re.compile(r"[*_]*(?:original )?source[*_]*+\s*+:?[*_]*$", _I)
_DOMAIN: Final = re.compile(r"(?:https?://)?(?:[\w-]+\.)+[a-z]{2,24}(?:/\S*)?$", _I)
_MARKUP: Final = re.compile(r"\[([^\[\]]*)\]\([^()\s]*\)?|[*_`<>]+")


_GLUE: Final = frozenset("of the and for in on at to a an & – - | de la le el al del der die das und et y".split())


@dataclass(frozen=True, slots=True)
class Credit:
    """An outlet that a line names as the origin of the article; `bare` where the line says no more than
    "Source: X"."""

    outlet: str
    bare: bool


def read_credit(text: str, words: int) -> Credit | None:
    """The outlet that a credit line names as the article's origin, in the line's own words."""
    if words > 45:
        return None
    plain = _MARKUP.sub(lambda mark: mark[1] or "", text)
    for pattern in _CREDITS:
        if (found := pattern.match(plain)) and (outlet := _outlet(found["outlet"])):
            return Credit(outlet, bare=False)
    found = _BARE_SOURCE.match(plain)
    if found and words <= 12 and (outlet := _outlet(found["outlet"])):
        return Credit(outlet, bare=True)
    return None


def is_source_label(text: str) -> bool:
    """A line that is only "Source"; the line below names it."""
    return bool(_SOURCE_LABEL.match(text))


def is_domain(text: str) -> bool:
    """A line that is only the address of a site or page."""
    return bool(_DOMAIN.match(text))


def _outlet(words: str) -> str | None:
    """An outlet's name or domain from a credit's object: capitalised or a domain, at most nine words."""
    name = words.strip(" \"“”'‘’()[]<>*_,;:").removesuffix(".")
    if not name or name.count(" ") > 8:
        return None
    if _DOMAIN.match(name):
        return name
    head = re.sub(r"^(?:the|a|an|our|its)\s+", "", name, flags=_I)
    tokens = head.split()
    if not tokens or not all(
        token[0].isupper() or token[0].isdigit() or token.casefold() in _GLUE or is_domain(token) for token in tokens
    ):
        return None
    first = _TOKENS.match(head.casefold())
    if first is None or first[0] in (*MONTHS, *_SHORT_MONTHS, *_DAYS) or (first[0].isdigit() and len(tokens) == 1):
        return None
    return name
