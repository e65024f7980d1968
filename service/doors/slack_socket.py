"""`onrecord slack`: the Slack door over Socket Mode, which needs no public address."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from typing import Any

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_sdk.errors import SlackApiError

from service.doors.keeping import keep_watches
from service.doors.slack import SlackDesk, patiently, refused
from service.doors.slack_delivery import NETWORK
from service.errors import SettingsError
from service.wiring import OnRecord


async def listen(service: OnRecord, stop: asyncio.Event, connected: Callable[[str], None]) -> None:
    """Answer over a socket until `stop` is set; `connected` is told the workspace's name.

    Raises SettingsError for a missing token, or one that Slack refuses.
    """
    token = service.settings.slack_app_token
    if token is None:
        raise SettingsError(
            "SLACK_APP_TOKEN is not set",
            advice="set it to an app-level token (xapp-…) with connections:write",
        )
    desk = SlackDesk(service)
    workspace = await desk.sign_in()
    try:
        await patiently(lambda: desk.client.apps_connections_open(app_token=token.get_secret_value()))
    except (SlackApiError, *NETWORK) as error:
        await desk.close()
        raise refused("SLACK_APP_TOKEN", error) from error
    handler = AsyncSocketModeHandler(desk.app, token.get_secret_value(), web_client=desk.client)
    connect: Callable[[], Coroutine[Any, Any, None]] = handler.connect_async
    close: Callable[[], Coroutine[Any, Any, None]] = handler.close_async
    keeper = asyncio.create_task(keep_watches(service, {**service.carriers(), "slack_channel": desk.carrier}))
    stopped, connecting = asyncio.create_task(stop.wait()), asyncio.create_task(connect())
    try:
        await asyncio.wait({stopped, connecting}, return_when=asyncio.FIRST_COMPLETED)
        if not stopped.done():
            connected(workspace)
        await stopped
    finally:
        for task in (connecting, stopped, keeper):
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await keeper
        await close()
        await desk.close()
