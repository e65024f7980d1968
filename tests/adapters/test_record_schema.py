"""The tables, the migrations and the list of versions agree."""

from __future__ import annotations

import logging
from importlib.resources import files
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from service.adapters.record import SqlRecord
from service.adapters.record_schema import REVISIONS, metadata, schema_version


def test_the_migrations_make_the_tables_that_the_code_works_with(tmp_path: Path) -> None:
    SqlRecord(f"sqlite:///{tmp_path / 'record.sqlite3'}").close()
    engine = create_engine(f"sqlite:///{tmp_path / 'record.sqlite3'}")
    with engine.connect() as connection:
        assert schema_version(connection) == REVISIONS[-1]
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_the_list_of_versions_is_that_of_the_migrations() -> None:
    config = Config()
    config.set_main_option("script_location", str(files("service.adapters") / "migrations"))
    scripts = ScriptDirectory.from_config(config)
    assert tuple(one.revision for one in scripts.walk_revisions())[::-1] == REVISIONS


def test_a_migration_says_nothing_in_our_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        handlers = list(logging.getLogger().handlers)
        SqlRecord(f"sqlite:///{tmp_path / 'record.sqlite3'}").close()
    assert caplog.records == []
    assert logging.getLogger().handlers == handlers
