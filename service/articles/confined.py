"""Readers of risky formats in a process of their own, so that a file can neither hang, crash nor blow up the service.

The process is started when the first such file comes, reads one file after the other, and ends when it has been
idle for a while or its parent goes. It may use so much memory and, for each file, so much time; what needs more is
set aside. It knows no secrets: its environment is all but empty.
"""

from __future__ import annotations

import atexit
import json
import os
import signal
import struct
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import fields
from datetime import date
from functools import cache
from pathlib import Path
from typing import IO, Any, Final

from service.articles.metadata import Metadata
from service.articles.readings import Reader, Reading
from service.domain import Sourced, Span
from service.errors import OnRecordError, ReadError, TooLargeError

MEMORY: Final = 1_500_000_000
"""Bytes of address space that the process may have."""
SECONDS: Final = 30
"""Seconds of work on one file."""
WAIT: Final = 180
"""Seconds by the clock on one file, however busy the machine."""
IDLE: Final = 60
"""Seconds without a file after which the process ends."""
_ENVIRONMENT: Final = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT", "TMPDIR")
_LENGTH: Final = struct.Struct(">Q")
_ERRORS: Final = {"ReadError": ReadError, "TooLargeError": TooLargeError}


def readers() -> dict[str, Reader]:
    """The readers that run confined, by suffix."""
    from service.articles.feeds import read_feed
    from service.articles.mails import read_mail
    from service.articles.pdf_files import read_pdf
    from service.articles.rtf_files import read_rtf
    from service.articles.web_articles import read_web_page
    from service.articles.word_files import read_docx

    return {
        ".html": read_web_page,
        ".htm": read_web_page,
        ".pdf": read_pdf,
        ".docx": read_docx,
        ".rtf": read_rtf,
        ".eml": read_mail,
        **dict.fromkeys(FEEDS, read_feed),
    }


FEEDS: Final = (".rss", ".atom", ".xml")
"""The suffixes of feeds, whose reading is a JSON document of their entries."""
SUFFIXES: Final = (".html", ".htm", ".pdf", ".docx", ".rtf", ".eml")
"""The other suffixes of `readers`, without loading them."""


def read_confined(data: bytes, name: str, suffix: str) -> Reading:
    """The article of a file, read in the process beside. Raises ReadError or TooLargeError."""
    return _reading_room().read(data, name, suffix)


class ReadingRoom:
    """The process beside, started and ended as needed; one file at a time."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._idle: threading.Timer | None = None

    def read(self, data: bytes, name: str, suffix: str) -> Reading:
        """As `read_confined`."""
        with self._turn:
            self._stay()
            process = self._process or self._start()
            watch = threading.Timer(WAIT, process.kill)
            watch.daemon = True
            watch.start()
            try:
                _send(process.stdin, json.dumps({"name": name, "suffix": suffix}).encode(), data)
                answer = _receive(process.stdout)
            except OSError:
                answer = None
            finally:
                watch.cancel()
            if answer is None:
                raise self._lost(name)
            self._idle = threading.Timer(IDLE, self.close)
            self._idle.daemon = True
            self._idle.start()
        return _reading(json.loads(answer))

    def close(self) -> None:
        """End the process, once it has done its file."""
        with self._turn:
            self._stay()
            self._end()

    def _stay(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None

    def _start(self) -> subprocess.Popen[bytes]:
        kept = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
        root = str(Path(__file__).resolve().parents[2])
        self._process = subprocess.Popen(
            [sys.executable, "-m", "service.articles.confined"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=root,
            env={**kept, "PYTHONPATH": root, "PYTHONDONTWRITEBYTECODE": "1"}, start_new_session=True,
        )
        return self._process

    def _end(self) -> int | None:
        process, self._process = self._process, None
        if process is None:
            return None
        with suppress(OSError):
            process.stdin.close()  # type: ignore[union-attr]
        try:
            process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()  # type: ignore[union-attr]
        return process.returncode

    def _lost(self, name: str) -> ReadError:
        """Why the process went away over a file."""
        code = self._end()
        late = code in (-signal.SIGPROF, -signal.SIGKILL) if hasattr(signal, "SIGPROF") else False
        why = f"takes more than {SECONDS} seconds to read" if late else "crashes its reader"
        return ReadError(f"{name!r} {why}", advice="save its text as .txt, or leave it out")


@cache
def _reading_room() -> ReadingRoom:
    room = ReadingRoom()
    atexit.register(room.close)
    return room


def main() -> None:
    """Read files from stdin until it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _limit()
    table = readers()
    stdin, stdout = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    while (head := _receive(stdin)) is not None and (data := _receive(stdin)) is not None:
        asked = json.loads(head)
        _begin_work(SECONDS)
        try:
            told = _told(table[asked["suffix"]](data, asked["name"]))
        except OnRecordError as error:
            kind = type(error).__name__
            told = {"error": str(error), "advice": error.advice, "kind": kind if kind in _ERRORS else "ReadError"}
        except MemoryError:
            told = _refused(asked["name"], f"needs more than {MEMORY // 1_000_000:,} MB of memory to read")
        except RecursionError:
            told = _refused(asked["name"], "is nested too deep to read")
        except Exception as error:
            told = _refused(asked["name"], f"can't be read: {type(error).__name__}: {error}"[:300])
        _begin_work(0)
        _send(stdout, json.dumps(told).encode())


def _refused(name: str, why: str) -> dict[str, str]:
    return {"error": f"{name!r} {why}", "advice": "save its text as .txt, or leave it out", "kind": "ReadError"}


def _limit() -> None:
    """Bound this process's memory, where the system can."""
    with suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _begin_work(seconds: int) -> None:
    """Let the system end this process after so many seconds of work; 0 takes that back."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_PROF, seconds)


def _send(stream: IO[bytes] | None, *parts: bytes) -> None:
    if stream is None:
        raise OSError("no stream")
    for part in parts:
        stream.write(_LENGTH.pack(len(part)))
        stream.write(part)
    stream.flush()


def _receive(stream: IO[bytes] | None) -> bytes | None:
    """The next part; None where the other side has gone."""
    if stream is None:
        return None
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    length = _LENGTH.unpack(head)[0]
    part = stream.read(length)
    return part if len(part) == length else None


def _told(reading: Reading) -> dict[str, Any]:
    """A reading as JSON can carry it."""
    told = {
        one.name: [value.value.isoformat() if isinstance(value.value, date) else value.value, value.found_in]
        for one in fields(reading.told)
        if (value := getattr(reading.told, one.name)) is not None
    }
    spans = [[span.start, span.end, span.kind] for span in reading.spans]
    return {"text": reading.text, "spans": spans, "told": told, "pages": list(reading.pages)}


def _reading(told: dict[str, Any]) -> Reading:
    """What `_told` wrote. Raises the error that was sent instead."""
    if "error" in told:
        raise _ERRORS[told["kind"]](told["error"], advice=told["advice"])
    values: dict[str, Any] = {
        name: Sourced(date.fromisoformat(value) if name == "published" else value, found_in)
        for name, (value, found_in) in told["told"].items()
    }
    return Reading(
        told["text"], tuple(Span(*span) for span in told["spans"]), Metadata(**values), tuple(told["pages"])
    )


if __name__ == "__main__":
    main()
