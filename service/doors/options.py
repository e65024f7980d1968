"""The options that commands share, and what those with an action can do."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

Data = Annotated[
    Path | None,
    typer.Option(
        "--data",
        metavar="DIR",
        help="Folder of the archive's state (default: ./.onrecord).",
        show_default=False,
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout and nothing else.")]
After = Annotated[
    str | None,
    typer.Option(
        "--published-after", metavar="DATE", help="Only articles of this day (YYYY-MM-DD) or later."
    ),
]
Before = Annotated[
    str | None,
    typer.Option(
        "--published-before", metavar="DATE", help="Only articles of this day (YYYY-MM-DD) or earlier."
    ),
]
Publishers = Annotated[
    list[str] | None, typer.Option("--publisher", metavar="NAME", help="Only this outlet; may be repeated.")
]
FileIds = Annotated[
    list[str] | None, typer.Option("--file-id", metavar="ID", help="Only this article; may be repeated.")
]
AsOf = Annotated[
    str | None,
    typer.Option("--as-of", metavar="DATE", help="The day the question is asked; today by default."),
]


class ArticlesAction(StrEnum):
    """What `onrecord articles` does."""

    LIST = "list"
    SHOW = "show"
    REMOVE = "remove"


class WatchAction(StrEnum):
    """What `onrecord watch` does."""

    ADD = "add"
    LIST = "list"
    REMOVE = "remove"
    CHECK = "check"


class KeysAction(StrEnum):
    """What `onrecord keys` does."""

    LIST = "list"
    CREATE = "create"
    REVOKE = "revoke"
