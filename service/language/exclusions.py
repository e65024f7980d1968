"""Where digits and number words are no quantities: clock times, identifiers, labels, scores, list numbers,
links.
"""

from __future__ import annotations

import re

from service.language.dates import date_places
from service.language.numerals import Numeral
from service.language.thesaurus import lemmas
from service.language.tokens import stretches, word_set
from service.language.words import STOPWORDS

_CLOCK = (
    r"\d{1,2}(?:[:.]\d{2}){0,2}[ \u00a0\u202f]?[ap]\.?[ \u00a0\u202f]?m\b\.?|"
    r"(?<![\d:])\d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?![\d:])|"
    r"\b\d{1,2}\.\d{2}[ \u00a0\u202f]?(?:GMT|UTC|BST|CET|CEST|EST|EDT|IST|local[ ]time|h\b)|"
    r"\b\d{4}[ \u00a0\u202f]?(?:hours?|hrs)?[ ]?(?:GMT|UTC|BST|CET|EST|EDT|local[ ]time|h\b)|"
    r"(?:\d{1,2}|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve))[ ]o['’]clock"
)
_PLACES = (
    re.compile(_CLOCK, re.IGNORECASE),
    re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", re.IGNORECASE),
    re.compile(r"\[\d{1,4}(?:\s?[,–-]\s?\d{1,4}){0,8}\]"),
    re.compile(r"^[ \t]{0,8}(?:\(\d{1,3}\)|\d{1,3}[.)])(?=[ \t])", re.MULTILINE),
    re.compile(
        r"\+\d[\d ()-]{6,20}\d|\(0\d{1,4}\)[ ]?\d{3,4}[ -]?\d{3,4}|\b0\d{2,4}[ -]\d{3,4}[ -]?\d{3,4}\b"
    ),
    re.compile(r"(?<![\d-])(?:1-)?\d{3}-\d{3}-\d{4}(?![\d-])|(?<![\d-])\d{3}-0\d{3}(?![\d-])"),
    re.compile(
        r"(?<![\d.,])(?:\d{1,3}[ ])?\d{1,2}/\d{1,2}(?:/\d{2,4})?(?![\d/])|"
        r"(?<![\d.,])\d{1,2}[ ][12]-[34](?!\d)"
    ),
    re.compile(
        r"\bin\s+(?:his|her|their|my|our|its)\s+(?:early[\s-]|late[\s-]|mid[\s-])?\w{2,10}", re.IGNORECASE
    ),
)
_SEED = re.compile(r"\d+|[^\W\d_]+")
_SEED_WORDS = frozenset(("clock", "his", "her", "their", "my", "our", "its"))
_REACH = 28
_ALONE = re.compile(r"^[ \t]{0,8}\d[\d.,]{0,12}[ \t]{0,8}$", re.MULTILINE)
"""A number alone on its line: a counter, a page number."""
_LABELS = (
    "article|articles|section|sections|chapter|page|pages|paragraph|clause|rule|amendment|resolution|appendix|annex|"
    "phase|level|stage|type|category|grade|route|highway|interstate|motorway|flight|number|step|episode|version|"
    "volume|gate|channel|apartment|suite|platform|terminal|tier|title|schedule|protocol|directive|"
    "proposition|bus|exit|runway|zone|sector|reactor|pier|plot|psalm|verse|mark|formula|fifa|iphone|windows|android|"
    "world war|cop|euro|covid|agenda|area|building|block|district|precinct|ward|lot|lane|track|seed|ranked|"
    "rank"
)
_LABEL = re.compile(
    rf"(?:(?<!\w)(?:{_LABELS})\s|\b(?:no|nos|pp?|vol|ch|v|art|sec|fig)\.\s?|[#№]\s?)$", re.IGNORECASE
)
_WEAK_LABEL = re.compile(
    r"(?<!\w)(?:day|week|year|round|group|unit|class|game|set|line|room|station|size|item|test|season|part|"
    r"figure|table|act|scene|lap|question|point|top|option|plan|team|race|match|heat|match day|matchday)\s$",
    re.IGNORECASE,
)
_NAME_BEFORE = re.compile(
    r"(?P<lead>[^\W\d_]|[,;:]\s|[\"“‘'(]\s?)?(?P<gap>\s)?(?P<name>[A-Z][\w'’-]*)[ \u00a0]$"
)
_OPENING = re.compile(r"(?:^|[.!?:\n\"“‘]\s*)$")
_SCORE_NOUNS = re.compile(
    r"\s+(?:win|victory|defeat|loss|draw|lead|vote|ruling|decision|record|thrashing|triumph|scoreline|start|"
    r"aggregate|success|advantage|rout|tie|deficit|on\s+aggregate|majority)\b",
    re.IGNORECASE,
)
_MONTHS_AND_DAYS = word_set(
    "january february march april may june july august september october november december monday tuesday "
    "wednesday thursday friday saturday sunday"
)


