"""What an ingest teaches about articles read before: lines that belong to an outlet's page."""

from __future__ import annotations

from collections.abc import Collection

from service.articles.boilerplate import FEWEST_ORIGINS, MOST_COMPARED, is_boilerplate
from service.passages.signatures import unpacked
from service.ports import Traces


def learn(record: Traces, touched: Collection[str]) -> list[str]:
    """Learn the lines of these articles that belong to their outlets' pages; which live articles have to be marked
    anew because of them, sorted."""
    found: set[str] = set()
    learned: list[int] = []
    for line, holders in record.common_lines(sorted(touched), FEWEST_ORIGINS).items():
        stories = [unpacked(one.signature) for one in record.stories(holders, MOST_COMPARED)]
        if is_boilerplate(stories):
            learned.append(line)
            found.update(holders)
    if learned:
        record.learn_lines(learned)
    return sorted(found)
