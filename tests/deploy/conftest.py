"""The image's steps install everything anew, so that `make test` leaves them to `make test-all`."""

from __future__ import annotations

from pathlib import Path

import pytest

SLOW = Path(__file__).with_name("test_image.py")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect the slow module, unless no skip is allowed or its file is named."""
    if config.getoption("--no-skip") or any(SLOW.name in argument for argument in config.args):
        return
    slow = [item for item in items if item.path == SLOW]
    if slow:
        config.hook.pytest_deselected(items=slow)
        items[:] = [item for item in items if item.path != SLOW]
