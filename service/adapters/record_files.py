"""The files behind the articles in the record: `service.ports.Files` over SQLAlchemy Core."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, func, select

from service.adapters import record_rows as rows
from service.adapters.record_changes import bump
from service.adapters.record_database import Database
from service.adapters.record_schema import LIVE, articles, files, ingest_requests, sketches, takedowns
from service.articles.folder import path_hash
from service.errors import NotFoundError
from service.ports import IngestRequest, KnownFile, Signed, Takedown

_KEPT_REQUESTS: Final = 50
"""Requests that are done and still known."""
_LIVE = articles.c.state == LIVE
_SAME = (sketches.c.file_id == articles.c.file_id) & (sketches.c.version == articles.c.version)


class FileRows:
    """The part of a record that knows the files, in its `_database`."""

    _database: Database

    def files(self) -> list[KnownFile]:
        """All files that articles were read from."""
        with self._database.read() as connection:
            return [KnownFile(*row) for row in connection.execute(select(files))]

    def note_files(self, noted: Sequence[KnownFile]) -> None:
        """Keep these files as they now are, each under its path."""
        with self._database.write() as connection:
            _forget(connection, [file.path for file in noted])
            for some in rows.pieces(noted):
                connection.execute(files.insert(), [_row(file) for file in some])

    def forget_files(self, paths: Sequence[str]) -> None:
        """Forget files, not their articles."""
        with self._database.write() as connection:
            _forget(connection, paths)

    def move_file(self, path: str, to: KnownFile) -> list[str]:
        """A file was renamed: its articles have the new path and name and keep their ids, which are returned."""
        with self._database.write() as connection:
            old = connection.execute(select(files).where(files.c.path == path)).one()
            found = connection.execute(
                select(articles.c.file_id, articles.c.filename).where(_LIVE, articles.c.path == path)
            ).all()
            for row in found:
                name = to.filename + row.filename[len(old.filename) :]
                connection.execute(
                    articles.update().where(_LIVE, articles.c.file_id == row.file_id)
                    .values(path=to.path, filename=name)
                )
            _forget(connection, [path, to.path])
            connection.execute(files.insert(), _row(to))
            bump(connection, [row.file_id for row in found])
        return [row.file_id for row in found]

    def takedowns(self) -> list[Takedown]:
        """What was taken down and not restored since."""
        columns = (takedowns.c.file_id, takedowns.c.path_hash, takedowns.c.sha256)
        with self._database.read() as connection:
            return [Takedown(*row) for row in connection.execute(select(*columns))]

    def restore(self, file_ids: Sequence[str]) -> None:
        """Let what was taken down under these ids be read again."""
        with self._database.write() as connection:
            for some in rows.pieces(file_ids):
                connection.execute(takedowns.delete().where(takedowns.c.file_id.in_(some)))

    def keep_takedowns(self, kept: Sequence[Takedown]) -> None:
        """Remember these takedowns, whether or not such an article is here."""
        with self._database.write() as connection:
            for some in rows.pieces(kept):
                known = takedowns.c.file_id.in_([one.file_id for one in some])
                connection.execute(takedowns.delete().where(known))
                connection.execute(takedowns.insert(), [
                    {"file_id": one.file_id, "path_hash": one.path_hash, "sha256": one.sha256, "taken_down": rows.now()}
                    for one in some])

    def sketches(self, file_ids: Sequence[str] | None = None) -> tuple[list[str], bytes]:
        """The live ones of these articles, or all, that have a sketch, and these one after the other, all of one
        length."""
        query = select(sketches.c.file_id, sketches.c.data, articles.c.state).join(articles, _SAME)
        queries = [query.where(_LIVE)] if file_ids is None else [
            # By the key alone: SQLite would look for the state first, and find every live article.
            query.where(sketches.c.file_id.in_(some)) for some in rows.pieces(file_ids)]
        with self._database.read() as connection:
            found = [row for one in queries for row in connection.execute(one) if row.state == LIVE]
        return [row.file_id for row in found], b"".join(row.data for row in found)

    def signed(self, file_ids: Sequence[str]) -> list[Signed]:
        """As `signatures`, of these articles alone, by file_id."""
        columns = [articles.c[name] for name in ("file_id", "origin_id", "reprint_of", "signature", "update_of")]
        found: list[Signed] = []
        with self._database.read() as connection:
            for some in rows.pieces(sorted(file_ids)):
                query = select(*columns).where(_LIVE, articles.c.file_id.in_(some)).order_by(articles.c.file_id)
                found += [Signed(*row) for row in connection.execute(query)]
        return found

    def group_members(self, file_ids: Sequence[str]) -> list[str]:
        """The live articles that share an origin with one of these, themselves included."""
        found: set[str] = set()
        with self._database.read() as connection:
            for some in rows.pieces(file_ids):
                own = set(connection.scalars(select(articles.c.origin_id).where(articles.c.file_id.in_(some)))) - {""}
                found.update(connection.scalars(select(articles.c.file_id).where(_LIVE, articles.c.file_id.in_(some))))
                # By the origin alone: SQLite would look for the state first, and find every live article.
                alike = select(articles.c.file_id, articles.c.state).where(articles.c.origin_id.in_(own))
                found.update(file_id for file_id, state in connection.execute(alike) if state == LIVE)
        return sorted(found)

    def unsketched(self) -> list[str]:
        """The live articles that have no sketch."""
        query = select(articles.c.file_id).outerjoin(sketches, _SAME).where(_LIVE, sketches.c.file_id.is_(None))
        with self._database.read() as connection:
            return sorted(connection.scalars(query))

    def note_sketches(self, found: Mapping[str, bytes]) -> None:
        """Keep the sketches of live articles, by file_id."""
        with self._database.write() as connection:
            for some in rows.pieces(sorted(found)):
                live = select(articles.c.file_id, articles.c.version).where(_LIVE, articles.c.file_id.in_(some))
                made = [
                    {"file_id": row.file_id, "version": row.version, "data": found[row.file_id]}
                    for row in connection.execute(live)
                ]
                if made:
                    connection.execute(sketches.insert(), made)

    def ask_ingest(self, request: Mapping[str, Any]) -> str:
        """Ask the owner for an ingest; the request's id."""
        request_id = f"req_{uuid.uuid4().hex}"
        with self._database.write() as connection:
            connection.execute(ingest_requests.insert(), {
                "id": request_id, "request": json.dumps(request), "state": "waiting", "created": rows.now()})
        return request_id

    def ingest_request(self, request_id: str) -> IngestRequest:
        """A request as it stands. Raises NotFoundError."""
        with self._database.read() as connection:
            row = connection.execute(select(ingest_requests).where(ingest_requests.c.id == request_id)).one_or_none()
        if row is None:
            raise NotFoundError(f"no ingest {request_id!r} was asked for", advice="run `onrecord ingest` again")
        return _request(row)

    def next_ingest(self) -> IngestRequest | None:
        """The oldest request that waits, which is now being worked on; for the owner."""
        waiting = select(ingest_requests).where(ingest_requests.c.state == "waiting")
        with self._database.read() as connection:
            if connection.scalar(select(func.count()).select_from(waiting.subquery())) == 0:
                return None
        with self._database.write() as connection:
            oldest = waiting.order_by(ingest_requests.c.created, ingest_requests.c.id).limit(1)
            row = connection.execute(oldest).one_or_none()
            if row is None:
                return None
            connection.execute(ingest_requests.update().where(ingest_requests.c.id == row.id).values(state="working"))
        return _request(row)

    def answer_ingest(self, request_id: str, reply: Mapping[str, Any] | None) -> None:
        """Note what came of a request; with None it waits again. Old ones that are done are forgotten."""
        done = reply is not None
        with self._database.write() as connection:
            connection.execute(
                ingest_requests.update().where(ingest_requests.c.id == request_id)
                .values(state="done" if done else "waiting", reply=json.dumps(reply) if done else None))
            old = (select(ingest_requests.c.id).where(ingest_requests.c.state == "done")
                   .order_by(ingest_requests.c.created.desc()).offset(_KEPT_REQUESTS).limit(1_000))
            gone = list(connection.scalars(old))
            connection.execute(ingest_requests.delete().where(ingest_requests.c.id.in_(gone)))

    def withdraw_ingest(self, request_id: str) -> None:
        """Forget a request that nobody waits for any more."""
        with self._database.write() as connection:
            connection.execute(ingest_requests.delete().where(ingest_requests.c.id == request_id))

    def forget_ingests(self) -> None:
        """Forget every request: those who made them wait no more."""
        with self._database.write() as connection:
            connection.execute(ingest_requests.delete())


