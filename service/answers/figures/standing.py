"""How a figure stands in its sentence: as a part of another, as what was before, as the same sum in other money, as a
difference, as what somebody wants.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from service.domain import Figure
from service.language.figures import read_figures
from service.language.thesaurus import lemmas
from service.language.units import unit_at
from service.language.words import words

PLANS = frozenset("intend plan want seek ask demand request recommend propose threaten urge hope aim expect predict "
                  "forecast project advocate license allow permit authorize design certify entitle".split())
"""Base forms of verbs behind which stands what somebody wants, awaits or allows, not what is."""
_OF_THEM = re.compile(r"\s+of\s+(?:them|those|whom|these)\b", re.I)
_OF_THE = re.compile(r"\s+of\s+(?:the|its|his|her|their|our|these|those)\s", re.I)
_FRONTED = re.compile(r"(?:^|[;:.]\s+)(?:of|among)\s+(?:the|those|these|them|its|their)\b[^,;]{0,60},\s", re.I)
_INCLUDING = re.compile(r"\b(?:(?:including|among them|of (?:which|whom))\s+(?:\w+\s+){0,2}|"
                        r"(?:sample|selection|subset)\s+of\s+)$", re.I)
_QUALIFIED = r"(?:(?:an?|the|its|their|about|around|some|just|only|nearly|almost|over|roughly)\s+)*"
_BEFORE_IT = re.compile(
    r"(?:\b(?:up|down|risen|rising|rose|raised|rise|increased|increase|reduced|cut|lowered|fell|fallen|falling|dropped|"
    r"dropping|drop|corrected|revised|upgraded|downgraded|climbed|climbing|grew|grown|decreased|decrease|shrunk|halved|"
    r"slashed)\s+(?:sharply\s+|slightly\s+)?from|,\s*from|\bcompared\s+(?:with|to)|\brather than|\binstead of|"
    r"\b(?:an?|the|its|their)\s+(?:earlier|previous|initial|original|prior|first)\s+"
    r"(?:\w+\s+)?(?:of|at|from)|\b(?:up|down)\s+from\s+an?\s+(?:\w+\s+){1,3}of|"
    r"\b(?:previously|initially|originally|earlier)\s+(?:\w+\s+){1,4}(?:of|at))\s+" + _QUALIFIED + r"$", re.I)
_ASKS_BEFORE = re.compile(r"\b(?:before|earlier|previous\w*|initial\w*|original\w*|first|once|used to|prior|from)\b",
                          re.I)
_CONVERTS = re.compile(r"(?:\s*+\(|\s*+,\s++(?:or\s++)?(?:worth\s++)?|\s++or\s++)(?:about|around|roughly|some|nearly|"
                       r"just (?:over|under)|approximately|the equivalent of|equal to|equivalent to|\s)*+", re.I)
_MORE_THAN = re.compile(r"\s+(?:more|fewer|less)\b(?:\s+[^\W\d_]+){0,3}\s+than\b", re.I)
_FURTHER = re.compile(r"\b(?:another|an?\s+(?:additional|further|extra)|additional|further)\s+(?:\w+\s+)?$", re.I)
_TOTAL = re.compile(r"\b(?:total(?:l?(?:ing|ed|s))?(?:\s+of)?|in\s+(?:all|total)|altogether|"
                    r"(?:bring|brings|brought|bringing|taking|took|takes)\s++(?:the|its|their)\s++[^,;]{1,40}\sto)[,:]?\s++$",
                    re.I)
_BREAK = re.compile(r"[;:]|,\s+(?:and|but|while|who|which|after|as)\b|\b(?:but|while)\b", re.I)


def part_of_them(figure: Figure, text: str) -> bool:
    """Whether a figure tells a part of those counted before: "61 were hurt, nine *of them* badly"."""
    return _OF_THEM.match(text, figure.number_end) is not None


def whole_ahead(figure: Figure, text: str) -> str:
    """The whole of which a figure tells a part, where it stands at the beginning: "*Of the dead*, 24 were women"."""
    return next((match[0] for match in _FRONTED.finditer(text) if match.end() <= figure.start), "")


def part_of_whole(figure: Figure, text: str) -> bool:
    """Whether a figure tells a part of what its sentence names as a whole: "46 *of the* survivors", "*Of the dead*, 24
    were women".
    """
    if part_of_them(figure, text) or _OF_THE.match(text, figure.number_end):
        return True
    return bool(whole_ahead(figure, text))


def included(figure: Figure, text: str) -> bool:
    """Whether a figure is named as one part of the one before: "41 people, *including* 11 children"."""
    return _INCLUDING.search(text[max(0, figure.start - 90) : figure.start]) is not None


def replaced(figure: Figure, text: str) -> bool:
    """Whether a figure is the one that another has replaced or is set against: "72, *up from* 55", "raised *from* 2
    million to 3 million".
    """
    return _BEFORE_IT.search(text[max(0, figure.start - 90) : figure.start]) is not None


def asks_earlier(text: str) -> bool:
    """Whether a question asks for what was before."""
    return _ASKS_BEFORE.search(text) is not None


def converted(figure: Figure, text: str) -> bool:
    """Whether a sum of money only tells the one before it in other money: "650 pesos (*$11.40*)"."""
    if figure.kind != "money":
        return False
    return any(
        other.kind == "money" and other.unit != figure.unit and other.end <= figure.start
        and _CONVERTS.fullmatch(text, other.end, figure.start) is not None for other in read_figures(text))


def asks_currency(text: str) -> frozenset[str]:
    """The currencies that a question names ("how many *dollars*")."""
    units = (unit_at(f"1 {word.text}", 1) for word in words(text))
    return frozenset(unit.name for unit in units if unit is not None and unit.kind == "money")


def difference(figure: Figure, text: str) -> bool:
    """Whether a count tells by how much something is more or less: "72 *more* people *than* allowed"."""
    return figure.kind == "count" and _MORE_THAN.match(text, figure.number_end) is not None


def further(figure: Figure, text: str) -> bool:
    """Whether a count comes on top of another one: "*another* 12 were arrested"."""
    return _FURTHER.search(text[max(0, figure.number_start - 60) : figure.number_start]) is not None


def total(figure: Figure, text: str) -> bool:
    """Whether a figure is told as the sum of others in its sentence: "*bringing the total to* 5,000"."""
    return _TOTAL.search(text[max(0, figure.start - 90) : figure.start]) is not None


def planned(figure: Figure, text: str, *, once: bool = False) -> bool:
    """Whether a figure is told as what somebody wants, awaits or allows: "*intended* to fine it 240 million".

    With `once`, only as what somebody wanted before.
    """
    first = max((m.end() for m in _BREAK.finditer(text, 0, figure.start)), default=0)
    told = [w.lower for w in words(text[first : figure.start])]
    return speaks_of_plans([w for w in told if w.endswith("ed")] if once else told)


def speaks_of_plans(told: Sequence[str]) -> bool:
    """Whether one of these words is a verb of wanting, awaiting or allowing."""
    return any(PLANS & set(lemmas(word, "v")) for word in told)
