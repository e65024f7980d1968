"""An answer as Slack messages: blocks, and the same as plain text for notifications.

Only `<…>` sequences made here are live: `&`, `<` and `>` of every other text are escaped, so that no article
and no model can mention a channel or show a link under a false name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
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

BLOCKS_TEXT = 12_000
"""Longest text of all blocks of one message together: Slack refuses more, a little above this."""

NAME_LIMIT = 120
"""Longest title or name shown, in characters."""

LINK_LIMIT = 500
"""Longest address that becomes a link, in characters."""

TEXT_LIMIT = 12_000
"""Longest text of one message; what is over it is cut at a line."""

QUOTE, NEAREST, WATCH, FEEDBACK = "onrecord_quote", "onrecord_nearest", "onrecord_watch", "onrecord_feedback"
"""The buttons' `action_id`s."""

_MARKER = re.compile(r"\[(\d{1,3})\]")

Message = dict[str, Any]


def answer_messages(answer: Answer, period: tuple[date, date] | None = None) -> list[Message]:
    """An answer as the messages that tell it, each `text` and `blocks`; most answers are one.

    First the statements, then the disagreement line by line, the numbered sources, the small print and the buttons.
    `period` is the archive's, from its first day to its last.
    """
    links = {citation.index: _address(citation) for citation in answer.citations}
    lines = [linked(answer.answer, links)]
    if answer.status == "not_found" and answer.reason:
        lines.append(f"_{escaped(REASONS[answer.reason])}_")
    claims = _claim_lines(answer, links) if claims_told(answer) else []
    blocks = [*sections(lines), *sections(claims)]
    if answer.citations:
        blocks += [*sections(["*Sources*"]), *(_source_block(citation, answer.id) for citation in answer.citations)]
    blocks.append(_context(answer, period))
    blocks += _buttons(answer)
    texts = [*lines, *claims, *(["*Sources*"] if answer.citations else []), *map(_source_line, answer.citations)]
    return _split(blocks, _cut("\n".join(texts)))


def notice(text: str) -> Message:
    """A message of the service about itself."""
    return {"text": escaped(text), "blocks": sections([escaped(text)])}


def escaped(text: str) -> str:
    """Text in which Slack finds neither mention nor link."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def linked(text: str, links: Mapping[int, str | None]) -> str:
    """Text, escaped, with each marker [n] as a link to its source where that has an address."""

    def marker(found: re.Match[str]) -> str:
        return link(links.get(int(found[1])), found[0])

    return _MARKER.sub(marker, escaped(text))


def link(url: str | None, label: str) -> str:
    """A link we built ourselves from a stored address, or the label alone where that is no web address.

    The label is escaped already.
    """
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


def sections(lines: Iterable[str]) -> list[Message]:
    """Lines packed into section blocks."""
    packed: list[str] = []
    for line in lines:
        for piece in _pieces(line):
            if packed and len(packed[-1]) + 1 + len(piece) <= SECTION_LIMIT:
                packed[-1] += f"\n{piece}"
            elif piece:
                packed.append(piece)
    return [{"type": "section", "text": mrkdwn(text)} for text in packed]


def button(label: str, action: str, value: str) -> Message:
    """A button; the label is plain text of 75 characters at most."""
    return {"type": "button", "action_id": action, "value": value, "text": {"type": "plain_text", "text": label}}


def context(text: str) -> Message:
    """Small print; the text is escaped already."""
    return {"type": "context", "elements": [mrkdwn(text)]}


def mrkdwn(text: str) -> Message:
    """Text in which Slack turns nothing into links by itself."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def short_name(text: str) -> str:
    """A title or name, escaped, short enough that its line fits into one block."""
    return escaped(text if len(text) <= NAME_LIMIT else text[:NAME_LIMIT] + "…")


def _address(citation: Citation) -> str | None:
    """Where a citation's words can be read; the source's own address where the one of the words is too long."""
    fragment, url = citation.quote.fragment_url, citation.quote.source.url
    return fragment if fragment and url and fragment.startswith(url) and len(fragment) <= LINK_LIMIT else url


def _claim_lines(answer: Answer, links: Mapping[int, str | None]) -> list[str]:
    """The disagreement, a line a claim."""
    lines = [f"*{claims_title(answer)}*"]
    for row in claim_rows(answer):
        texts = f"{row.origins} independent {'text' if row.origins == '1' else 'texts'}"
        markers = linked(row.markers, links)
        lines.append(f"• {escaped(row.claim)}: {escaped(row.said_by)}, {row.when}, {texts} {markers}")
    if left := claims_left_out(answer):
        lines.append(left)
    return lines


