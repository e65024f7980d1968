"""The server of the small model is waited for, and stopped whatever happens; here the scripted one stands in."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
import urllib.request
from pathlib import Path

import pytest

from evals.small_model import NAME, free_port, main, measured, served, server_command
from service.errors import StateError
from tests.conftest import ROOT

SCRIPT = 'def reply(request):\n    return \'{"not_found": true}\\n\'\n'


def scripted(folder: Path, port: int) -> list[str]:
    """A server of the same kind that starts in a moment."""
    (folder / "script.py").write_text(SCRIPT, "utf-8")
    return [sys.executable, str(ROOT / "tests" / "support" / "model_server.py"), "--script",
            str(folder / "script.py"), "--port", str(port)]  # fmt: skip


def listening(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/v1/models", timeout=2):
            return True
    except OSError:
        return False


def test_the_server_is_up_inside_and_gone_afterwards(tmp_path: Path) -> None:
    port = free_port()
    with served(scripted(tmp_path, port), port) as url:
        assert url == f"http://127.0.0.1:{port}/v1"
        assert listening(port)
    assert not listening(port)


def test_it_is_gone_after_a_failure_too(tmp_path: Path) -> None:
    port = free_port()
    with pytest.raises(ZeroDivisionError), served(scripted(tmp_path, port), port):
        print(1 / 0)
    assert not listening(port)


def test_a_signal_stops_it(tmp_path: Path) -> None:
    port = free_port()
    program = textwrap.dedent(f"""
        import time
        from evals.small_model import served
        with served({scripted(tmp_path, port)!r}, {port}):
            print("up", flush=True)
            time.sleep(60)
    """)
    process = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "up\n"
    os.kill(process.pid, signal.SIGTERM)
    assert process.wait(20) == 128 + signal.SIGTERM
    process.stdout.close()
    for _ in range(50):
        if not listening(port):
            break
        time.sleep(0.1)
    assert not listening(port)


@pytest.mark.parametrize(
    ("program", "seconds"), [("print('no such model'); raise SystemExit(3)", 20.0), ("import time; time.sleep(60)", 0.3)]
)
def test_a_server_that_does_not_come_up_is_told_with_its_last_words(program: str, seconds: float) -> None:
    port = free_port()
    with (
        pytest.raises(StateError, match="did not come up") as failed,
        served([sys.executable, "-c", program], port, seconds=seconds),
    ):
        pass
    assert "no such model" in str(failed.value) or seconds < 1
    assert "make eval-model" in failed.value.advice


def test_llama_cpp_is_started_on_loopback_alone() -> None:
    command = server_command(Path("w.gguf"), 4711, 2)
    assert command[1:3] == ["-m", "llama_cpp.server"]
    told = dict(zip(command[3::2], command[4::2], strict=True))
    assert told == {
        "--model": "w.gguf", "--model_alias": NAME, "--host": "127.0.0.1", "--port": "4711", "--n_ctx": "8192",
        "--n_threads": "2", "--n_threads_batch": "2",
    }  # fmt: skip


def test_the_figures_are_printed_and_a_kept_contract_is_success(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    port = free_port()
    with served(scripted(tmp_path, port), port) as url:
        assert measured(url, NAME, 3, 0, tmp_path / "runs")
    told = capsys.readouterr().out
    assert "model-exchange: 3 cases, 0 failed" in told
    assert "contract                         1.000" in told
    summary = json.loads(next((tmp_path / "runs").glob("*/summary.json")).read_text("utf-8"))
    assert summary["settings"]["model"] == NAME
    assert summary["settings"]["model_tokens"] == 700


def test_without_the_package_the_command_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("evals.small_model.PACKAGE", "no_such_package_at_all")
    monkeypatch.setattr(sys, "argv", ["small_model"])
    assert main() == 1
    told = capsys.readouterr().err
    assert "there are no weights" in told
    assert "make eval-model" in told
