"""Who may ask in Slack, where, how often, and of which articles: as the settings say."""

from __future__ import annotations

from collections.abc import Mapping

from limits import parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter

from service.domain import Filters
from service.errors import SettingsError
from service.settings import Settings
from service.wiring import OnRecord

NO_ARTICLE = "-"
"""A file_id that no article has: the filter of a folder in which there is nothing."""


class Access:
    """The rules of one archive's bot. Raises SettingsError for a scope that can't be read."""

    def __init__(self, settings: Settings) -> None:
        self._teams, self._channels = settings.slack_teams, settings.slack_channels
        self._scopes = _scopes(settings.slack_scopes)
        self._rate = None if settings.slack_rate_limit == "off" else parse(settings.slack_rate_limit)
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._shelves: dict[str, tuple[int, tuple[str, ...]]] = {}

    def allowed(self, team: str, channel: str) -> bool:
        """Whether questions of this place are answered; direct messages need only the workspace."""
        if self._teams and team not in self._teams:
            return False
        return not self._channels or channel.startswith("D") or channel in self._channels

    async def not_too_often(self, person: str) -> bool:
        """Whether this person may ask once more now; a question that is let through counts."""
        return self._rate is None or bool(await self._limiter.hit(self._rate, "slack", person))

    def filters(self, service: OnRecord, channel: str) -> Filters | None:
        """Which articles a channel may ask of; None for all. Raises StateError."""
        scope = self._scopes.get(channel)
        if scope is None:
            return None
        publishers, folders = scope
        files = tuple(one for folder in folders for one in self._shelf(service, folder)) if folders else ()
        return Filters(publishers=publishers, file_ids=files or ((NO_ARTICLE,) if folders else ()))

    def _shelf(self, service: OnRecord, folder: str) -> tuple[str, ...]:
        """The articles of a folder, looked up once for each state of the archive."""
        revision = service.revision()
        kept = self._shelves.get(folder)
        if kept is None or kept[0] != revision:
            kept = self._shelves[folder] = revision, tuple(_in_folder(service, f"{folder.strip('/')}/"))
        return kept[1]


def _in_folder(service: OnRecord, start: str) -> list[str]:
    found: list[str] = []
    cursor: str | None = None
    while True:
        page = service.articles(1000, cursor)
        found += [source.file_id for source in page.items if source.filename.startswith(start)]
        cursor = page.cursor
        if cursor is None:
            return found


def _scopes(entries: tuple[str, ...]) -> Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """The publishers and folders of each channel that has a scope. Raises SettingsError."""
    scopes: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {}
    for entry in entries:
        channel, _, what = entry.partition("=")
        kind, _, name = what.partition(":")
        if not channel.strip() or kind.strip() not in ("publisher", "folder") or not name.strip():
            raise SettingsError(f"ONRECORD_SLACK_SCOPES: {entry!r} is no scope",
                                advice="write C0123456789=publisher:Name or C0123456789=folder:path")
        publishers, folders = scopes.get(channel.strip(), ((), ()))
        if kind.strip() == "publisher":
            scopes[channel.strip()] = ((*publishers, name.strip()), folders)
        else:
            scopes[channel.strip()] = (publishers, (*folders, name.strip()))
    return scopes
