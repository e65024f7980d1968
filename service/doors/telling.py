"""How doors for people say things: days, sources, claims and reasons, the same in terminal and chat."""

from __future__ import annotations

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from service.domain import Answer, Claim, Reason, Source

REASONS: Mapping[Reason, str] = {
    "no_evidence": "No passage of the articles states it.",
    "unverified": "What was found could not be proven word for word.",
    "not_a_question": "This does not read as a question.",
    "empty_archive": "The archive holds no article yet.",
}
"""Why there is no answer, in a sentence."""

_MONTHS = calendar.month_name


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """One line of a disagreement: what, who said it, for which day, in how many texts, cited where."""

    claim: str
    said_by: str
    when: str
    origins: str
    markers: str


def day_in_words(day: date) -> str:
    """A day as English text has it: 3 March 2026."""
    return f"{day.day} {_MONTHS[day.month]} {day.year}"


def markers(numbers: Sequence[int]) -> str:
    """Citation numbers as the answer's text has them: [1][4]."""
    return "".join(f"[{number}]" for number in numbers)


def source_told(source: Source) -> tuple[str, str]:
    """An article as a reader would name it, in two parts: what comes first, and what follows it.

    The outlet with the day, then the title; without an outlet the title, then the day; without both, the
    file's name.
    """
    day = f", {day_in_words(source.published)}" if source.published else ""
    if source.publisher:
        return source.publisher + day, f": {source.document_title}" if source.document_title else ""
    return source.document_title or source.filename, day


def claims_told(answer: Answer) -> bool:
    """Whether the claims are worth a table: the sources differ, or a later one revises an earlier."""
    return len(answer.claims) > 1


def claims_title(answer: Answer) -> str:
    """What stands above the claims."""
    return "The sources disagree" if answer.status == "disputed" else "What the sources say"


def claim_rows(answer: Answer) -> list[ClaimRow]:
    """The claims of an answer, one row each, in their order."""
    sources = {citation.index: citation.quote.source for citation in answer.citations}
    return [_claim_row(claim, sources) for claim in answer.claims]


def claims_left_out(answer: Answer) -> str | None:
    """How many claims stand in no row, in words."""
    left = answer.claims_left_out
    return None if not left else f"and {left} further claim{'s' if left > 1 else ''}"


def _claim_row(claim: Claim, sources: Mapping[int, Source]) -> ClaimRow:
    cited = [sources[number] for number in claim.citations if number in sources]
    days = [source.published for source in cited if source.published]
    day = claim.as_of or (min(days) if days else None)
    notes = ["a sum"] if claim.derived else []
    if claim.superseded_by is not None:
        notes.append("revised later")
    return ClaimRow(
        claim=claim.text + (f" ({', '.join(notes)})" if notes else ""),
        said_by=claim.speaker or ", ".join(dict.fromkeys(s.publisher or s.document_title or s.filename for s in cited)),
        when=f"{day.day} {_MONTHS[day.month][:3]} {day.year}" if day else "no date",
        origins=str(claim.origins),
        markers=markers(claim.citations),
    )
