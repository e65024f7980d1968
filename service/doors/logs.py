"""The service's log: one line for each event on stderr, as JSON, with the request's id."""

from __future__ import annotations

import logging
import sys
from typing import Literal

import structlog
from structlog.typing import Processor

_QUIET = ("httpx", "httpx2", "httpcore", "openai", "slack_bolt", "slack_sdk", "chromadb", "mcp", "uvicorn.error",
          "alembic", "asyncio")
"""Packages whose chatter is not ours to tell: they speak from `warning` on."""


class _Stderr(logging.Handler):
    """Lines on stderr, wherever that leads at the time."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line."""
        try:
            sys.stderr.write(self.format(record) + "\n")
            sys.stderr.flush()
        except Exception:
            self.handleError(record)


def configure_logging(form: Literal["json", "text"], level: str) -> None:
    """Send every log line of this process to stderr, one line each.

    `json` is one JSON object a line; `text` is `key=value`, values as Python writes them. Both escape control
    characters, so that no path or name can forge a line. `level` is the least that is told.
    """
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    order = ["timestamp", "level", "logger", "event"]
    renderer: Processor = (
        structlog.processors.JSONRenderer() if form == "json"
        else structlog.processors.KeyValueRenderer(key_order=order, drop_missing=True)
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.format_exc_info, renderer],
    )
    root = logging.getLogger()
    for old in [one for one in root.handlers if isinstance(one, _Stderr)]:
        root.removeHandler(old)
    handler = _Stderr()
    handler.setFormatter(formatter)
    root.addHandler(handler)
    root.setLevel(level.upper())
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
