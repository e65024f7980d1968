"""The command line; contract, section 3. What commands do stands in `commands.py`, loaded when one runs."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.exceptions import TyperException

from service.doors.collecting import collect_seldom
from service.doors.options import (
    After,
    ArticlesAction,
    AsJson,
    AsOf,
    Before,
    Data,
    FileIds,
    KeysAction,
    Publishers,
    WatchAction,
)
from service.doors.stdout import write_json
from service.errors import OnRecordError, UsageError

INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells have it."""

app = typer.Typer(
    name="onrecord",
    help="Ask your article archive, get an answer you can quote.\n\n"
    "Exit codes: 0 done, 1 the work failed, 2 wrong usage.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)

@app.command(epilog="Example: onrecord ingest ~/articles --prune")
def ingest(
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="PATH...", help="Folders of any depth, or files, of articles.")
    ] = None,
    source: Annotated[
        str | None,
        typer.Option("--source", metavar="NAME", help="Name of the source; the folder's path by default."),
    ] = None,
    prune: Annotated[bool, typer.Option("--prune", help="Remove articles whose file is gone.")] = False,
    restore: Annotated[
        bool, typer.Option("--restore", help="Take in again what was taken down with `articles remove`.")
    ] = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Go on reading whatever changes, until Ctrl-C; prints a line each time.")
    ] = False,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Index the archive's articles anew; takes no PATH.")
    ] = False,
    as_json: AsJson = False,
    data: Data = None,
) -> int:
    """Read articles into the archive.

    Reads .txt, .md, .html, .pdf, .docx, .rtf, .eml, .json and .jsonl, RSS and Atom feeds, each of these packed as .gz,
    and .zip files of them. Running it again changes nothing. What can't be read is named, and stops nothing else. While
    another process works on the archive, that one is asked to do it.
    """
    from service.doors import commands
    from service.passages.handover import IngestOrder

    if rebuild == bool(paths):
        told = "`ingest --rebuild` takes no PATH" if paths else "nothing to ingest: no PATH was given"
        raise UsageError(told, advice="see `onrecord ingest --help`")
    if watch and (rebuild or as_json):
        raise UsageError("`--watch` goes with neither --rebuild nor --json", advice="see `onrecord ingest --help`")
    order = IngestOrder(tuple(paths or ()), source, prune, restore)
    return commands.ingest(commands.Run(as_json, data), order, watched=watch)


@app.command(epilog='Example: onrecord ask "how many troops were sent?" --published-after 2025-01-01')
def ask(
    question: Annotated[str, typer.Argument(metavar="QUESTION")],
    published_after: After = None,
    published_before: Before = None,
    publisher: Publishers = None,
    file_id: FileIds = None,
    as_of: AsOf = None,
    thread: Annotated[
        str | None,
        typer.Option("--thread", metavar="ID", help="Go on with this conversation; `new` begins one."),
    ] = None,
    as_json: AsJson = False,
    data: Data = None,
) -> int:
    """Answer a question from the articles alone, every statement with its sources."""
    from service.doors import commands

    scope = commands.Scope(published_after, published_before, publisher or (), file_id or (), as_of)
    return commands.ask(commands.Run(as_json, data), question, scope, thread)


@app.command(epilog='Example: onrecord search "troops sent" --limit 5')
def search(
    query: Annotated[str, typer.Argument(metavar="QUERY")],
    limit: Annotated[int, typer.Option("--limit", min=1, max=50, help="Most passages to show.")] = 10,
    published_after: After = None,
    published_before: Before = None,
    publisher: Publishers = None,
    file_id: FileIds = None,
    as_of: AsOf = None,
    as_json: AsJson = False,
    data: Data = None,
) -> int:
    """Show the passages nearest to a query, best first."""
    from service.doors import commands

    scope = commands.Scope(published_after, published_before, publisher or (), file_id or (), as_of)
    return commands.search(commands.Run(as_json, data), query, limit, scope)


