"""What the clients talk to: a live service over three articles, and one whose model is scripted."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from service.settings import Settings
from tests.doors.articles import write_articles
from tests.support.live_service import Live, live_service


@pytest.fixture(scope="package")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A service over three articles, without a model and without keys."""
    articles = write_articles(tmp_path_factory.mktemp("articles") / "press")
    with live_service(Settings(data=tmp_path_factory.mktemp("state") / "data"), articles) as live:
        yield live
