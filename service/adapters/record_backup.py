"""Copies of a record in SQLite and the way back, both while other processes read and write it.

    <folder>/record.sqlite3    the record as it stood at one moment, in one file
    <folder>/manifest.json     what made it, what it holds, and the file's size and SHA-256

The indexes are no part of it: they are made from the record. Copying in both directions is SQLite's online backup:
one transaction of the source, one transaction of the target, so that nobody ever sees half of either.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from sqlalchemy.engine import make_url

from service.adapters.record import COUNTERS, SqlRecord
from service.adapters.record_schema import REVISIONS
from service.errors import OnRecordError, StateError, UsageError

RECORD, MANIFEST = "record.sqlite3", "manifest.json"
FORMAT: Final = 1
"""Changes when an older OnRecord could no longer read the folder."""
_WAIT: Final = 60.0
"""Seconds to wait for a lock of the database."""
_BLOCK: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself: `schema` and `onrecord` are the versions that wrote it, `index` is the fingerprint
    of its passages, `created` an ISO 8601 time, `size` and `sha256` those of its one file."""

    format: int
    onrecord: str
    schema: str
    index: str | None
    created: str
    articles: int
    passages: int
    answers: int
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did: `removed` are articles of the backup that were taken down since, `revoked` the ids of keys
    that were, `set_aside` is where a record lies that could not be read."""

    manifest: Manifest
    removed: tuple[str, ...] = ()
    revoked: tuple[str, ...] = ()
    set_aside: Path | None = None


def back_up(url: str, folder: Path, *, onrecord: str) -> Manifest:
    """Copy the record behind an SQLAlchemy URL into a new folder, as it stands now; writers go on meanwhile.

    Raises UsageError for a record that isn't in SQLite or a folder that isn't empty, StateError when the record is
    damaged or the copy can't be written; then no folder is left.
    """
    source = _file_of(url)
    if not source.is_file():
        raise UsageError(f"there is no archive to back up: {str(source)!r} isn't there", advice="name it with --data")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{str(folder)!r} is there already and isn't empty",
                         advice="name a new folder, for example one with the day in its name")
    partial = folder.with_name(folder.name + ".partial")
    with _translated(f"the backup can't be written to {str(folder)!r}"):
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(mode=0o700, parents=True)
        try:
            copy = partial / RECORD
            copy.touch(0o600)
            _copy(source, copy)
            with closing(_opened(copy)) as database:
                # Without a log beside it, so that the one file is all there is.
                database.execute("PRAGMA journal_mode=DELETE").fetchall()
            manifest = _described(copy, onrecord)
            _write_durably(partial / MANIFEST, json.dumps(asdict(manifest), indent=2) + "\n")
            if folder.exists():
                folder.rmdir()
            partial.replace(folder)
            _sync(folder.parent)
        except BaseException:
            shutil.rmtree(partial, ignore_errors=True)
            raise
    return manifest


def read_backup(folder: Path) -> Manifest:
    """What a backup says of itself, once every byte of it was compared with that.

    Raises UsageError for a folder that is no backup, StateError for one that is damaged or of a newer OnRecord.
    """
    try:
        told = json.loads((folder / MANIFEST).read_text("utf-8"))
        made_by, form = str(told["onrecord"]), int(told["format"])
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise UsageError(f"{str(folder)!r} is no backup, or not a whole one: {error}",
                         advice="name the folder that `onrecord backup` made") from error
    if form > FORMAT or told.get("schema") not in REVISIONS:
        raise StateError(
            f"{str(folder)!r} was made by a newer OnRecord, {made_by!r} (schema {told.get('schema')!r}, this one knows "
            f"{REVISIONS[-1]!r})", advice=f"install OnRecord {made_by} or later and restore with that")
    damaged = StateError(f"the backup {str(folder)!r} is damaged", advice="take another backup")
    try:
        manifest = Manifest(**told)
        size, digest = _measured(folder / RECORD)
    except (OSError, TypeError) as error:
        raise damaged from error
    if (size, digest) != (manifest.size, manifest.sha256):
        raise damaged
    return manifest


def restore(folder: Path, url: str, *, replace: bool) -> Restored:
    """Put a backup in the place of the record behind an SQLAlchemy URL; the caller holds the archive's owner lock.

    What the record that is replaced knows to be taken down stays down, and its revoked keys stay revoked. Readers see
    the old record until the moment when they see the new. Killed at any moment, one of the two is there, whole. A
    record that can't be read is moved aside. Raises what `read_backup` raises, StateError, and UsageError where there
    is a record and `replace` isn't said.
    """
    target = _file_of(url)
    if target.exists() and not replace:
        raise UsageError(f"there is an archive in {str(target.parent)!r} already",
                         advice="restore into another --data, or say --replace: what the backup lacks is lost then")
    manifest = read_backup(folder)
    incoming = target.with_name(target.name + ".restoring")
    with _translated(f"the backup can't be put into {str(target.parent)!r}"):
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            _discard(incoming)
            shutil.copyfile(folder / RECORD, incoming)
            incoming.chmod(0o600)
            if _measured(incoming) != (manifest.size, manifest.sha256):
                raise StateError("the copy of the backup isn't what the backup is",
                                 advice="check the disk, then run it again")
            removed, revoked, aside = _brought_up(incoming, target)
            _copy(incoming, target)
        finally:
            _discard(incoming)
    return Restored(manifest, tuple(removed), tuple(revoked), aside)


def _brought_up(incoming: Path, target: Path) -> tuple[list[str], list[str], Path | None]:
    """Bring a copied backup to the newest schema and over it what the record in its place knows; the articles removed,
    the keys revoked, and where an unreadable record was put."""
    fresh = SqlRecord(f"sqlite:///{incoming}")
    try:
        fresh.forget_ingests()
        fresh.revisit_slack_jobs()
        if not target.exists():
            return [], [], None
        try:
            old = SqlRecord(f"sqlite:///{target}")
        except StateError:
            return [], [], _set_aside(target)
        try:
            return *_carried(old, fresh), None
        finally:
            old.close()
    finally:
        fresh.close()


def _carried(old: SqlRecord, fresh: SqlRecord) -> tuple[list[str], list[str]]:
    """Carry takedowns, revoked keys and the counters from one record into another."""
    down = old.takedowns()
    removed = fresh.remove([one.file_id for one in down], redact=True) if down else []
    fresh.keep_takedowns(down)
    fresh.sweep()
    revoked = [key.id for key in old.all_keys() if key.revoked and fresh.revoke_key(key.id, key.revoked)]
    for counter in COUNTERS:
        fresh.set_meta(counter, str(max(int(one.meta(counter) or 0) for one in (old, fresh)) + 1))
    return removed, revoked


def _described(copy: Path, onrecord: str) -> Manifest:
    """The manifest of a copied record. Raises StateError where SQLite finds it damaged."""
    with closing(_opened(copy)) as database:
        found = database.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if found != "ok":
            raise StateError(f"the record is damaged: {found}", advice="restore an older backup")

        def one(query: str) -> int:
            return int(database.execute(query).fetchone()[0] or 0)

        schema = str(database.execute("SELECT version_num FROM alembic_version").fetchone()[0])
        index = database.execute("SELECT value FROM meta WHERE key = 'fingerprint'").fetchone()
        articles = one("SELECT count(*) FROM articles WHERE state = 'live'")
        passages = one("SELECT sum(chunk_count) FROM articles WHERE state = 'live'")
        answers = one("SELECT count(*) FROM answers")
    size, digest = _measured(copy)
    created = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return Manifest(FORMAT, onrecord, schema, index[0] if index else None, created, articles, passages, answers, size,
                    digest)


def _copy(source: Path, target: Path) -> None:
    """One database into another, as one transaction of each; what was there before is erased from the target's log."""
    with closing(_opened(source)) as from_, closing(_opened(target)) as into:
        into.execute("PRAGMA secure_delete=ON").fetchall()
        from_.backup(into)
        into.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    _sync(target)


