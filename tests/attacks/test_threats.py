"""The threat model in docs/security.md: every row names tests, and every test that it names is there."""

from __future__ import annotations

import re

from tests.conftest import ROOT

PAGE = ROOT / "docs" / "security.md"
OWASP = ("LLM01", "LLM02", "LLM03", "LLM04", "LLM05", "LLM06", "LLM07", "LLM08", "LLM09", "LLM10")


def rows() -> list[list[str]]:
    """The rows of the threat model: who, what, how it is stopped, tests."""
    table = PAGE.read_text("utf-8").split("## Threats", 1)[1].split("\n## ", 1)[0]
    found = [re.split(r"(?<!\\) \| ", line.strip("| ")) for line in table.splitlines() if line.startswith("| ")]
    return [row for row in found if len(row) == 4 and row[0] != "who" and not row[0].startswith("---")]


def test_every_test_that_the_threat_model_names_is_there() -> None:
    there = {name for file in (ROOT / "tests").rglob("test_*.py") if "node_modules" not in file.parts
             for name in re.findall(r"^(?:async )?def (test_\w+)", file.read_text("utf-8"), re.MULTILINE)}
    assert len(rows()) >= 25
    for row in rows():
        named = re.findall(r"`(test_\w+)`", row[3])
        assert named, row
        assert set(named) <= there, set(named) - there


def test_the_threat_model_takes_a_stand_on_every_risk_of_the_owasp_list() -> None:
    text = PAGE.read_text("utf-8")
    assert [name for name in OWASP if name not in text] == []
