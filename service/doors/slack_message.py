"""An answer as a Slack message: blocks, and the same as plain text for notifications.

Only `<…>` sequences made here are live: `&`, `<` and `>` of every other text are escaped, so that no article
and no model can mention a channel or show a link under a false name.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlsplit

from service.domain import Answer, Citation
from service.doors.telling import (
    REASONS,
    claim_rows,
    claims_left_out,
    claims_title,
    claims_told,
    day_in_words,
)

SECTION_LIMIT = 3_000
"""Longest text of one section block, in characters."""

BLOCK_LIMIT = 50
"""Most blocks of one message."""

NAME_LIMIT = 120
"""Longest title or name shown, in characters."""

LINK_LIMIT = 500
"""Longest address that becomes a link, in characters."""

TEXT_LIMIT = 12_000
"""Longest text of one message; what is over it is cut at a line."""

Message = dict[str, Any]


def answer_message(answer: Answer) -> Message:
    """`text` and `blocks` of an answer: its statements, the disagreement line by line, numbered sources."""
    lines = [escaped(answer.answer)]
    if answer.status == "not_found" and answer.reason:
        lines.append(f"_{escaped(REASONS[answer.reason])}_")
    claims = _claim_lines(answer) if claims_told(answer) else []
    sources = [line for citation in answer.citations for line in _source_lines(citation)]
    if sources:
        sources.insert(0, "*Sources*")
    blocks = [*_sections(lines), *_sections(claims), *_sections(sources)][: BLOCK_LIMIT - 1]
    blocks.append(_context(answer))
    return {"text": _cut("\n".join([*lines, *claims, *sources])), "blocks": blocks}


def notice(text: str) -> Message:
    """A message of the service about itself."""
    return {"text": escaped(text), "blocks": _sections([escaped(text)])}


def escaped(text: str) -> str:
    """Text in which Slack finds neither mention nor link."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _claim_lines(answer: Answer) -> list[str]:
    """The disagreement, a line a claim."""
    lines = [f"*{claims_title(answer)}*"]
    for row in claim_rows(answer):
        texts = f"{row.origins} independent {'text' if row.origins == '1' else 'texts'}"
        lines.append(f"• {escaped(row.claim)}: {escaped(row.said_by)}, {row.when}, {texts} {row.markers}")
    if left := claims_left_out(answer):
        lines.append(left)
    return lines


def _source_lines(citation: Citation) -> list[str]:
    """One numbered source: title, outlet and day; then the words quoted."""
    source = citation.quote.source
    parts = [_link(source.url, _name(source.document_title or source.filename))]
    parts += [_name(source.publisher)] if source.publisher else []
    parts += [day_in_words(source.published)] if source.published else []
    parts += [f"reprint of {_name(source.reprint_of)}"] if source.reprint_of else []
    return [f"[{citation.index}] {', '.join(parts)}", f"“{escaped(citation.quote.text)}”"]


def _name(text: str) -> str:
    """A title or name, escaped, short enough that its line fits into one block."""
    return escaped(text if len(text) <= NAME_LIMIT else text[:NAME_LIMIT] + "…")


def _link(url: str | None, label: str) -> str:
    """A link we built ourselves from a stored address, or the label alone where that is no web address."""
    if (
        not url
        or len(url) > LINK_LIMIT
        or any(sign in url for sign in "<>|\"'")
        or not url.isprintable()
        or " " in url
    ):
        return label
    try:
        parts = urlsplit(url)
    except ValueError:
        return label
    if parts.scheme not in ("http", "https") or not parts.netloc:
        return label
    return f"<{url.replace('&', '&amp;')}|{label.replace('|', '¦')}>"


def _context(answer: Answer) -> Message:
    """The small print: what the answer rests on and who wrote it."""
    days = [source.published for source in answer.sources if source.published]
    parts = ["in the articles' own words" if answer.model == "extractive" else f"written by {answer.model}"]
    if days:
        first, last = day_in_words(min(days)), day_in_words(max(days))
        parts.append(f"articles of {first}" if first == last else f"articles of {first} to {last}")
    if answer.fallback:
        parts.append("the model's reply could not be used")
    parts.append(answer.id)
    return {"type": "context", "elements": [_text(escaped(" · ".join(parts)))]}


def _sections(lines: Iterable[str]) -> list[Message]:
    """Lines packed into section blocks."""
    packed: list[str] = []
    for line in lines:
        for piece in _pieces(line):
            if packed and len(packed[-1]) + 1 + len(piece) <= SECTION_LIMIT:
                packed[-1] += f"\n{piece}"
            else:
                packed.append(piece)
    return [{"type": "section", "text": _text(text)} for text in packed]


def _pieces(line: str) -> Sequence[str]:
    """A line, cut where it is too long for one block: at a blank, and never within an entity."""
    pieces = []
    while len(line) > SECTION_LIMIT:
        cut = line.rfind(" ", 1, SECTION_LIMIT)
        cut = cut if cut > 0 else SECTION_LIMIT
        entity = line.rfind("&", cut - len("&amp;") + 1, cut)
        if entity > 0 and ";" not in line[entity:cut]:
            cut = entity
        pieces.append(line[:cut])
        line = line[cut:].lstrip()
    return [*pieces, line]


def _cut(text: str) -> str:
    """The text, ended at a line where it is too long."""
    return text if len(text) <= TEXT_LIMIT else text[: text.rfind("\n", 0, TEXT_LIMIT)] + "\n…"


def _text(text: str) -> Message:
    return {"type": "mrkdwn", "text": text, "verbatim": True}