def _opened(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(file, timeout=_WAIT, isolation_level=None)


def _file_of(url: str) -> Path:
    """The file of a record in SQLite. Raises UsageError for another database."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database or parsed.database == ":memory:":
        raise UsageError(f"the record is in {parsed.get_backend_name()!r}, which has its own backups",
                         advice="for PostgreSQL use pg_dump and pg_restore: docs/production.md")
    return Path(parsed.database)


def _set_aside(target: Path) -> Path:
    """Move an unusable record and its logs out of the way; where to."""
    aside = target.with_name(f"{target.name}.unusable-{datetime.now(UTC):%Y%m%dT%H%M%SZ}")
    for end in ("-wal", "-shm", ""):
        with suppress(FileNotFoundError):
            os.replace(f"{target}{end}", f"{aside}{end}")
    return aside


def _discard(file: Path) -> None:
    for end in ("", "-wal", "-shm", "-journal"):
        Path(f"{file}{end}").unlink(missing_ok=True)


def _measured(file: Path) -> tuple[int, str]:
    """A file's size and SHA-256."""
    digest = hashlib.sha256()
    size = 0
    with file.open("rb") as opened:
        while block := opened.read(_BLOCK):
            digest.update(block)
            size += len(block)
    return size, digest.hexdigest()


def _write_durably(file: Path, text: str) -> None:
    file.touch(0o600)
    file.write_text(text, "utf-8")
    _sync(file)


def _sync(path: Path) -> None:
    """Make a file, or a folder's entries, durable where the system can."""
    with suppress(OSError):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextmanager
def _translated(told: str) -> Iterator[None]:
    """Every error of the disk or of SQLite as a StateError that begins with `told`."""
    try:
        yield
    except OnRecordError:
        raise
    except (OSError, sqlite3.Error) as error:
        cause = getattr(error, "strerror", None) or str(error)
        full = "full" in cause or "No space" in cause
        raise StateError(f"{told}: {cause}", advice="free some disk space and run it again" if full else
                         "see that the folder can be written, then run it again") from error
