"""The words about the service: what README and docs/ name is there, and what is there is named."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer

from service.doors.cli import app
from service.settings import OUTSIDE, PREFIX, Settings
from tests.conftest import ROOT

README = ROOT / "README.md"
PAGES = sorted([README, *(ROOT / "docs").glob("*.md")])
NAMES = [str(page.relative_to(ROOT)) for page in PAGES]

LINK = re.compile(r"\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`[^`\n]*`")
HEADING = re.compile(r"^#{1,6} +(.+?) *$", re.MULTILINE)
KEY = re.compile(r"\b(?:ONRECORD|OPENAI|SLACK)_[A-Z_]*[A-Z]\b")
COMMAND = re.compile(r"(?:^[ $]*|`|; |\n *\S*=\S+ +|bin/)onrecord +([a-z]+)", re.MULTILINE)
MODULE_ROW = re.compile(r"^\| ((?:`[\w/]+`(?:, )?)+) \|", re.MULTILINE)
ROOM = re.compile(r"^### `(\w+)/`", re.MULTILINE)


def prose(page: Path) -> str:
    """A page without its fenced blocks, in which brackets are no links."""
    return FENCE.sub("", page.read_text("utf-8"))


def anchors(page: Path) -> set[str]:
    """The names under which a page's headings can be linked to."""
    headings = HEADING.findall(prose(page))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def keys() -> set[str]:
    """Every key of Settings, as the environment has it."""
    names = {name.upper() for name in Settings.model_fields}
    return {name if name in OUTSIDE else PREFIX + name for name in names}


def commands() -> set[str]:
    """Every command of the command line."""
    return set(typer.main.get_command(app).commands)  # type: ignore[attr-defined]


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_every_relative_link_leads_to_a_file_and_a_heading_that_are_there(page: Path) -> None:
    lost = []
    for target in LINK.findall(CODE.sub("", prose(page))):
        if "://" in target:
            continue
        name, _, anchor = target.partition("#")
        file = (page.parent / name).resolve() if name else page
        inside = file.is_relative_to(ROOT) and file.exists()
        if not inside or (anchor and anchor not in anchors(file)):
            lost.append(target)
    assert not lost


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_every_setting_that_a_page_names_exists(page: Path) -> None:
    known = keys() | {"ONRECORD_SHARED", "ONRECORD_KILLS", "ONRECORD_SEED"}
    assert set(KEY.findall(page.read_text("utf-8"))) <= known


def test_the_table_of_settings_has_every_key_once() -> None:
    rows = re.findall(r"^\| (`[A-Z_`, ]+`) \|", README.read_text("utf-8"), re.MULTILINE)
    named = [key for row in rows for key in KEY.findall(row)]
    assert sorted(named) == sorted(keys())


def test_the_table_of_settings_has_the_true_defaults() -> None:
    text = README.read_text("utf-8")
    told = dict(re.findall(r"^\| `(ONRECORD_\w+)` \|.*\| `?([^`|]+?)`? \|$", text, re.MULTILINE))
    true = {PREFIX + name.upper(): field.default for name, field in Settings.model_fields.items()}
    plain = {key: default for key, default in true.items() if isinstance(default, str | int | float)}
    assert {key: told.get(key) for key in plain} == {
        key: str(value).lower() if isinstance(value, bool) else f"{value:g}" if isinstance(value, float) else str(value)
        for key, value in plain.items()
    }


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_every_command_that_a_page_names_exists(page: Path) -> None:
    assert set(COMMAND.findall(page.read_text("utf-8"))) <= commands()


def test_the_readme_shows_every_command() -> None:
    assert set(COMMAND.findall(README.read_text("utf-8"))) == commands()


def test_every_module_that_the_design_names_is_in_its_room() -> None:
    rooms = ROOM.split((ROOT / "docs" / "design.md").read_text("utf-8").split("\n## The way of an article")[0])[1:]
    lost = []
    for room, text in zip(rooms[::2], rooms[1::2], strict=True):
        for row in MODULE_ROW.findall(text):
            for module in re.findall(r"`([\w/]+)`", row):
                path = ROOT / "service" / room / module
                if not (path.is_dir() or path.with_suffix(".py").is_file()):
                    lost.append(f"{room}/{module}")
    assert rooms[::2] == ["language", "articles", "passages", "answers", "adapters", "doors"]
    assert not lost


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_no_page_names_a_path_of_one_machine(page: Path) -> None:
    assert not re.findall(r"(?<![\w.:/])/(?:work|home|root|Users|mnt)/\S*", page.read_text("utf-8"))


def test_the_design_names_every_module() -> None:
    named = set(re.findall(r"`([a-z_]+)`", (ROOT / "docs" / "design.md").read_text("utf-8")))
    modules = {path.stem for path in (ROOT / "service").glob("*/*.py")} - {"__init__"}
    assert modules - named == set()
