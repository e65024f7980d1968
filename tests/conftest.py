"""For every test: no network but loopback, no state or keys of the machine, no silent skip on request."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings
from pytest_socket import socket_allow_hosts

if TYPE_CHECKING:
    from tests.support.archives import Opened

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("ONRECORD_SHARED") or ROOT.parent / "shared")
NO_SHARED = "the shared articles and benchmarks are not here"
WITHOUT = tuple(f"no {thing} here" for thing in os.environ.get("ONRECORD_TESTS_WITHOUT", "").split())
"""What skips may say under `--no-skip`: `scripts/test-tools` could not install it on this machine."""
ONLY_WITHOUT_SKIPS = (ROOT / "tests/deploy/test_image.py",)
"""Modules that install everything anew: `make test` leaves them to `--no-skip`."""
SKIPPED = "onrecord/skipped"
SCRUBBED = ("ONRECORD_", "OPENAI_", "SLACK_")

settings.register_profile("suite", deadline=None, derandomize=True)
settings.load_profile("suite")


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--no-skip` is what `make test-all` runs with, `--left-out` what CI adds to it after `make test`."""
    parser.addoption(
        "--no-skip",
        action="store_true",
        help="a skipped test fails, unless it lacks the shared articles and benchmarks",
    )
    parser.addoption(
        "--left-out",
        action="store_true",
        help="run what the last run skipped, and the modules that only run under --no-skip",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Note what this run leaves out, for the next one's `--left-out`."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(_Skipped(config), "skipped")


class _Skipped:
    """Keeps the ids of the tests and modules that skipped in pytest's cache."""

    def __init__(self, config: pytest.Config) -> None:
        self._config, self._ids = config, set[str]()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.skipped and not hasattr(report, "wasxfail"):
            self._ids.add(report.nodeid)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.skipped:
            self._ids.add(report.nodeid)

    def pytest_sessionfinish(self) -> None:
        if not self._config.getoption("--left-out"):
            self._config.cache.set(SKIPPED, sorted(self._ids))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is not asked for: slow modules, and under `--left-out` what the last run ran."""
    named = any(path.name in argument for path in ONLY_WITHOUT_SKIPS for argument in config.args)
    if not config.getoption("--no-skip") and not named:
        _deselect(config, items, [item for item in items if item.path not in ONLY_WITHOUT_SKIPS])
    if not config.getoption("--left-out"):
        return
    skipped = config.cache.get(SKIPPED, None)
    if skipped is None:
        raise pytest.UsageError("--left-out: no run has noted what it skipped; run `make test` first")
    left_out = [item for item in items
                if item.path in ONLY_WITHOUT_SKIPS or any(item.nodeid.startswith(one) for one in skipped)]
    _deselect(config, items, left_out)


def _deselect(config: pytest.Config, items: list[pytest.Item], kept: list[pytest.Item]) -> None:
    if len(kept) < len(items):
        chosen = set(kept)
        config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
        items[:] = kept


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


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Opened]:
    """An empty archive, open for writing."""
    from tests.support.archives import opened

    archive = opened(tmp_path / "data")
    yield archive
    archive.close()


@pytest.fixture(autouse=True)
def _own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test has its own home and working folder, and none of the machine's settings."""
    for key in [key for key in os.environ if key.startswith(SCRUBBED)]:
        monkeypatch.delenv(key)
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.chdir(home)
