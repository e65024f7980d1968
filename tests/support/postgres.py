"""A real PostgreSQL server on loopback in a folder of its own, and empty databases on it."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import psycopg
import pytest

from service.adapters.record import SqlRecord

_USER = "postgres"
"""Whom it runs as where the tests are root's: PostgreSQL refuses to be."""


@cache
def commands() -> Path | None:
    """The folder of `initdb` and `postgres`; None where there is no PostgreSQL."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    return max(Path("/usr/lib/postgresql").glob("*/bin"), default=None)


class PostgresServer:
    """A server with its files in a folder; it can be stopped and started again."""

    def __init__(self, folder: Path, bin_: Path) -> None:
        self.folder, self._bin, self._template = folder, bin_, False
        self._as = _USER if os.geteuid() == 0 else None
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        if self._as:
            shutil.chown(folder, self._as)
        self._run("initdb", "--pgdata", str(folder / "files"), "--username", "onrecord", "--auth", "trust",
                  "--encoding", "UTF8", "--locale", "C", "--no-sync")

    def start(self) -> None:
        """Start it and wait until it answers."""
        self._run("pg_ctl", "start", "--wait", "--silent", "--pgdata", str(self.folder / "files"),
                  "--log", str(self.folder / "log"), "--options",
                  f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_connections=200")

    def stop(self, mode: str = "fast") -> None:
        """End it; the mode `immediate` leaves it no time."""
        self._run("pg_ctl", "stop", "--wait", "--silent", "--mode", mode, "--pgdata", str(self.folder / "files"))

    def database(self) -> str:
        """The URL of a new record without an article, made from one that was brought to the newest schema once."""
        if not self._template:
            self._template = True
            SqlRecord(self._created("template", "template0")).close()
        return self._created(f"onrecord_{uuid.uuid4().hex[:12]}", "template")

    def bare(self) -> str:
        """The URL of a database without a table."""
        return self._created(f"bare_{uuid.uuid4().hex[:12]}", "template0")

    def sql(self, url: str, statement: str) -> None:
        """Run a statement in one of these databases."""
        with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute(statement)

    def _created(self, name: str, template: str) -> str:
        with psycopg.connect(host="127.0.0.1", port=self.port, user="onrecord", dbname="postgres",
                             autocommit=True) as connection:
            # Who has just closed a connection there may not be gone yet.
            connection.execute("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s", [template])
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return f"postgresql+psycopg://onrecord@127.0.0.1:{self.port}/{name}"

    def _run(self, command: str, *arguments: str) -> None:
        done = subprocess.run([self._bin / command, *arguments], cwd=self.folder, timeout=120, check=False,
                              stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, user=self._as,
                              env={"PATH": os.environ["PATH"], "LC_ALL": "C"})
        if done.returncode:
            raise RuntimeError(f"{command}: {done.stderr.decode('utf-8', 'replace')[-2000:]}")


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """A running server, stopped and deleted at the end; skips the test where there is no PostgreSQL."""
    bin_ = commands()
    if bin_ is None:
        pytest.skip("no postgresql here")
    if os.geteuid() == 0:
        try:
            pwd.getpwnam(_USER)
        except KeyError:
            pytest.skip("no postgresql here: root may not run it, and there is no user for it")
    # Not among pytest's folders, which are closed to all but their owner.
    with tempfile.TemporaryDirectory(prefix="onrecord-postgres-", ignore_cleanup_errors=True) as folder:
        server = PostgresServer(Path(folder), bin_)
        server.start()
        try:
            yield server
        finally:
            if (server.folder / "files" / "postmaster.pid").exists():
                server.stop("immediate")
