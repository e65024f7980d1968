"""Who wrote it, where no "By" says so: names under the title, names with a post, a paragraph about the writer
below the story, a place with the day of writing."""

from __future__ import annotations

import re
from typing import Final

from service.articles import attributions
from service.articles.labels import Labels

_NAME: Final = r"[A-ZÀ-ÖØ-Þ][\w.'’-]*"
_ONE: Final = rf"{_NAME}(?: (?:{_NAME}|de|da|di|del|van|von|der|den|la|le|al|el|bin|ibn)){{1,3}}"
_NAMES: Final = re.compile(rf"{_ONE}(?:(?:, | and | & |, and ){_ONE}){{0,5}}$")
_POST: Final = (
    r"\b(?:reporters?|correspondents?|editors?|writers?|columnists?|critics?|contributors?|journalists?|bureau chief|"
    r"staff|producers?|photographers?|analysts?|commentators?|interns?|fellows?|bloggers?)\b"
)
_WITH_POST: Final = re.compile(
    rf"(?P<names>{_ONE}(?:(?:, | and | & |, and ){_ONE}){{0,3}})(?:, ?| [|–—/•·-] )(?=[^.,;]{{2,70}}$)"
    rf"(?i:[^.,;]{{0,50}}{_POST})[^.,;]{{0,30}}$"
)
_ABOUT: Final = re.compile(
    rf"(?P<name>{_ONE})(?:, [^,]{{2,60}},)? (?P<verb>is|was|writes|covers|reports|works|teaches|has (?:covered|written|"
    r"reported|worked)|joined)\b"
)
_WRITES: Final = re.compile(
    rf"{_POST}|\b(?:author|professor|lecturer|researcher|scientist|director|writes (?:about|for|on)|covers|"
    r"reports (?:on|for|from))\b",
    re.IGNORECASE,
)
_OUTLET: Final = f"(?i:{attributions.OUTLET_WORDS.pattern})"
_SIGNATURE: Final = re.compile(
    r"(?i:special (?:to|for) .{2,60})$|(?i:the editorial board)(?:, .{2,40})?$|"
    rf"(?i:(?:opinion|guest|staff|senior|political|sports?|business|news|contributing|freelance) )?{_POST}$|"
    rf"(?:[A-Z][\w&.'’-]* ){{0,3}}{_OUTLET}(?: [A-Z][\w&.'’-]*)? staff$|"
    rf"{_ONE}(?:(?:, | and | & |, and ){_ONE}){{0,4}}(?:, | [|–—•·-] )(?:[\w@.'’&-]+ ){{0,5}}{_OUTLET}"
    r"(?: [\w.'’&-]+){0,3}$|(?:[^@,]{2,60},? )?\S+@\S+\.\w{2,}[\w ;,:()-]{0,40}$|"
    rf"(?:{_ONE}, ?)?@\w{{2,30}}(?:, .{{2,40}})?$|[^|]{{2,60}} \| (?:[\w-]+\.)+[a-z]{{2,6}}$"
)
_NOTE: Final = re.compile(
    rf"(?i:editor['’]?s['’]? note|note from the editor)\s*[:–—-]\s*(?P<name>{_ONE})"
    r"(?: \(|,? (?:is|was|writes|teaches|covers|served|has)\b|, (?:an?|the|who|former)\b)"
)
_OPINIONS: Final = re.compile(
    r"\b(?:opinions?|views?) (?:expressed|here)\b|\bexpressed (?:here|in this)\b", re.IGNORECASE
)
_PLACED: Final = re.compile(rf"{_NAME}(?: {_NAME}){{0,3}}, (?P<date>\S.{{5,40}})$")
_BETWEEN_NAMES: Final = re.compile(r"(?:(?<!\s)\s+)?[|•·/;]\s*|,\s*|(?<!\s)\s+(?:and|[–—-]|&)\s+")
_LAST: Final = 3
"""Blocks at the end among which a paragraph about the writer stands."""


def names_alone(text: str) -> bool:
    """Whether a line is one person's name or several, and no outlet's."""
    bare = text.strip("*_ ")
    return len(bare) <= 90 and bool(_NAMES.match(bare)) and not attributions.OUTLET_WORDS.search(bare)


def names_with_post(text: str) -> str | None:
    """The names in a line such as "Jane Doe, Science correspondent"; None for any other line."""
    if len(text) > 160 or text.endswith((".", "?", "!", ":")):
        return None
    found = _WITH_POST.match(text.strip("*_ "))
    return found["names"] if found else None


def is_signature(text: str) -> bool:
    """Whether a line says who wrote or sent a story: a post, "special to" an outlet, names with an outlet, a
    writer's address."""
    bare = text.strip("*_ ")
    return len(bare) <= 160 and not bare.endswith((".", "?", "!", ":")) and bool(_SIGNATURE.match(bare))


def noted_writer(text: str) -> str | None:
    """The writer whom a note of the desk above an essay introduces; None for any other note."""
    found = _NOTE.match(text)
    if found is None or not (_WRITES.search(text) or _OPINIONS.search(text)):
        return None
    return found["name"]


def placed_date(text: str) -> str | None:
    """The date of a line that is a place and a full date ("Kelm, 11 March 2025"); None for any other line."""
    found = _PLACED.match(text) if len(text) <= 90 else None
    if found is None or not attributions.is_date_line(found["date"]):
        return None
    return found["date"] if re.search(r"\b\d{4}\b", found["date"]) else None


def mark_writers(labels: Labels) -> None:
    """Paragraphs about the writer below the story: one that begins with the name of the byline, or names a post
    for a person whom the story doesn't mention."""
    story = [at for at in range(len(labels.blocks)) if labels.is_prose(at)]
    if len(story) < 2:
        return
    authors = {name.casefold() for name in _authors(labels)}
    for at in story[-_LAST:]:
        block = labels.blocks[at]
        found = _ABOUT.match(block.text) if block.words <= 70 and at > story[0] else None
        if found is None:
            continue
        if found["name"].casefold() in authors:
            labels.kinds[at] = "byline"
        elif at == story[-1] and _WRITES.search(block.text):
            last = found["name"].rsplit(" ", 1)[-1]
            if not any(last in labels.blocks[before].text for before in story if before != at):
                labels.kinds[at] = "byline"


def _authors(labels: Labels) -> list[str]:
    """The names in the bylines above the story."""
    found: list[str] = []
    for block, kind in zip(labels.blocks, labels.kinds, strict=True):
        if kind != "byline":
            continue
        named = attributions.byline_names(block.text) or names_with_post(block.text) or block.text
        found += [one.strip(" .") for one in _BETWEEN_NAMES.split(named)]
    return found
