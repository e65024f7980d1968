"""Three short articles for the doors: two that disagree about one figure, and one about something else."""

from __future__ import annotations

from pathlib import Path

GAZETTE = """\
---
title: Flood empties the old town
publisher: Harbour Gazette
published: 2026-03-03
url: https://gazette.example/flood
---

The river Wend broke its dyke at Marlow Quay on Monday night. About 4,200 people were moved out of the old \
town, the county said. Schools stay closed until Thursday, and the army has brought pumps.

The water stood two metres deep in Wharf Street on Tuesday. No one was killed, according to the county.
"""
COURIER = """\
Mayor disputes the county's figures

Wend Valley Courier
4 March 2026

Mayor Ilse Brandt said that 3,000 people were moved out of the old town of Marlow Quay on Monday night. The \
county had counted hotel guests twice, she told reporters on Wednesday.
"""
ORCHARD = """\
A poor year for apples

Wend Valley Courier
20 September 2025

Growers in the upper valley picked 61,000 tonnes of apples this autumn. Frost in April had destroyed a third \
of the blossom, the growers' union said.
"""
QUESTION = "how many people were moved out of the old town?"


def write_articles(folder: Path) -> Path:
    """The three as files of a new folder."""
    (folder / "flood").mkdir(parents=True)
    (folder / "flood" / "gazette.md").write_text(GAZETTE, encoding="utf-8")
    (folder / "flood" / "courier.txt").write_text(COURIER, encoding="utf-8")
    (folder / "orchard.txt").write_text(ORCHARD, encoding="utf-8")
    return folder
