"""An answer as Slack messages: blocks, and the same as text for notifications."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from service.domain import Answer, Citation, Reason
from service.doors.slack_text import (
    Line,
    Message,
    Run,
    as_text,
    bold,
    bullet,
    button,
    context,
    escaped,
    italic,
    line,
    link,
    linked,
    rich_text,
    short_name,
    words_of,
)
from service.doors.telling import (
    REASONS,
    claim_rows,
    claims_left_out,
    claims_title,
    claims_told,
    day_in_words,
)

BLOCKS = 50
"""Most blocks of one message."""

BLOCKS_TEXT = 12_000
"""Longest text of all blocks of one message together: Slack refuses more, a little above this."""

TEXT_LIMIT = 12_000
"""Longest text of one message; what is over it is cut at a line."""

BUTTONS = 20
"""Most buttons of one block; Slack takes 25."""

QUESTION_SHOWN = 300
"""Most characters shown of a question that was made to stand alone."""

QUOTE, NEAREST, WATCH, FEEDBACK = "onrecord_quote", "onrecord_nearest", "onrecord_watch", "onrecord_feedback"
"""The buttons' `action_id`s; each button of one block has its own, which begins so."""


def answer_messages(answer: Answer, period: tuple[date, date] | None = None) -> list[Message]:
    """An answer as the messages that tell it, each `text` and `blocks`; most answers are one.

    First the statements, then the disagreement line by line, the numbered sources, the small print and the buttons.
    `period` is the archive's, from its first day to its last.
    """
    links = {citation.index: _address(citation) for citation in answer.citations}
    prose = [line(*linked(answer.answer, links))]
    if answer.status == "not_found" and answer.reason:
        prose += [line(italic(_why_not(answer.reason, bool(answer.nearest))))]
    claims = list(_claim_lines(answer, links)) if claims_told(answer) else []
    sources = [line(bold("Sources")), *_source_lines(answer.citations)] if answer.citations else []
    blocks = [*rich_text(prose), *rich_text(claims), *rich_text(sources), *_quote_buttons(answer),
              context(_small_print(answer, period)), *_buttons(answer)]
    return _split(blocks, _cut(as_text([*prose, *claims, *sources])))


def notice(text: str) -> Message:
    """A message of the service about itself."""
    return {"text": escaped(text), "blocks": rich_text([line(text)])}


def period_in_words(first: date, last: date) -> str:
    """From a day to a day: 10 to 12 February 2025."""
    if first == last:
        return day_in_words(first)
    start = day_in_words(first)
    if first.year == last.year:
        start = start.removesuffix(f" {first.year}")
        if first.month == last.month:
            start = str(first.day)
    return f"{start} to {day_in_words(last)}"


def _why_not(reason: Reason, nearest: bool) -> str:
    """What to know where there is no answer. That the articles don't say is said already."""
    if reason != "no_evidence":
        return REASONS[reason]
    return ("What comes nearest is behind the button; it does not answer the question." if nearest
            else "Nothing in them comes near the question.")


def _address(citation: Citation) -> str | None:
    """Where a citation's words can be read; the source's own address where the one of the words is no link."""
    fragment, url = citation.quote.fragment_url, citation.quote.source.url
    return fragment if fragment and url and fragment.startswith(url) and link(fragment, "").url else url


def _claim_lines(answer: Answer, links: Mapping[int, str | None]) -> Iterator[Line]:
    """The disagreement, a line a claim."""
    yield line(bold(claims_title(answer)))
    for row in claim_rows(answer):
        texts = f"{row.origins} independent {'text' if row.origins == '1' else 'texts'}"
        yield bullet(bold(row.claim), f": {row.said_by}, {row.when}, {texts} ", *linked(row.markers, links))
    if left := claims_left_out(answer):
        yield line(left)


def _source_lines(citations: Sequence[Citation]) -> Iterator[Line]:
    """The numbered sources: title, outlet and day; a further passage of one names the number that has these."""
    first: dict[str, int] = {}
    for citation in citations:
        source = citation.quote.source
        number = first.setdefault(source.file_id, citation.index)
        if number != citation.index:
            yield line(f"[{citation.index}] ", link(_address(citation), "another passage"), f" of [{number}]")
            continue
        parts: list[str | Run] = [link(_address(citation), short_name(source.document_title or source.filename))]
        parts += [", " + short_name(source.publisher)] if source.publisher else []
        parts += [", " + day_in_words(source.published)] if source.published else []
        parts += [f", reprint of {short_name(source.reprint_of)}"] if source.reprint_of else []
        yield line(f"[{citation.index}] ", *parts)


def _quote_buttons(answer: Answer) -> list[Message]:
    """A button for each source, which shows the words quoted, in their place."""
    buttons = [button(f"Quote [{citation.index}]", f"{QUOTE}_{citation.index}", f"{answer.id}:{citation.index}")
               for citation in answer.citations]
    return [{"type": "actions", "elements": buttons[at:at + BUTTONS]} for at in range(0, len(buttons), BUTTONS)]


def _small_print(answer: Answer, period: tuple[date, date] | None) -> str:
    """How the question was understood, what the answer rests on and who wrote it."""
    parts = []
    if answer.standalone_question and answer.standalone_question != answer.question:
        asked = answer.standalone_question
        parts.append(f"understood as “{asked[:QUESTION_SHOWN]}{'…' if len(asked) > QUESTION_SHOWN else ''}”")
    if answer.citations:
        written = f"written by {short_name(answer.model)}, each statement proven"
        parts.append("in the articles' own words" if answer.model == "extractive" else written)
    if answer.fallback:
        parts.append("the language model failed")
    days = [source.published for source in answer.sources if source.published]
    if days:
        parts.append(f"articles of {period_in_words(min(days), max(days))}")
    if period:
        parts.append(f"archive of {period_in_words(*period)}")
    return " · ".join([*parts, answer.id])


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
        length = len(words_of(block))
        if groups[-1] and (len(groups[-1]) == BLOCKS or size + length > BLOCKS_TEXT):
            groups.append([])
            size = 0
        groups[-1].append(block)
        size += length
    first, *rest = groups
    return [{"text": text, "blocks": first},
            *({"text": _cut(escaped("\n".join(filter(None, map(words_of, group))))) or "…", "blocks": group}
              for group in rest)]


def _cut(text: str) -> str:
    """The text, ended at a line where it is too long."""
    if len(text) <= TEXT_LIMIT:
        return text
    end = text.rfind("\n", 0, TEXT_LIMIT)
    return text[: end if end > 0 else TEXT_LIMIT] + "\n…"