def entomb(connection: Connection, file_ids: Sequence[str]) -> None:
    """Remember that these live articles are being taken down, by hashes alone; a file without another goes too."""
    columns = (articles.c.file_id, articles.c.path, articles.c.sha256)
    gone = connection.execute(select(*columns).where(_LIVE, articles.c.file_id.in_(file_ids))).all()
    connection.execute(takedowns.delete().where(takedowns.c.file_id.in_([row.file_id for row in gone])))
    for row in gone:
        connection.execute(takedowns.insert(), {
            "file_id": row.file_id, "path_hash": row.path and path_hash(row.path), "sha256": row.sha256,
            "taken_down": rows.now()})
    for path in {row.path for row in gone if row.path}:
        others = select(articles.c.file_id).where(
            _LIVE, articles.c.path == path, articles.c.file_id.not_in([row.file_id for row in gone]))
        if connection.execute(others.limit(1)).first() is None:
            _forget(connection, [path])


def _row(file: KnownFile) -> dict[str, Any]:
    return {"path": file.path, "source": file.source, "filename": file.filename, "sha256": file.sha256,
            "articles": file.articles}


def _forget(connection: Connection, paths: Sequence[str]) -> None:
    for some in rows.pieces(list(paths)):
        connection.execute(files.delete().where(files.c.path.in_(some)))


def _request(row: Any) -> IngestRequest:
    return IngestRequest(row.id, json.loads(row.request), row.state, json.loads(row.reply) if row.reply else None)
