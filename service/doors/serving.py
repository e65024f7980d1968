"""The commands that stay: `serve` and `slack`, until Ctrl-C or SIGTERM, which close the archive cleanly."""

from __future__ import annotations

import asyncio
import contextlib
import copy
import ipaddress
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import uvicorn
import uvicorn.config

from service.doors.http import create_app
from service.doors.slack import SlackDesk
from service.doors.slack_socket import listen
from service.doors.stdout import write_json
from service.errors import BusyError, SettingsError
from service.settings import Settings
from service.wiring import build

GRACE_SECONDS = 10
"""How long requests under way may take to end once the service was told to stop."""

LOOPBACK_NAMES = ("127.0.0.1", "localhost", "::1")


class AnnouncedServer(uvicorn.Server):
    """A server that says when it listens."""

    def __init__(self, config: uvicorn.Config, announce: Callable[[], None]) -> None:
        super().__init__(config)
        self._announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then say so."""
        await super().startup(sockets)
        self._announce()


def serve(as_json: bool, data: Path | None, host: str, port: int) -> int:
    """`onrecord serve`."""
    settings = Settings.load(data=data)
    check_keys(settings, host)
    if settings.model_hint:
        sys.stderr.write(settings.model_hint + "\n")
    with _bound(host, port) as listener:
        asyncio.run(_serve(settings, listener, as_json))
    return 0


def slack(as_json: bool, data: Path | None) -> int:
    """`onrecord slack`."""
    logging.basicConfig(
        level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s"
    )
    asyncio.run(_slack(Settings.load(data=data), as_json))
    return 0


def check_keys(settings: Settings, host: str) -> None:
    """Refuse what would need API keys, which this version can't make yet. Raises SettingsError."""
    if settings.api_keys == "off" or (settings.api_keys is None and is_loopback(host)):
        return
    why = (
        "ONRECORD_API_KEYS=required" if settings.api_keys else f"{host!r} can be reached from other machines"
    )
    raise SettingsError(
        f"{why}, but this version has no API keys yet",
        advice="listen on 127.0.0.1, or set ONRECORD_API_KEYS=off and keep strangers out with a proxy",
    )


def is_loopback(host: str) -> bool:
    """Whether an address to listen on is reached from this machine alone."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


async def _serve(settings: Settings, listener: socket.socket, as_json: bool) -> None:
    host, port = listener.getsockname()[:2]
    url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    async with build(settings, owner=True) as service:
        with_slack = settings.slack_bot_token is not None and settings.slack_signing_secret is not None
        desk = SlackDesk(service) if with_slack else None
        signing_in = asyncio.create_task(_sign_in(desk)) if desk else None
        app = create_app(service, slack=desk, hosts=(*LOOPBACK_NAMES, host) if is_loopback(host) else None)
        document = {"url": url, "slack": desk is not None, "pid": os.getpid()}
        server = AnnouncedServer(
            uvicorn.Config(
                app,
                log_config=_logging(),
                lifespan="off",
                server_header=False,
                timeout_graceful_shutdown=GRACE_SECONDS,
            ),
            lambda: _announce(as_json, document, f"OnRecord listens on {url}"),
        )
        with _unharmed_by_signals():
            await server.serve(sockets=[listener])
        if signing_in is not None:
            signing_in.cancel()
        if desk is not None:
            await desk.close()


async def _sign_in(desk: SlackDesk) -> None:
    """Learn the bot's own names; a token that Slack refuses now may be mended later."""
    try:
        await desk.sign_in()
    except SettingsError as error:
        sys.stderr.write(f"onrecord: {error}\n  next: {error.advice}\n")


async def _slack(settings: Settings, as_json: bool) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)

    def connected(workspace: str) -> None:
        told = f"OnRecord answers in {workspace or 'Slack'}"
        _announce(as_json, {"connected": True, "team": workspace, "pid": os.getpid()}, told)

    async with build(settings) as service:
        await listen(service, stop, connected)


def _announce(as_json: bool, document: dict[str, Any], told: str) -> None:
    """Say that the command is up: one document on stdout, or a line for people on stderr."""
    if as_json:
        write_json(document)
    else:
        sys.stderr.write(f"{told} (Ctrl-C stops it)\n")


def _bound(host: str, port: int) -> socket.socket:
    """A bound socket. Raises BusyError when the port is taken, SettingsError for an address that is none."""
    advice = "choose another with --host and --port"
    try:
        found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError) as error:
        raise SettingsError(f"no such address: {host!r} ({error})", advice=advice) from None
    family, kind, protocol, _, address = min(found, key=lambda one: one[0] != socket.AF_INET)
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except OSError as error:
        listener.close()
        raise BusyError(f"can't listen on {host!r}, port {port}: {error.strerror}", advice=advice) from None
    return listener


@contextlib.contextmanager
def _unharmed_by_signals() -> Iterator[None]:
    """Let the server alone hear SIGINT and SIGTERM; what it raises again once it has stopped does nothing."""
    before = {number: signal.signal(number, lambda *_: None) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _logging() -> dict[str, Any]:
    """uvicorn's logging with every line on stderr, and the service's own beside it."""
    configuration = copy.deepcopy(uvicorn.config.LOGGING_CONFIG)
    configuration["handlers"]["access"]["stream"] = "ext://sys.stderr"
    for name in ("uvicorn", "uvicorn.error"):
        configuration["loggers"][name]["level"] = "WARNING"
    configuration["loggers"]["onrecord"] = {"handlers": ["default"], "level": "INFO", "propagate": False}
    return configuration
