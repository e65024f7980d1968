"""The commands that stay: `serve`, `slack` and `mcp`, until Ctrl-C or SIGTERM, which close the archive cleanly."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import ipaddress
import logging
import math
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import uvicorn

from service.doors.http import create_app
from service.doors.http_operation import Readiness
from service.doors.keeping import kept_watches
from service.doors.logs import configure_logging
from service.doors.mcp import McpDoor
from service.doors.pool import AnswerPool, workers_of
from service.doors.slack import SlackDesk
from service.doors.slack_socket import listen
from service.doors.stdout import write_json
from service.doors.tracing import start_tracing
from service.errors import BusyError, SettingsError, SpaceError
from service.settings import Settings
from service.wiring import OnRecord, build

LOOPBACK_NAMES = ("127.0.0.1", "localhost", "::1")
BACKLOG = 256
"""How many new connections may wait. asyncio tries as often to accept one where the process has no file handle left."""
TOLD_SECONDS = 10.0
"""How often it is told that there is none."""

_log = logging.getLogger("onrecord.serve")


class Handles:
    """An event loop's exception handler that tells a want of file handles now and then, not at each connection."""

    def __init__(self) -> None:
        self._told = -TOLD_SECONDS

    def __call__(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Tell what went wrong where nobody waits for it."""
        error = context.get("exception")
        if "_start_serving" in str(context.get("message")):  # asyncio accepts again on a socket that is closed by now
            return
        if not isinstance(error, OSError) or error.errno not in (errno.EMFILE, errno.ENFILE):
            loop.default_exception_handler(context)
        elif time.monotonic() - self._told >= TOLD_SECONDS:
            self._told = time.monotonic()
            _log.error("no file handles are left, new connections have to wait: raise the limit (ulimit -n)")


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
    required = keys_required(settings, host)
    if settings.model_hint:
        sys.stderr.write(settings.model_hint + "\n")
    if settings.api_keys == "off" and not is_loopback(host):
        sys.stderr.write(f"ONRECORD_API_KEYS=off: whoever reaches {host} may read, add and take down articles.\n")
    with _bound(host, port) as listener:
        configure_logging(settings.log_format, settings.log_level)
        stop_tracing = start_tracing(os.environ)
        try:
            asyncio.run(_serve(settings, listener, as_json, required))
        finally:
            stop_tracing()
    return 0


def slack(as_json: bool, data: Path | None) -> int:
    """`onrecord slack`."""
    settings = Settings.load(data=data)
    configure_logging(settings.log_format, "warning")
    asyncio.run(_slack(settings, as_json))
    return 0


def mcp(as_json: bool, data: Path | None) -> int:
    """`onrecord mcp`; with `as_json` only how a client starts it."""
    settings = Settings.load(data=data)
    if as_json:
        entry = {"command": sys.executable, "args": ["-m", "service.doors.cli", "mcp", "--data",
                                                     str(settings.data.resolve())]}
        write_json({"mcpServers": {"onrecord": entry}})
        return 0
    configure_logging(settings.log_format, "warning")
    asyncio.run(_mcp(settings))
    return 0


def keys_required(settings: Settings, host: str) -> bool:
    """Whether callers need an API key: as set, else wherever other machines can reach the address."""
    return settings.api_keys == "required" or (settings.api_keys is None and not is_loopback(host))


def is_loopback(host: str) -> bool:
    """Whether an address to listen on is reached from this machine alone."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


async def _serve(settings: Settings, listener: socket.socket, as_json: bool, required: bool) -> None:
    host, port = listener.getsockname()[:2]
    url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    service = build(settings, owner=True)
    asyncio.get_running_loop().set_exception_handler(Handles())
    async with contextlib.AsyncExitStack() as stack:
        stack.push_async_exit(service)
        await service.archive.take_over()
        if required and not any(key.revoked is None for key in service.keys.all_keys()):
            sys.stderr.write("There are no API keys yet: onrecord keys create --name NAME\n")
        pool = AnswerPool(settings, workers_of(settings), service.asking)
        stack.push_async_callback(pool.close)
        service.asking = pool.ask
        with_slack = settings.slack_bot_token is not None and settings.slack_signing_secret is not None
        desk = SlackDesk(service) if with_slack else None
        if desk is not None:
            stack.push_async_callback(desk.close)
            signing_in = asyncio.create_task(_sign_in(desk))
            stack.callback(signing_in.cancel)
        await stack.enter_async_context(kept_watches(service, service.carriers()))
        ingesting = asyncio.create_task(service.serve_ingests(forever=True))
        stack.push_async_callback(_ended, ingesting)
        readiness = Readiness(service)
        app = create_app(service, slack=desk, hosts=(*LOOPBACK_NAMES, host) if is_loopback(host) else None,
                         keys_required=required, readiness=readiness)
        document = {"url": url, "slack": desk is not None, "keys": required, "pid": os.getpid()}
        server = AnnouncedServer(
            uvicorn.Config(app, log_config=None, access_log=False, server_header=False, backlog=BACKLOG,
                           timeout_graceful_shutdown=math.ceil(settings.shutdown_seconds)),
            (listening := asyncio.Event()).set,
        )
        opening = asyncio.create_task(_opened(
            service, readiness, pool, server, listening,
            lambda: _announce(as_json, document, f"OnRecord listens on {url}")))
        with _unharmed_by_signals():
            await server.serve(sockets=[listener])
        listening.set()
        await opening


async def _ended(task: asyncio.Task[None]) -> None:
    """Cancel a task and wait until it has let go of the service."""
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def _opened(
    service: OnRecord, readiness: Readiness, pool: AnswerPool, server: uvicorn.Server, listening: asyncio.Event,
    announce: Callable[[], None],
) -> None:
    """Repair what the last run left, while questions are answered already; announce the service once it is well, which
    is when other processes may begin to read the archive.

    Where a full disk is in the way, questions are answered without the indexes until the first write that succeeds.
    Where they can't be repaired otherwise the server stops, and the error is raised.
    """
    readiness.busy = "the indexes are being opened, and repaired where they have to be"
    try:
        await asyncio.to_thread(service.archive.prepare)
        pool.open()
    except SpaceError as error:
        _log.warning("questions are answered without the indexes: %s; %s", error, error.advice)
    except BaseException:
        server.should_exit = True
        raise
    readiness.busy = None
    await listening.wait()
    if server.started:
        announce()


async def _mcp(settings: Settings) -> None:
    async with build(settings) as service:
        await McpDoor(service).serve_stdio()


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
