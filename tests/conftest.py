"""For every test: no network but loopback, no state or keys of the machine, no silent skip on request."""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import settings
from pytest_socket import socket_allow_hosts

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("ONRECORD_SHARED") or ROOT.parent / "shared")
NO_SHARED = "the shared articles and benchmarks are not here"
WITHOUT = tuple(f"no {thing} here" for thing in os.environ.get("ONRECORD_TESTS_WITHOUT", "").split())
"""What skips may say under `--no-skip`: `scripts/test-tools` could not install it on this machine."""
SCRUBBED = ("ONRECORD_", "OPENAI_", "SLACK_")

settings.register_profile("suite", deadline=None, derandomize=True)
settings.load_profile("suite")


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--no-skip`: what `make test-all` runs with."""
    parser.addoption(
        "--no-skip",
        action="store_true",
        help="a skipped test fails, unless it lacks the shared articles and benchmarks",
    )


def pytest_runtest_setup() -> None:
    """Sockets reach this machine alone."""
    socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Under `--no-skip` a skip is a failure that names its reason."""
    report = yield
    if item.config.getoption("--no-skip"):
        _refuse_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """The same for a module that skips itself as a whole."""
    report = yield
    if collector.config.getoption("--no-skip"):
        _refuse_skip(report)
    return report


def _refuse_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    if not report.skipped or hasattr(report, "wasxfail"):
        return
    if any(reason in str(report.longrepr) for reason in (NO_SHARED, *WITHOUT)):
        return
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
    report.outcome = "failed"
    report.longrepr = f"skipped, which --no-skip forbids: {reason}"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The shared articles and benchmarks (ONRECORD_SHARED, else beside the repository), or a skip."""
    if not SHARED.is_dir():
        pytest.skip(f"{NO_SHARED}: {SHARED.name}/ beside the repository, or ONRECORD_SHARED")
    return SHARED


@pytest.fixture(autouse=True)
def _own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test has its own home and working folder, and none of the machine's settings."""
    for key in [key for key in os.environ if key.startswith(SCRUBBED)]:
        monkeypatch.delenv(key)
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.chdir(home)
