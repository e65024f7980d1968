"""An ingest killed at any moment, also while Chroma lags: nothing acknowledged is lost, nothing half-read is found.

`ONRECORD_KILLS` sets how many kills; `ONRECORD_SEED` repeats a run.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.conftest import ROOT
from tests.support.archives import Opened, opened

KILLS = int(os.environ.get("ONRECORD_KILLS") or 8)
SEED = int(os.environ.get("ONRECORD_SEED") or 20261122)


def sha(path: Path) -> str:
    """A file's hash."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


class Newsroom:
    """A folder of articles and a feed that change between ingests; each article's each state has a word of its own."""

    def __init__(self, folder: Path, dice: random.Random) -> None:
        self.folder, self._dice, self._round = folder, dice, 0
        self.words: dict[tuple[str, str], str] = {}
        self._lines: dict[int, bytes] = {}
        folder.mkdir()

    def change(self) -> None:
        """Write some articles, change some, rename some, delete some; the same to the lines of the feed."""
        self._round += 1
        for number in range(8):
            if self._dice.random() < 0.5:
                self._lines[number] = self._line(number, f"zf{number:02d}x{self._round:03d}w")
            elif self._dice.random() < 0.1:
                self._lines.pop(number, None)
        (self.folder / "feed.jsonl").write_bytes(b"".join(line + b"\n" for line in self._lines.values()))
        for number in range(24):
            path = self.folder / f"report-{number:02d}.txt"
            if path.exists() and self._dice.random() < 0.1:
                path.unlink()
            elif path.exists() and self._dice.random() < 0.1:
                moved = self.folder / f"moved-{number:02d}-{self._round:03d}.txt"
                self.words[moved.name, sha(path)] = self.words[path.name, sha(path)]
                path.rename(moved)
            elif self._dice.random() < 0.5:
                self._write(path, f"zq{number:02d}x{self._round:03d}w")

    def there(self) -> dict[str, str]:
        """The articles that the folder has now, each with the hash of its content."""
        lines = {f"feed.jsonl#{number}": hashlib.sha256(line).hexdigest() for number, line in self._lines.items()}
        return lines | {path.name: sha(path) for path in self.folder.glob("*.txt")}

    def _line(self, number: int, word: str) -> bytes:
        line = json.dumps({"id": str(number), "text": self._text(word)}).encode()
        self.words[f"feed.jsonl#{number}", hashlib.sha256(line).hexdigest()] = word
        return line

    def _write(self, path: Path, word: str) -> None:
        path.write_text(self._text(word))
        self.words[path.name, sha(path)] = word

    def _text(self, word: str) -> str:
        return f"Report about {word}\n\n" + "\n\n".join(
            f"The committee met on the matter of {word} for the {part} time. It heard witnesses until "
            f"noon and then adjourned. Its chair said that {part} hours were enough. " * 3
            for part in ("first", "second", "third")) + "\n"


def killed_ingest(data: Path, folder: Path, delay: float | None) -> tuple[dict[str, str], float]:
    """Ingest in another process, killed so many seconds after its start.

    The hash of each article that it acknowledged, and how long it worked.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.support.ingest_process", str(data), str(folder)],
        cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "open\n"
    began = time.monotonic()
    if delay is not None:
        time.sleep(delay)
        process.send_signal(signal.SIGKILL)
    told = process.stdout.read().split("\n")
    assert process.wait() in ((0,) if delay is None else (0, -signal.SIGKILL))
    worked = time.monotonic() - began
    process.stdout.close()
    acknowledged = {}
    for line in told:
        if line.startswith("ack ") and len(line.split()) == 3 and len(line.split()[2]) == 64:
            acknowledged[line.split()[1]] = line.split()[2]
    return acknowledged, worked


def check_found(at: Opened, room: Newsroom) -> None:
    """Every live article is found by its id, its word and its own vectors, and nothing else is found.

    Two articles have one word where a file was moved and another took its place before an ingest saw either: one is new
    with these words, the other still has them until its own turn.
    """
    live = at.record.known()
    holders: dict[str, set[str]] = {}
    for one in live:
        holders.setdefault(room.words[one.filename, one.sha256], set()).add(one.file_id)
    for one in live:
        word = room.words[one.filename, one.sha256]
        assert word in at.record.article(one.file_id).text
        found = at.record.passages([hit.chunk_id for hit in at.store.matching(word, 10)])
        assert {source.file_id for _, source in found.values()} == holders[word], word
    current = {room.words[one.filename, one.sha256] for one in live}
    for word in set(room.words.values()) - current:
        assert at.record.passages([hit.chunk_id for hit in at.store.matching(word, 10)]) == {}, word
    ids, vectors = at.record.vectors()
    assert len(ids) == at.record.totals()[1]
    twins: dict[bytes, set[str]] = {}
    for chunk_id, row in zip(ids, vectors, strict=True):
        twins.setdefault(row.tobytes(), set()).add(chunk_id)
    for row in vectors:
        assert at.store.nearest(row, 1)[0].chunk_id in twins[row.tobytes()]


def test_an_ingest_killed_at_random_moments_loses_and_leaves_nothing(tmp_path: Path) -> None:
    dice = random.Random(SEED)
    room = Newsroom(tmp_path / "news", dice)
    data = tmp_path / "data"
    room.change()
    acknowledged, longest = killed_ingest(data, room.folder, None)
    for kill in range(KILLS):
        room.change()
        delay = dice.uniform(0, longest)
        fresh, _ = killed_ingest(data, room.folder, delay)
        acknowledged |= fresh
        about = f"seed {SEED}, kill {kill}, after {delay:.3f} s"

        reader = opened(data, owner=False)
        live = {one.file_id: one for one in reader.record.known()}
        there = room.there()
        for file_id, digest in acknowledged.items():
            one = live.get(file_id)
            if one is None:
                assert file_id not in fresh, about
            else:
                known = {digest} if file_id in fresh else {digest, there.get(one.filename)}
                assert one.sha256 in known, about
        check_found(reader, room)
        reader.close()

        owner = opened(data, chroma=True)
        owner.archive.prepare()
        assert owner.record.leftovers() == [], about
        assert owner.store.count() == owner.record.totals()[1], about
        check_found(owner, room)
        owner.store.chroma.follow(at_once=True)
        assert owner.store.chroma.wait(60), about
        check_found(owner, room)
        acknowledged = {one.file_id: one.sha256 for one in owner.record.known()}
        owner.close()
    last = opened(data)
    asyncio.run(last.archive.ingest([room.folder], prune=True))
    assert {one.filename: one.sha256 for one in last.record.known()} == room.there()
    check_found(last, room)
    last.close()