class Exclusions:
    """The places of one text whose numbers are no quantities."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.taken = bytearray(len(text))
        places = [
            match.span()
            for first, last in stretches(text, _SEED, _SEED_WORDS, _REACH)
            for pattern in _PLACES
            for match in pattern.finditer(text, first, last)
        ]
        places += [span for match in _ALONE.finditer(text) if (span := match.span()) != (0, len(text))]
        for start, end in (*places, *date_places(text), *_links(text)):
            self.taken[start:end] = b"\x01" * (end - start)

    def holds(self, numeral: Numeral) -> bool:
        """Whether the number lies in such a place, is part of a name, or bears a label ("Article 5")."""
        if numeral.form == "scale" and self.text[numeral.start - 1 : numeral.start] == "-":
            return True
        if numeral.attached or numeral.form in ("year", "decade") or self.taken[numeral.start]:
            return True
        digits = self.text[numeral.start : numeral.end]
        if len(digits) > 1 and digits[0] == "0" and digits.isdigit():
            return True
        return bool(_LABEL.search(self.text[max(0, numeral.start - 16) : numeral.start]))

    def labelled(self, numeral: Numeral, counts: bool) -> bool:
        """Whether a number that counts nothing behind it belongs to the word before it: "Day 3", "Boeing
        737".
        """
        if counts:
            return False
        head = self.text[max(0, numeral.start - 32) : numeral.start]
        if _WEAK_LABEL.search(head):
            return True
        match = _NAME_BEFORE.search(head)
        if match is None or numeral.worded:
            return False
        name = match["name"].lower()
        opens = _OPENING.search(head[: match.start("name")])
        if opens or name in STOPWORDS or name in _MONTHS_AND_DAYS:
            return False
        return not lemmas(name, "v")

    def named(self, ordinal: Numeral) -> bool:
        """Whether an ordinal is part of a proper name: "the Second World War", "on Fifth Avenue"."""
        word = self.text[ordinal.start : ordinal.end]
        following = self.text[ordinal.end : ordinal.end + 2]
        if not word[0].isupper() or not (following[:1] == " " and following[1:].isupper()):
            return False
        return not _OPENING.search(self.text[max(0, ordinal.start - 8) : ordinal.start])

    def score(self, first: Numeral, second: Numeral, counts: bool) -> bool:
        """Whether two numbers with a hyphen between them are a result, not a range: 3-1, a 5-4 ruling."""
        if first.value >= second.value or first.value == 0:
            return True
        return (not counts and second.value < 100) or bool(_SCORE_NOUNS.match(self.text, second.end))


def _links(text: str) -> list[tuple[int, int]]:
    """Web and mail addresses, handles and file names with slashes."""
    found = []
    for match in re.finditer(r"\S+", text):
        word = match[0]
        if "://" in word or word.lower().startswith("www.") or "@" in word or "_" in word:
            found.append(match.span())
    return found
