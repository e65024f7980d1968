"""A Dockerfile's steps, done in a folder that stands for the image's root: what can be had without an engine.

Paths of the image (`/app`, `/data`, `/articles`) are taken to be below the folder. Users can't be made there: `useradd`
and `chown` are replaced by commands that write down how they were called.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

_OWN = re.compile(r"(?<![\w./-])/(app|data|articles)(?=[/\s'\":]|$)")
_REGISTRY = re.compile(r"(PIP|UV)_\w+|\w*(_proxy|_PROXY)|\w*SSL_CERT\w*")
"""How this machine reaches its package registry, which an image's build is told by its engine."""


def instructions(file: Path) -> list[tuple[str, str]]:
    """The instructions of a Dockerfile in order, continued lines joined, comments left out."""
    lines = [line for line in file.read_text("utf-8").splitlines() if not line.lstrip().startswith("#")]
    text = re.sub(r"\\\n\s*", "", "\n".join(lines))
    return [(word, rest.strip()) for word, _, rest in (line.partition(" ") for line in text.splitlines() if line)]


def sent(context: Path, ignored: Path) -> list[Path]:
    """The files that a `.dockerignore` of the form "nothing but" leaves, below the context."""
    lines = ignored.read_text("utf-8").split()
    assert lines[0] == "*"
    left = [context / line[1:] for line in lines if line.startswith("!")]
    never = [line for line in lines[1:] if not line.startswith("!")]
    assert set(never) == {"**/__pycache__", "**/*.pyc"}
    files = [path for one in left for path in (one.rglob("*") if one.is_dir() else [one]) if path.is_file()]
    return [path for path in files if path.suffix != ".pyc" and "__pycache__" not in path.parts]


@dataclass
class Stage:
    """One stage: the folder that is its root, and what its instructions set."""

    root: Path
    environment: dict[str, str] = field(default_factory=dict)
    folder: str = "/"
    user: str = "root"
    command: list[str] = field(default_factory=list)
    entry: list[str] = field(default_factory=list)
    health: list[str] = field(default_factory=list)

    def here(self, text: str) -> str:
        """Text with the image's paths as paths below the root."""
        return _OWN.sub(lambda found: f"{self.root}/{found[1]}", text)

    def variables(self) -> dict[str, str]:
        """The environment of a process of this stage, and nothing else of this machine's."""
        given = {key: self.here(value) for key, value in self.environment.items()}
        path = f"{self.root}/shims:/usr/bin:/bin"
        given["PATH"] = given.get("PATH", "$PATH").replace("$PATH", path)
        return given


def built(file: Path, context: Path, work: Path) -> Stage:
    """Do every step of a Dockerfile below `work`; the last stage. Raises CalledProcessError."""
    stages: dict[str, Stage] = {}
    stage = Stage(work)
    for word, rest in instructions(file):
        if word == "FROM":
            assert re.fullmatch(r"python:3\.1\d-slim( AS \w+)?", rest)
            stage = Stage(work / f"stage-{len(stages)}")
            stages[rest.rpartition(" AS ")[2]] = stage
            _base(stage.root)
        else:
            _STEPS[word](stage, rest, stages, context, file.parent / ".dockerignore")
    return stage


def _base(root: Path) -> None:
    """A root with a Python and nothing installed."""
    shims = root / "shims"
    shims.mkdir(parents=True)
    python = Path(getattr(sys, "_base_executable", sys.executable)).resolve()
    for name in ("python", "python3"):
        (shims / name).symlink_to(python)
    for name in ("useradd", "chown"):
        (shims / name).write_text(f'#!/bin/sh\necho {name} "$@" >> {root}/users\n')
        (shims / name).chmod(0o755)


def _env(stage: Stage, rest: str, *_: object) -> None:
    stage.environment |= dict(pair.split("=", 1) for pair in rest.split())


def _workdir(stage: Stage, rest: str, *_: object) -> None:
    stage.folder = rest
    Path(stage.here(rest)).mkdir(parents=True, exist_ok=True)


def _run(stage: Stage, rest: str, *_: object) -> None:
    registry = {key: value for key, value in os.environ.items() if _REGISTRY.fullmatch(key)}
    folder = stage.here(stage.folder) if stage.folder != "/" else stage.root
    subprocess.run(["/bin/sh", "-c", stage.here(rest)], cwd=folder, env=registry | stage.variables(), check=True,
                   stdin=subprocess.DEVNULL)


def _copy(stage: Stage, rest: str, stages: dict[str, Stage], context: Path, ignored: Path) -> None:
    if rest.startswith("--from="):
        name, source, target = rest.removeprefix("--from=").split()
        shutil.copytree(stages[name].here(source), stage.here(target), symlinks=True)
        # The venv's scripts begin with the path that they were installed under.
        for script in (Path(stage.here(target)) / "bin").iterdir():
            if script.is_file() and not script.is_symlink():
                script.write_bytes(script.read_bytes().replace(bytes(stages[name].root), bytes(stage.root)))
        return
    *sources, target = rest.split()
    files = sent(context, ignored)
    into = Path(stage.here(stage.folder)) / target
    for name in sources:
        found = [path for path in files if path == context / name or context / name in path.parents]
        assert found, f"{name} isn't sent to the engine"
        for path in found:
            inside = path.relative_to(context / name) if path != context / name else Path(path.name)
            at = into / inside if target != "." or path != context / name else into / path.name
            at.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, at)


def _set(name: str, stage: Stage, rest: str) -> None:
    setattr(stage, name, json.loads(rest))


def _user(stage: Stage, rest: str, *_: object) -> None:
    stage.user = rest


_STEPS = {
    "ENV": _env, "WORKDIR": _workdir, "RUN": _run, "COPY": _copy, "USER": _user,
    "CMD": lambda stage, rest, *_: _set("command", stage, rest),
    "ENTRYPOINT": lambda stage, rest, *_: _set("entry", stage, rest),
    "HEALTHCHECK": lambda stage, rest, *_: _set("health", stage, rest[rest.index("CMD ") + 4:]),
    "EXPOSE": lambda *_: None, "VOLUME": lambda *_: None,
}