def _source_line(citation: Citation) -> str:
    """One numbered source: title, outlet and day."""
    source = citation.quote.source
    parts = [link(_address(citation), short_name(source.document_title or source.filename))]
    parts += [short_name(source.publisher)] if source.publisher else []
    parts += [day_in_words(source.published)] if source.published else []
    parts += [f"reprint of {short_name(source.reprint_of)}"] if source.reprint_of else []
    return f"[{citation.index}] {', '.join(parts)}"


def _source_block(citation: Citation, answer_id: str) -> Message:
    """One numbered source with the button that shows the words quoted, in their place."""
    return {"type": "section", "text": mrkdwn(_source_line(citation)),
            "accessory": button("Quote", QUOTE, f"{answer_id}:{citation.index}")}


def _context(answer: Answer, period: tuple[date, date] | None) -> Message:
    """The small print: what the answer rests on and who wrote it."""
    written = f"written by {short_name(answer.model)}, then proven"
    parts = ["in the articles' own words" if answer.model == "extractive" else written]
    days = [source.published for source in answer.sources if source.published]
    if days:
        parts.append(f"articles of {_days(min(days), max(days))}")
    if period:
        parts.append(f"archive of {_days(*period)}")
    if answer.fallback:
        parts.append("the model's reply could not be used")
    parts.append(escaped(answer.id))
    return context(" · ".join(parts))


def _days(first: date, last: date) -> str:
    return day_in_words(first) if first == last else f"{day_in_words(first)} to {day_in_words(last)}"


def _buttons(answer: Answer) -> list[Message]:
    """What a reader may do with the answer."""
    buttons = [button("Watch", WATCH, answer.id)]
    if answer.status == "not_found" and answer.nearest:
        buttons.insert(0, button("Show the nearest passages", NEAREST, answer.id))

    def verdict(label: str, word: str) -> Message:
        return {"text": {"type": "plain_text", "text": label}, "value": f"{answer.id}:{word}",
                "accessibility_label": f"This answer is {word}"}

    thumbs = {"type": "feedback_buttons", "action_id": FEEDBACK,
              "positive_button": verdict("Helpful", "helpful"), "negative_button": verdict("Wrong", "wrong")}
    return [{"type": "actions", "elements": buttons}, {"type": "context_actions", "elements": [thumbs]}]


def _split(blocks: Sequence[Message], text: str) -> list[Message]:
    """The blocks as messages within Slack's limits; the first has the whole text, a further one that of its blocks."""
    groups: list[list[Message]] = [[]]
    size = 0
    for block in blocks:
        length = len(_text_of(block))
        if groups[-1] and (len(groups[-1]) == BLOCK_LIMIT or size + length > BLOCKS_TEXT):
            groups.append([])
            size = 0
        groups[-1].append(block)
        size += length
    first, *rest = groups
    return [{"text": text, "blocks": first},
            *({"text": _cut("\n".join(filter(None, map(_text_of, group)))) or "…", "blocks": group}
              for group in rest)]


def _text_of(block: Message) -> str:
    """The text that a block shows, buttons aside."""
    if block["type"] == "section":
        return str(block["text"]["text"])
    return str(block["elements"][0]["text"]) if block["type"] == "context" else ""


def _pieces(line: str) -> Sequence[str]:
    """A line, cut where it is too long for one block: at a blank, and never within an entity or a link."""
    pieces = []
    while len(line) > SECTION_LIMIT:
        cut = line.rfind(" ", 1, SECTION_LIMIT)
        cut = cut if cut > 0 else SECTION_LIMIT
        entity = line.rfind("&", cut - len("&amp;") + 1, cut)
        if entity > 0 and ";" not in line[entity:cut]:
            cut = entity
        opened = line.rfind("<", 0, cut)
        if opened > 0 and ">" not in line[opened:cut]:
            cut = opened
        pieces.append(line[:cut])
        line = line[cut:].lstrip()
    return [*pieces, line]


def _cut(text: str) -> str:
    """The text, ended at a line where it is too long."""
    if len(text) <= TEXT_LIMIT:
        return text
    end = text.rfind("\n", 0, TEXT_LIMIT)
    return text[: end if end > 0 else TEXT_LIMIT] + "\n…"