@app.command(epilog="Example: onrecord articles show art_0123456789abcdef")
def articles(
    action: Annotated[ArticlesAction, typer.Argument(help="What to do.")] = ArticlesAction.LIST,
    file_id: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="The article to show or remove.")
    ] = None,
    failed: Annotated[
        bool, typer.Option("--failed", help="With list: the files that were set aside, and why.")
    ] = False,
    as_json: AsJson = False,
    data: Data = None,
) -> int:
    """List the articles, show one, or take one down for good.

    `remove` purges its text, its vectors, and its words in stored answers.
    """
    from service.doors import commands

    run = commands.Run(as_json, data)
    if action is ArticlesAction.LIST:
        if file_id is not None:
            raise UsageError(
                f"`articles list` takes no ID: {file_id!r}", advice="see `onrecord articles --help`"
            )
        return commands.list_failures(run) if failed else commands.list_articles(run)
    if failed:
        raise UsageError(f"`articles {action}` takes no --failed", advice="see `onrecord articles --help`")
    if file_id is None:
        raise UsageError(
            f"`articles {action}` needs an ID", advice="see `onrecord articles list` for the IDs"
        )
    return (
        commands.show_article(run, file_id)
        if action is ArticlesAction.SHOW
        else commands.remove(run, file_id)
    )


@app.command(epilog="Example: onrecord verify answer.json")
def verify(
    answer: Annotated[
        str, typer.Argument(metavar="ANSWER_ID|FILE", help="A stored answer, or its JSON; - for stdin.")
    ],
    as_json: AsJson = False,
    data: Data = None,
) -> int:
    """Check whether the quotes of an answer still stand in their files."""
    from service.doors import commands

    return commands.verify(commands.Run(as_json, data), answer)


@app.command(epilog="Example: onrecord doctor --json")
def doctor(as_json: AsJson = False, data: Data = None) -> int:
    """Show how the archive stands, what was chosen, and what to mend."""
    from service.doors import commands

    return commands.doctor(commands.Run(as_json, data))


@app.command(epilog="Example: onrecord backup backups/2026-11-22")
def backup(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A new folder for the copy.")],
    as_json: AsJson = False,
    data: Data = None,
) -> int:
    """Copy the archive's record into a new folder, with checksums, while the service runs.

    The indexes are not copied: they are made from the record.
    """
    from service.doors import backup_commands, commands

    return backup_commands.backup(commands.Run(as_json, data), folder)


@app.command(epilog="Example: onrecord restore backups/2026-11-22 --data restored")
def restore(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="What `onrecord backup` made.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Put it in the place of the archive that is there.")
    ] = False,
    as_json: AsJson = False,
    data: Data = None,
) -> int:
    """Make an archive from a backup, or put one back. A damaged backup is refused.

    What was taken down since then stays down, and a key that was revoked stays revoked.
    """
    from service.doors import backup_commands, commands

    return backup_commands.restore(commands.Run(as_json, data), folder, replace=replace)


