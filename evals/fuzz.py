"""`python -m evals.fuzz --minutes 10 [TARGET…]`: the service's readers on inputs made to break them.

Each target runs for its share of the time; what breaks it is made small and written to a file, which
`python -m evals.fuzz --replay FILE` runs again. Exit code 1 when something broke.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
import time
import traceback
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings

from evals.fuzz_slack import SLACK
from evals.fuzz_targets import TARGETS as OTHERS
from evals.fuzz_targets import Target

TARGETS = {**OTHERS, SLACK.name: SLACK}
ROUND = 500
"""Inputs between two looks at the clock."""


@dataclass
class Found:
    """What came of a target: inputs tried, and for each crash what was raised and its smallest input."""

    tried: int = 0
    seconds: float = 0.0
    crashes: dict[str, Any] = field(default_factory=dict)


def fuzz(target: Target, *, seconds: float, first_seed: int = 0, per_round: int = ROUND) -> Found:
    """Try inputs for that long, at least one round; a crash ends its round and is counted once by what it says."""
    found, number = Found(), first_seed
    began = time.monotonic()
    while not found.tried or time.monotonic() - began < seconds:
        _round(target, number, per_round, found, began + seconds if seconds else float("inf"))
        number += 1
    found.seconds = time.monotonic() - began
    return found


def _round(target: Target, number: int, count: int, found: Found, until: float) -> None:
    last: list[Any] = []

    @seed(number)
    @settings(max_examples=count, deadline=None, database=None, phases=(Phase.generate, Phase.shrink),
              suppress_health_check=list(HealthCheck), print_blob=False, report_multiple_bugs=False)
    @given(target.inputs)
    def run(one: Any) -> None:
        if found.tried and time.monotonic() > until and not last:
            return
        found.tried += 1
        try:
            target.check(one)
        except Exception:
            last[:] = [one]
            raise

    try:
        run()
    except Exception as raised:
        # What failed once only is told by Hypothesis as a group around it.
        error = raised.exceptions[0] if isinstance(raised, ExceptionGroup) else raised
        where = traceback.extract_tb(error.__traceback__)[-1]
        found.crashes.setdefault(f"{type(error).__name__} at {where.name}:{where.lineno}: {str(error)[:200]}", last[0])


def packed(value: Any) -> Any:
    """An input as JSON can carry it."""
    if isinstance(value, bytes):
        return {"bytes": b64encode(value).decode()}
    if isinstance(value, list | tuple):
        return [packed(one) for one in value]
    return {"dict": {key: packed(one) for key, one in value.items()}} if isinstance(value, dict) else value


def unpacked(value: Any) -> Any:
    """What `packed` was given; a tuple comes back as a list."""
    if isinstance(value, list):
        return [unpacked(one) for one in value]
    if isinstance(value, dict):
        return b64decode(value["bytes"]) if "bytes" in value else {k: unpacked(v) for k, v in value["dict"].items()}
    return value


def replay(file: Path) -> None:
    """Run the input of a crash file again. Raises what it raises."""
    kept = json.loads(file.read_text("utf-8"))
    target = TARGETS[kept["target"]]
    with target.around():
        target.check(unpacked(kept["input"]))


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; returns its exit code."""
    parser = argparse.ArgumentParser(prog="python -m evals.fuzz", description=__doc__)
    parser.add_argument("targets", nargs="*", choices=[*TARGETS, []], help="what to try; all by default")
    parser.add_argument("--minutes", type=float, default=1.0, help="for all targets together")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--crashes", type=Path, default=Path("crashes"), help="folder for what broke something")
    parser.add_argument("--replay", type=Path, help="a file from there")
    given_ = parser.parse_args(arguments)
    if given_.replay:
        replay(given_.replay)
        print("nothing broke")
        return 0
    chosen = given_.targets or list(TARGETS)
    broken = 0
    for name in chosen:
        with TARGETS[name].around():
            found = fuzz(TARGETS[name], seconds=given_.minutes * 60 / len(chosen), first_seed=given_.seed)
        print(f"{name:10} {found.tried:9,} inputs {found.seconds:7.0f} s {len(found.crashes)} crashes", flush=True)
        for number, (what, value) in enumerate(found.crashes.items()):
            given_.crashes.mkdir(parents=True, exist_ok=True)
            file = given_.crashes / f"{name}-{given_.seed}-{number}.json"
            file.write_text(json.dumps({"target": name, "raised": what, "input": packed(value)}, indent=1), "utf-8")
            print(f"  {what}\n  {file}", flush=True)
        broken += len(found.crashes)
    return 1 if broken else 0


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    sys.exit(main())
