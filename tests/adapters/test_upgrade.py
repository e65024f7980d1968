"""An archive of the first release, kept as it was, and of each schema since: opened, brought forward, asked.

`data/record-0001.sqlite3` was made by the first release itself (commit dcb6e1b, schema 0001) from four short articles
written for this project: ingested, asked two questions, one answer found helpful, one article taken down, one file that
could not be read.
"""

from __future__ import annotations

import shutil
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Date, Engine, Integer, LargeBinary, MetaData, create_engine, event, select

from service.adapters.record import SqlRecord
from service.adapters.record_schema import REVISIONS, schema_version
from service.domain import Answer
from service.errors import StateError
from service.settings import Settings
from service.wiring import build

KEPT = Path(__file__).with_name("data") / "record-0001.sqlite3"
DISPUTED, WITHDRAWN = "ans_e07cdf6733c28e9231d9dfc2", "ans_c1ca2dc1aa6dc6859e6a3175"
QUESTION = "how many people a day cross the Orle by ferry?"
LEFT_OUT = {"deliveries"}
"""Tables that a later revision drops on purpose."""


def kept(data: Path) -> Settings:
    """A copy of the first release's archive."""
    data.mkdir()
    shutil.copyfile(KEPT, data / "record.sqlite3")
    return Settings(data=data)


def engine_of(data: Path) -> Engine:
    """The record's database, its transactions left to us."""
    engine = create_engine(f"sqlite:///{data / 'record.sqlite3'}")
    event.listen(engine, "connect", lambda raw, _: setattr(raw, "isolation_level", None))
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    return engine


def upgraded(data: Path, revision: str) -> None:
    """Bring the archive forward as far as this revision, with a row in every table that has none."""
    engine = engine_of(data)
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(files("service.adapters") / "migrations"))
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    with engine.begin() as connection:
        connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        tables = MetaData()
        tables.reflect(connection)
        for table in tables.sorted_tables:
            if connection.execute(select(table)).first() is None:
                connection.execute(table.insert(), {column.name: _made(connection, column) for column in table.columns})
    engine.dispose()


def _made(connection: Any, column: Any) -> object:
    """A value for a column: of a row that it refers to, or one of its type."""
    for key in column.foreign_keys:
        return connection.scalar(select(key.column))
    if isinstance(column.type, LargeBinary):
        return b"\0" * 8
    if isinstance(column.type, Date):
        return date(2025, 5, 12)
    return 7 if isinstance(column.type, Integer) else f"kept {column.name}"[:10]


def contents(data: Path) -> dict[str, set[tuple[tuple[str, Any], ...]]]:
    """The rows of each table, by column."""
    engine = engine_of(data)
    tables = MetaData()
    tables.reflect(engine)
    with engine.connect() as connection:
        found = {name: {tuple(sorted(row._mapping.items())) for row in connection.execute(select(table))}
                 for name, table in tables.tables.items() if name not in LEFT_OUT | {"alembic_version", "sqlite_sequence"}}
    engine.dispose()
    return found


@pytest.mark.parametrize("revision", REVISIONS)
def test_an_archive_of_each_revision_comes_forward_with_every_row(tmp_path: Path, revision: str) -> None:
    kept(tmp_path / "data")
    upgraded(tmp_path / "data", revision)
    before = contents(tmp_path / "data")
    SqlRecord(f"sqlite:///{tmp_path / 'data' / 'record.sqlite3'}").close()
    after = contents(tmp_path / "data")
    engine = engine_of(tmp_path / "data")
    with engine.connect() as connection:
        assert schema_version(connection) == REVISIONS[-1]
        assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
        assert connection.exec_driver_sql("PRAGMA integrity_check").all() == [("ok",)]
    engine.dispose()
    for name, rows in before.items():
        assert rows, name
        columns = {column for column, _ in next(iter(rows))}
        left = {tuple(pair for pair in row if pair[0] in columns) for row in after[name]}
        assert rows <= left, name


async def test_the_first_releases_archive_answers_once_it_is_indexed_anew(tmp_path: Path) -> None:
    settings = kept(tmp_path / "data")
    with pytest.raises(StateError, match="was indexed as 'cleaning-2") as refused:
        async with build(settings, owner=True):
            pass
    assert "onrecord ingest --rebuild" in refused.value.advice

    service = build(settings, owner=True)
    try:
        report = await service.archive.rebuild()
    finally:
        await service.__aexit__(None, None, None)
    assert (report.updated, report.articles, report.failed) == (3, 3, ())

    async with build(settings) as service:
        pieces = [piece async for piece in service.ask(QUESTION)]
        answer = pieces[-1]
        assert isinstance(answer, Answer)
        assert answer.status == "disputed"
        assert {claim.low for claim in answer.claims} == {1900, 2600}
        old = service.answer(DISPUTED)
        assert {citation.state for citation in service.verify(old)} == {"valid"}
        assert [(one.answer_id, one.verdict, one.comment) for one in service.feedback_given()] == [
            (DISPUTED, "helpful", "read it twice")]
        assert "Wexel" not in str(service.answer(WITHDRAWN))
        assert [Path(one.path).name for one in service.failures()] == ["broken.txt"]
