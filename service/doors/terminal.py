"""Answers and lists in a terminal: readable at 60 columns, without colour, and in a pipe.

Text of articles is shown as it is, save that control characters and direction marks become U+FFFD; it is
never read as markup.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import PurePath

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from service.answers.recheck import Verdict
from service.diagnosis import Finding
from service.domain import QUOTABLE, Answer, Article, Passage, Quote, Source, Statement
from service.doors.telling import (
    REASONS,
    claim_rows,
    claims_left_out,
    claims_title,
    claims_told,
    day_in_words,
    source_told,
)
from service.passages.archive import IngestReport
from service.ports import Failure

EMPTY_ADVICE = "Fill it with: onrecord ingest PATH"

_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_MARKERS = re.compile(r"(\[\d+\])")


def plain(text: str) -> str:
    """Text that a terminal only shows: what would steer it becomes U+FFFD."""
    return _UNSEEN.sub("\ufffd", text)


def one_line(text: str) -> str:
    """The text in one line, white space as single blanks."""
    return plain(" ".join(text.split()))


def output() -> Console:
    """The console on standard output; 80 columns wide in a pipe."""
    return Console(file=sys.stdout, highlight=False, markup=False, emoji=False)


def errors() -> Console:
    """The console on standard error."""
    return Console(file=sys.stderr, highlight=False, markup=False, emoji=False)


class Flow:
    """Sentences set one behind the other as they come, wrapped at the console's width."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._column = 0

    def write(self, sentence: str) -> None:
        """Set one sentence, its markers dimmed."""
        for word in plain(sentence).split():
            width = cell_len(word)
            if self._column and self._column + 1 + width > self._console.width:
                self._console.print()
                self._column = 0
            elif self._column:
                self._console.print(" ", end="")
                self._column += 1
            self._console.print(_marked(word), end="", soft_wrap=True)
            self._column += width

    def end(self) -> None:
        """End the paragraph."""
        if self._column:
            self._console.print()
        self._column = 0


