"""Words around a number that make it a bound or an approximation: "about", "up to", "more than", "or so"."""

from __future__ import annotations

import re
from typing import NamedTuple

from service.domain import Qualifier


class Qualified(NamedTuple):
    """What stands around a number: the qualifier, whether an approximation is among the words, and how far
    they go.
    """

    qualifier: Qualifier
    about: bool
    place: int


_DEGREE = (
    r"(?:(?:just|only just|well|slightly|a little|little|a bit|a shade|barely|far|much|significantly|"
    r"considerably|substantially|way|still|already)\s+)?"
)
_BEFORE = {
    "exactly": r"exactly|precisely|an? exact",
    "at_least": (
        r"at(?: the very)? least|no (?:fewer|less|lower) than|not (?:fewer|less) than|"
        r"(?:a |the )?minimum(?: of)?|"
        r"as (?:few|little|low|early|young) as"
    ),
    "at_most": (
        r"up to|at(?: the very)? most|as (?:many|much|high|long|far|large|big|old|tall|late) as|"
        r"(?:no|not) (?:more|greater|higher|larger|longer|bigger|older) than|"
        r"(?:a |the )?maximum(?: of)?|max\.?|(?:limited|capped) (?:to|at)"
    ),
    "less_than": rf"{_DEGREE}(?:(?:fewer|less|lower|smaller|shorter|younger) than|under|below|shy of)",
    "more_than": (
        rf"{_DEGREE}(?:(?:more|greater|higher|larger|bigger|longer|older) than|over|above|upwards? of|"
        r"in excess of|exceed(?:s|ed|ing)?|surpass(?:es|ed|ing)?|topp(?:ed|ing))"
    ),
    "about": (
        r"about|around|some|roughly|approximately|approx\.?|nearly|almost|close to|circa|ca?\.|"
        r"(?:an |the )?estimated(?: at)?|in the region of|in the neighbou?rhood of|(?:on|in|"
        r"of) the order of|something like|nearing|"
        r"approaching|virtually|more or less|give or take|or so"
    ),
}
_SIGNS = {"at_least": "≥|>=", "at_most": "≤|<=", "less_than": "<", "more_than": ">", "about": "~|≈|∼|±"}
_LEFT = re.compile(
    "(?:" + "|".join(rf"(?<![\w'’-])(?P<{name}>{words})[\s-]+" for name, words in _BEFORE.items()) + ")$",
    re.IGNORECASE,
)
_LEFT_SIGN = re.compile("(?:" + "|".join(f"(?P<{name}>{signs})" for name, signs in _SIGNS.items()) + r")\s?$")
_FILLER = re.compile(
    r"(?<![\w'’-])(?:(?:a|the) (?:total|combined|record|further|staggering|whopping)(?: of)?|another|"
    r"an? additional|additional|other|an?|the|an? extra|total|the first|its|their)\s+$",
    re.IGNORECASE,
)
_TOPIC = re.compile(
    r"\b(?:talk\w*|worr\w+|concern\w*|question\w*|information|details|learn\w*|know\w*|know|stor(?:y|"
    r"ies)|lies?|"
    r"complain\w*|ask\w*|speak\w*|spoke|think\w*|thought|news|facts?|truth|doubts?|debates?|book|film|movie|tale|documentary|article)\s+$",
    re.IGNORECASE,
)
_WINDOW = 56

_AFTER = {
    "at_least": (
        r" or (?:even )?(?:more|higher|above|older|greater|over)| and (?:above|over|older|up|counting)|"
        r",? if not more| at (?:the very )?least| at (?:a )?minimum| minimum"
    ),
    "at_most": (
        r" or (?:even )?(?:fewer|less|lower|below|younger|under)| and (?:under|below|younger)|"
        r" at (?:the very )?most| at (?:a )?maximum| max(?:imum)?| tops"
    ),
    "more_than": r"\+|-plus| plus(?= [a-z])|[\s-]{0,4}plus(?=[\s.,;:!?)]|$)",
    "about": r" or (?:so|thereabouts)|-odd|-ish|ish|,? give or take| more or less",
}
_RIGHT = re.compile(
    "(?:"
    + "|".join(rf"(?P<{name}>{words})".replace(" ", r"\s{1,4}") for name, words in _AFTER.items())
    + r")(?!\w)",
    re.IGNORECASE,
)


def before(text: str, place: int) -> Qualified:
    """The qualifiers that end at `place`, where a number begins; `place` of the answer is where they
    begin.
    """
    start, about, found = place, False, None
    end = place
    for _ in range(4):
        left = max(0, end - _WINDOW)
        head = text[left:end]
        match = _LEFT.search(head) or _LEFT_SIGN.search(head)
        if match is None:
            filler = _FILLER.search(head)
            if filler is None:
                break
            end = left + filler.start()
            continue
        name = match.lastgroup or ""
        if name == "about" and _TOPIC.search(text[max(0, left + match.start() - 24) : left + match.start()]):
            break
        start = end = left + match.start()
        if name == "about":
            about = True
        else:
            found = name
    return Qualified(_named(found, about), about, start)


def after(text: str, place: int) -> Qualified | None:
    """The qualifier that begins at `place`, behind a number or what it counts."""
    match = _RIGHT.match(text, place)
    if match is None or match.lastgroup is None:
        return None
    return Qualified(_named(match.lastgroup, False), match.lastgroup == "about", match.end())


def _named(found: str | None, about: bool) -> Qualifier:
    names: dict[str, Qualifier] = {
        "exactly": "exactly", "at_least": "at_least", "at_most": "at_most", "less_than": "less_than",
        "more_than": "more_than", "about": "about",
    }  # fmt: skip
    return names.get(found or "", "about" if about else "unspecified")


def approximate(text: str) -> bool:
    """Whether the words before or behind a figure's number approximate it."""
    return bool(_ABOUT.search(text))


def narrow(text: str) -> bool:
    """Whether a bound is said to be near: "just over", "slightly less than"."""
    return bool(_NEAR.search(text))


_ABOUT = re.compile(
    rf"(?<![\w'’-])(?:{_BEFORE['about']})(?![\w])|[~≈∼±]|-odd|ish\b|or\s+thereabouts", re.IGNORECASE
)
_NEAR = re.compile(
    r"\b(?:just|slightly|a little|a bit|a shade|barely)\s+(?:over|under|above|below|more|less|fewer|shy)",
    re.I,
)