@app.command("eval", add_help_option=False,
             context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def evaluate(context: typer.Context) -> None:
    """Measure the service with named suites of questions; `onrecord eval list` names them."""
    checkout = Path(__file__).resolve().parents[2]
    if (checkout / "evals" / "cli.py").is_file():
        sys.path.insert(0, str(checkout))
    try:
        from evals.cli import app as suites
    except ModuleNotFoundError:
        raise UsageError("the evals are not part of an installed package",
                         advice="run them in a checkout of the repository") from None
    suites(args=context.args, prog_name="onrecord eval")


@app.command(epilog="Example: onrecord serve --port 8080")
def serve(
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Port; 0 takes a free one.")] = 8000,
    as_json: AsJson = False,
    data: Data = None,
) -> int:
    """Start the HTTP service, and Slack's endpoint when its tokens are set. Ctrl-C stops it.

    With --json the document is printed once the service listens.
    """
    from service.doors import serving

    return serving.serve(as_json, data, host, port)


@app.command(epilog="Example: onrecord keys create --name newsroom --scope ask --scope ingest")
def keys(
    action: Annotated[KeysAction, typer.Argument(help="What to do.")] = KeysAction.LIST,
    key_id: Annotated[str | None, typer.Argument(metavar="[ID]", help="The key to revoke.")] = None,
    name: Annotated[str | None, typer.Option("--name", metavar="NAME", help="Who uses the new key.")] = None,
    scope: Annotated[
        list[str] | None,
        typer.Option("--scope", metavar="SCOPE", help="ask (the default), ingest or admin; may be repeated."),
    ] = None,
    as_json: AsJson = False,
    data: Data = None,
) -> int:
    """List the API keys of the HTTP service, make one, or revoke one for good.

    A new key is shown once. `ask` reads and asks, `ingest` adds articles, `admin` may do everything.
    """
    from service.doors import commands, key_commands

    run = commands.Run(as_json, data)
    if (key_id is not None) != (action is KeysAction.REVOKE):
        told = "needs an ID" if action is KeysAction.REVOKE else f"takes no ID: {key_id!r}"
        raise UsageError(f"`keys {action}` {told}", advice="see `onrecord keys --help`")
    if action is KeysAction.CREATE:
        return key_commands.create(run, name, scope or ["ask"])
    if name is not None or scope:
        raise UsageError(f"`keys {action}` takes no --name and no --scope", advice="see `onrecord keys --help`")
    return key_commands.list_keys(run) if key_id is None else key_commands.revoke(run, key_id)


@app.command(epilog='Example: onrecord watch add "how many were sent?" --webhook https://example.org/hook')
def watch(
    action: Annotated[WatchAction, typer.Argument(help="What to do.")] = WatchAction.LIST,
    subject: Annotated[
        str | None, typer.Argument(metavar="[QUESTION|ID]", help="The question to add, or the watch to remove.")
    ] = None,
    webhook: Annotated[
        str | None, typer.Option("--webhook", metavar="URL", help="Tell this address, by a signed POST.")
    ] = None,
    slack_channel: Annotated[
        str | None, typer.Option("--slack-channel", metavar="ID", help="Tell this Slack channel.")
    ] = None,
    published_after: After = None,
    published_before: Before = None,
    publisher: Publishers = None,
    file_id: FileIds = None,
    as_json: AsJson = False,
    data: Data = None,
) -> int:
    """Be told when the answer to a question changes; list the watched questions, or remove one.

    After an ingest that touches its evidence a watched question is answered again. A changed figure, status or number
    of sources is told, with the old and the new; else nothing is. `check` does so now.
    """
    from service.doors import commands, watch_commands

    scope = commands.Scope(published_after, published_before, publisher or (), file_id or (), None)
    notify = {key: value for key, value in (("webhook_url", webhook), ("slack_channel", slack_channel)) if value}
    return watch_commands.watch(commands.Run(as_json, data), action.value, subject, notify, scope)


@app.command("mcp", epilog="Example: onrecord mcp --data ~/archive")
def model_context(as_json: AsJson = False, data: Data = None) -> int:
    """Offer the archive to an AI client over the Model Context Protocol, on stdin and stdout.

    With --json it prints the entry for the client's configuration, and ends.
    """
    from service.doors import serving

    return serving.mcp(as_json, data)


@app.command(epilog="Example: SLACK_BOT_TOKEN=xoxb-… SLACK_APP_TOKEN=xapp-… onrecord slack")
def slack(as_json: AsJson = False, data: Data = None) -> int:
    """Answer in Slack over Socket Mode. Ctrl-C stops it.

    With --json the document is printed once the socket is open.
    """
    from service.doors import serving

    return serving.slack(as_json, data)


def main() -> None:
    """The `onrecord` command."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """One command; its exit code. A failure is two lines on stderr, and with --json a document on stdout."""
    collect_seldom()
    as_json = "--json" in (arguments[: arguments.index("--")] if "--" in arguments else arguments)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    try:
        code = typer.main.get_command(app).main(list(arguments), prog_name="onrecord", standalone_mode=False)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED
    except TyperException as error:
        return _misused(error, as_json)
    except OnRecordError as error:
        return _failed(str(error), error.advice, 2 if isinstance(error, UsageError) else 1, as_json)
    except Exception as error:
        if sys.flags.dev_mode:
            raise
        told = f"unexpected {type(error).__name__}: {error}"
        return _failed(told, "to see where, run it again with PYTHONDEVMODE=1 set", 1, as_json)
    return int(code or 0)


def _misused(error: TyperException, as_json: bool) -> int:
    """What the parser refused; the help text itself where a command was given nothing."""
    context: Any = getattr(error, "ctx", None)
    path = context.command_path if context else "onrecord"
    if type(error).__name__ == "NoArgsIsHelpError":
        sys.stderr.write(error.format_message() + "\n")
        return error.exit_code
    return _failed(error.format_message(), f"see `{path} --help`", error.exit_code, as_json)


def _failed(told: str, advice: str, code: int, as_json: bool) -> int:
    """Tell a failure: one line what is wrong, one what to do next."""
    told = " ".join(told.removeprefix("Value error, ").split())
    sys.stderr.write(f"onrecord: {told}\n  next: {advice}\n")
    if as_json:
        write_json({"error": {"detail": told, "advice": advice, "exit_code": code}})
    return code


if __name__ == "__main__":
    main()