class AnswerView:
    """An answer on a console, its sentences as soon as they are proven."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._flow = Flow(console)
        self._shown: list[str] = []

    def standalone(self, question: str) -> None:
        """Show how a follow-up was understood."""
        _block(self._console, "", [Text(f"Understood as: {one_line(question)}", style="dim")])
        self._console.print()

    def statement(self, statement: Statement) -> None:
        """Show a proven sentence."""
        self._flow.write(statement.text)
        self._shown.append(statement.text)

    def answer(self, answer: Answer) -> None:
        """Show what is left of the whole answer: claims, sources, and how it came about."""
        texts = [statement.text for statement in answer.statements]
        if self._shown and self._shown != texts[: len(self._shown)]:
            self._flow.end()
            self._console.print("\nThe whole answer:")
            self._shown = []
        for text in texts[len(self._shown) :] or ([] if texts else [answer.answer]):
            self._flow.write(text)
        self._flow.end()
        if answer.status == "not_found":
            self._not_found(answer)
        if claims_told(answer):
            self._claims(answer)
        if answer.citations:
            _heading(self._console, "Sources")
            for citation in answer.citations:
                show_quote(self._console, f"[{citation.index}]", citation.quote)
        self._footer(answer)

    def _not_found(self, answer: Answer) -> None:
        if answer.reason:
            _block(self._console, "", [Text(REASONS[answer.reason])])
        if answer.reason == "empty_archive":
            _block(self._console, "", [Text(EMPTY_ADVICE)])
        if answer.nearest:
            _heading(self._console, "Nearest passages")
            for quote in answer.nearest:
                show_quote(self._console, "-", quote)

    def _claims(self, answer: Answer) -> None:
        _heading(self._console, claims_title(answer))
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 2, 0, 0))
        table.add_column("claim", overflow="fold")
        table.add_column("said by", overflow="fold")
        table.add_column("date", no_wrap=self._console.width >= 50)
        table.add_column("texts*")
        table.add_column("quoted", overflow="fold")
        for row in claim_rows(answer):
            cells = (row.claim, row.said_by, row.when, row.origins)
            table.add_row(*(Text(one_line(cell)) for cell in cells), _marked(row.markers))
        with self._console.capture() as drawn:
            self._console.print(table)
        for line in drawn.get().splitlines():
            self._console.file.write(line.rstrip() + "\n")
        if left := claims_left_out(answer):
            self._console.print(left)
        note = Text("* independent texts that say so; reprints count once", style="dim")
        _block(self._console, "", [note])

    def _footer(self, answer: Answer) -> None:
        parts = [answer.id, f"{answer.timings_ms.get('total', 0):,.0f} ms"]
        if answer.model != "extractive":
            parts.insert(1, f"written by {plain(answer.model)}")
        elif answer.statements:
            parts.insert(1, "the articles' own words")
        if answer.thread_id:
            parts.append(f"thread {plain(answer.thread_id)}")
        self._console.print()
        if answer.fallback:
            _block(
                self._console, "", [Text(f"The model's reply could not be used: {one_line(answer.fallback)}")]
            )
        _block(self._console, "", [Text(" · ".join(parts), style="dim")])


def show_quote(console: Console, label: str, quote: Quote) -> None:
    """A numbered quote: outlet, day and title, the words, and where they stand."""
    source = quote.source
    first, then = source_told(source)
    told = Text(one_line(first), style="bold").append(one_line(then), style="not bold")
    lines = [told, Text(f"“{one_line(quote.text)}”")]
    if source.reprint_of:
        lines.append(Text(f"reprint of {one_line(source.reprint_of)}", style="dim"))
    place = f"{one_line(source.filename)}, characters {quote.start} to {quote.end}"
    _block(console, label, [*lines, Text(place, style="dim")])


def show_passages(console: Console, passages: Sequence[Passage]) -> None:
    """What a search found, best first."""
    for rank, passage in enumerate(passages, 1):
        chunk = passage.chunk
        show_quote(console, f"{rank}.", Quote(passage.source, chunk.start, chunk.end, chunk.text))


def show_sources(console: Console, sources: Iterable[Source]) -> None:
    """A list of articles, two lines each."""
    for source in sources:
        first, then = source_told(source)
        _block(console, "", [Text(one_line(first), style="bold").append(one_line(then), style="not bold")])
        parts = [source.file_id, one_line(source.filename)]
        if source.reprint_of:
            parts.append(f"reprint of {one_line(source.reprint_of)}")
        _block(console, "   ", [Text(" · ".join(parts))])


def show_article(console: Console, article: Article) -> None:
    """What is known of an article, then its text, what can't be evidence dimmed."""
    told = (
        ("id", article.file_id),
        ("file", article.path or article.filename),
        ("title", article.title.value if article.title else None),
        ("publisher", article.publisher.value if article.publisher else None),
        ("author", article.author.value if article.author else None),
        ("published", day_in_words(article.published.value) if article.published else None),
        ("url", article.url),
        ("reprint of", article.reprint_of),
        ("update of", article.update_of),
        ("rests on", ", ".join(article.rests_on)),
    )
    for name, value in told:
        if value:
            _block(console, f"{name:<10}", [Text(one_line(value))])
    console.print()
    text = Text(plain(article.text))
    quotable = [(span.start, span.end) for span in article.spans if span.kind in QUOTABLE]
    for start, end in zip(
        [0, *(end for _, end in quotable)], [*(start for start, _ in quotable), len(text)], strict=True
    ):
        text.stylize("dim", start, end)
    console.print(text, soft_wrap=not console.is_terminal)


