"""Answers made by hand, as the doors are given them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from service.domain import Answer, Citation, Claim, Quote, Source, Statement, Usage

GAZETTE = Source(
    "art_a", "harbour/flood-1.txt", "a" * 64, "Flood empties the old town", "Harbour Gazette",
    date(2026, 3, 3), "https://gazette.example/flood?a=1&b=2", "org_a", None,
)  # fmt: skip
COAST = Source("art_b", "flood-2.txt", "b" * 64, None, None, None, None, "org_b", "Coast Wire")

COUNTY = Quote(GAZETTE, 310, 377, "About 4,200 people were moved out on Monday night, the county said.")
MAYOR = Quote(COAST, 12, 51, "The mayor put it at 3,000 at most, <b>.")

SAYS_DIFFER = Statement("Sources differ [1][2].", (1, 2), 0, 22)
SAYS_COUNTY = Statement(
    "About 4,200 people were moved out on Monday night, the county said [1].", (1,), 23, 94
)
SAYS_MAYOR = Statement("The mayor put it at 3,000 at most [2].", (2,), 95, 133)


def disputed_answer() -> Answer:
    """Two sources that can't both be right; one of them has no title, no publisher and no date."""
    statements = (SAYS_DIFFER, SAYS_COUNTY, SAYS_MAYOR)
    return Answer(
        id="ans_1",
        question="how many people were moved out?",
        status="disputed",
        reason=None,
        answer=" ".join(statement.text for statement in statements),
        statements=statements,
        claims=(
            Claim(1, "About 4,200", Decimal("4200"), Decimal("4200"), "about", "people", "people moved out",
                  date(2026, 3, 2), "the county", (1,), 1),
            Claim(2, "3,000 at most", None, Decimal("2999.5"), "at_most", None, "people moved out",
                  None, None, (2,), 2, derived=True, superseded_by=1),
        ),
        claims_left_out=3,
        citations=(Citation(1, COUNTY), Citation(2, MAYOR)),
        sources=(GAZETTE, COAST),
        nearest=(),
        model="extractive",
        fallback=None,
        prompt=None,
        index="fingerprint",
        usage=Usage(10, 2, 0.25),
        timings_ms={"retrieve": 1.23, "compose": 2.0, "verify": 0.0, "total": 3.26},
        created="2026-11-22T00:00:00Z",
        gates=({"statement": "x", "gate": "y", "reason": "z"},),
    )  # fmt: skip


def missing_answer() -> Answer:
    """An honest "the articles don't say", with a passage that comes near."""
    return Answer(
        id="ans_2", question="who won?", status="not_found", reason="no_evidence",
        answer="The articles don't say.", statements=(), claims=(), claims_left_out=0, citations=(),
        sources=(), nearest=(COUNTY,), model="gpt-x", fallback=None, prompt="p", index="fingerprint",
        usage=Usage(), timings_ms={"total": 5.0},
        created="2026-11-22T00:00:00Z",
    )  # fmt: skip
