"""An archive in any order of add, replace, delete, restart, crash, damage and rebuild holds what a plain dict holds.

A crash is the folder as it is on disk between two of an archive's own steps, opened in another place: what a process
that is killed there leaves behind, whatever Chroma's thread was doing. Chroma is asked however few the passages, as soon
as it has caught up; the rule `catch_up` waits for that. `ONRECORD_KILLS` sets how many orders are tried.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from service.passages.inbox import Upload
from tests.support.archives import Opened, opened

NAMES = st.sampled_from([f"report-{number}.txt" for number in range(5)])
STEPS = {"record": ("stage", "publish", "sweep", "remove", "reserve"),
         "store": ("add", "remove", "rebuild", "settle")}
"""The calls after which a crash may come, by what they are made on."""


class ArchiveStates(RuleBasedStateMachine):
    """The archive and, beside it, each file name with its text."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = Path(tempfile.mkdtemp(prefix="onrecord-states-"))
        self._lives, self._words = 0, 0
        self.texts: dict[str, str] = {}
        self.gone: set[str] = set()
        self.at: Opened

    @initialize()
    def begin(self) -> None:
        """An empty archive."""
        self._open(self._folder / "0")

    @rule(name=NAMES)
    def add(self, name: str) -> None:
        """Add an article, or replace it."""
        text = self._text()
        self._upload(name, text)
        self._now(name, text)

    @rule(name=NAMES)
    def add_again(self, name: str) -> None:
        """What is there already changes nothing."""
        if name in self.texts:
            before = self.at.record.known()
            self._upload(name, self.texts[name])
            assert self.at.record.known() == before

    @rule(name=NAMES)
    def delete(self, name: str) -> None:
        """Take an article down."""
        removed = asyncio.run(self.at.archive.remove([self._id(name)] if name in self.texts else ["art_nobody"]))
        assert len(removed) == (name in self.texts)
        self._now(name, None)

    @rule()
    def restart(self) -> None:
        """Close cleanly and open again."""
        data = self.at.store._generations._folder.parent
        self.at.close()
        self._open(data)

    @rule()
    def rebuild(self) -> None:
        """Make the indexes anew."""
        self.at.store.rebuild()
        self.at.store.settle()

    @rule()
    def catch_up(self) -> None:
        """From now on Chroma answers."""
        self.at.store.chroma.follow(at_once=True)
        assert self.at.store.chroma.wait(60)

    @rule(place=st.integers(0, 999), how=st.sampled_from(["cut", "flip", "delete"]))
    def damage(self, place: int, how: str) -> None:
        """Damage any index file while nobody has it open."""
        data = self.at.store._generations._folder.parent
        self.at.close()
        files = sorted(path for path in (data / "indexes").rglob("*")
                       if path.is_file() and path.stat().st_size and not path.name.endswith(".lock"))
        damage_file(files[place % len(files)], how)
        self._open(data)

    @rule(name=NAMES, step=st.integers(1, 12), deleting=st.booleans())
    def crash(self, name: str, step: int, deleting: bool) -> None:
        """Die after a step of an addition or removal; it has happened as a whole, or not at all."""
        text = None if deleting else self._text()
        self._lives += 1
        crashed = self._folder / str(self._lives)
        undo = self._after_step(step, lambda: _as_on_disk(self.at.store._generations._folder.parent, crashed))
        if text is None:
            asyncio.run(self.at.archive.remove([self._id(name)] if name in self.texts else ["art_nobody"]))
        else:
            self._upload(name, text)
        undo()
        self.at.close()
        data = self.at.store._generations._folder.parent
        if not crashed.exists():
            self._now(name, text)
            self._open(data)
            return
        shutil.rmtree(data)
        self._open(crashed)
        found = {one.filename: self.at.record.article(one.file_id).text for one in self.at.record.known()}
        before = self.texts.get(name)
        assert found.get(name) in (before, text)
        if found.get(name) == text != before:
            self._now(name, text)
        elif text is not None and text != before:
            self.gone.add(text.split()[2])

    @precondition(lambda self: hasattr(self, "at"))
    @invariant()
    def holds_what_the_dict_holds(self) -> None:
        """Article by article, by words and by vectors, and nothing else."""
        live = {one.filename: one.file_id for one in self.at.record.known()}
        assert live.keys() == self.texts.keys()
        assert self.at.record.leftovers() == []
        assert self.at.store.count() == self.at.record.totals()[1]
        for name, text in self.texts.items():
            assert self.at.record.article(live[name]).text == text
            hits = self.at.store.matching(text.split()[2], 5)
            assert {hit.chunk_id.split(".")[0] for hit in hits} == {live[name]}
        for word in self.gone:
            assert self.at.store.matching(word, 5) == []
        ids, vectors = self.at.record.vectors()
        for chunk_id, vector in zip(ids, vectors, strict=True):
            best = self.at.store.nearest(vector, 1)[0]
            assert best.chunk_id == chunk_id or np.isclose(best.score, 1.0)

    def teardown(self) -> None:
        """Leave nothing behind."""
        if hasattr(self, "at"):
            self.at.close()
        shutil.rmtree(self._folder)

    def _open(self, data: Path) -> None:
        self.at = opened(data, chroma=True)
        self.at.archive.prepare()

    def _upload(self, name: str, text: str) -> None:
        asyncio.run(self.at.archive.add([Upload(name, text.encode())]))

    def _now(self, name: str, text: str | None) -> None:
        before = self.texts.pop(name, None)
        if before is not None and before != text:
            self.gone.add(before.split()[2])
        if text is not None:
            self.texts[name] = text

    def _id(self, name: str) -> str:
        return next(one.file_id for one in self.at.record.known() if one.filename == name)

    def _text(self) -> str:
        self._words += 1
        word = f"zq{self._words:04}w"
        return f"Report about {word}\n\nThe committee met on the matter of {word}. It heard witnesses until noon.\n"

    def _after_step(self, step: int, then: Callable[[], Any]) -> Callable[[], None]:
        """Do something once, after the so-manieth step of this archive; what undoes that."""
        done = [0]

        def counted(method: Callable[..., Any]) -> Callable[..., Any]:
            def call(*arguments: Any, **more: Any) -> Any:
                result = method(*arguments, **more)
                done[0] += 1
                if done[0] == step:
                    then()
                return result
            return call

        parts: dict[str, Any] = {"record": self.at.record, "store": self.at.store}
        for part, names in STEPS.items():
            for name in names:
                setattr(parts[part], name, counted(getattr(parts[part], name)))

        def undo() -> None:
            for part, names in STEPS.items():
                for name in names:
                    delattr(parts[part], name)
        return undo


def _as_on_disk(data: Path, copy: Path) -> None:
    """Copy an archive's folder; what Chroma's thread deletes meanwhile is left out."""
    with suppress(shutil.Error, FileNotFoundError):
        shutil.copytree(data, copy, ignore=shutil.ignore_patterns("owner.*"))


def damage_file(path: Path, how: str) -> None:
    """Cut a file in half, change a byte in its middle, or delete it."""
    content = bytearray(path.read_bytes())
    if how == "cut":
        path.write_bytes(content[: len(content) // 2])
    elif how == "flip":
        content[len(content) // 2] ^= 0x55
        path.write_bytes(content)
    else:
        path.unlink()


ArchiveStates.TestCase.settings = settings(
    max_examples=max(4, int(os.environ.get("ONRECORD_KILLS") or 4)), stateful_step_count=8, deadline=None,
    derandomize=True, suppress_health_check=list(HealthCheck))
TestArchiveStates = ArchiveStates.TestCase