def show_report(console: Console, report: IngestReport) -> None:
    """What an ingest did, in a line, and a line for each file set aside."""
    done = ((report.added, "added"), (report.updated, "updated"), (report.removed, "removed"))
    changes = ", ".join(f"{count} {what}" for count, what in done if count) or "nothing new"
    console.print(
        Text(
            f"{changes}; {_many(report.articles, 'article')}, {_many(report.passages, 'passage')}"
            f" in the archive ({report.seconds:.1f} s)"
        )
    )
    for failure in report.failed:
        _block(console, "set aside:", [Text(f"{one_line(failure.path)}: {one_line(failure.error)}")])
    if report.passed_over:
        kinds = Counter(PurePath(one.path).suffix.lower() or "no suffix" for one in report.passed_over)
        told = ", ".join(f"{one_line(kind)} {count:,}" for kind, count in kinds.most_common(8))
        names = ", ".join(one_line(PurePath(one.path).name) for one in report.passed_over[:3])
        more = ", …" if len(report.passed_over) > 3 else ""
        line = f"{_many(len(report.passed_over), 'file')} of other formats ({told}): {names}{more}"
        _block(console, "not taken:", [Text(line)])
    if report.taken_down:
        line = f"{_many(report.taken_down, 'article')} that were taken down; `ingest --restore` takes them in again"
        _block(console, "left out:", [Text(line)])


def show_change(console: Console, when: str, report: IngestReport) -> None:
    """What a watch has just read, in a line, and a line for each file set aside."""
    done = ((report.added, "added"), (report.updated, "updated"), (report.removed, "removed"))
    changes = ", ".join(f"{count} {what}" for count, what in done if count) or "nothing new"
    console.print(Text(f"{when}{changes}; {_many(report.articles, 'article')} in the archive"))
    for failure in report.failed:
        _block(console, "set aside:", [Text(f"{one_line(failure.path)}: {one_line(failure.error)}")])


def show_failures(console: Console, failures: Sequence[Failure]) -> None:
    """The files that were set aside, each with the reason and since when."""
    for failure in failures:
        console.print(Text(one_line(failure.path)))
        _block(console, "", [Text(f"{one_line(failure.error)} ({failure.when})")])


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def show_verdicts(console: Console, verdicts: Sequence[Verdict]) -> None:
    """How each citation of an answer stands."""
    for verdict in verdicts:
        style = {"valid": "green", "moved": "yellow"}.get(verdict.state, "red")
        line = Text(verdict.state.replace("_", " "), style=style)
        line.append(f"  {one_line(verdict.filename)}", style="default")
        if verdict.start_char_index is not None:
            line.append(
                f", characters {verdict.start_char_index} to {verdict.end_char_index}", style="default"
            )
        if verdict.state != "valid":
            line.append(f": {one_line(verdict.detail)}", style="default")
        _block(console, f"[{verdict.index}]", [line])


def show_findings(console: Console, findings: Sequence[Finding]) -> None:
    """What `doctor` found, a line each, with the next step where something is wrong."""
    width = max((cell_len(finding.name) for finding in findings), default=0)
    for finding in findings:
        lines = [Text(one_line(finding.value))]
        if finding.advice:
            lines.append(Text(f"next: {one_line(finding.advice)}", style="yellow"))
        _block(console, f"{'ok' if finding.ok else '!!'} {finding.name:<{width}}", lines)


def _heading(console: Console, title: str) -> None:
    console.print()
    console.print(Text(title, style="bold"))


def _marked(text: str) -> Text:
    """Text with its citation markers set off."""
    marked = Text()
    for part in _MARKERS.split(text):
        marked.append(part, style="cyan" if _MARKERS.fullmatch(part) else None)
    return marked


def _block(console: Console, label: str, paragraphs: Iterable[Text]) -> None:
    """Paragraphs indented by a label that stands before the first of them; no blanks at line ends."""
    lead = Text(f"{label} " if label else "", style="cyan")
    indent = lead.cell_len
    for paragraph in paragraphs:
        for line in paragraph.wrap(console, max(20, console.width - indent), overflow="fold"):
            line.rstrip()
            console.print(Text.assemble(lead, line), soft_wrap=True)
            lead = Text(" " * indent)
