"""What `onrecord watch` does: watch a question, list the watches, remove one, check them now."""

from __future__ import annotations

from collections.abc import Mapping

from service.answers.watching import watch_json
from service.answers.wire import answer_json
from service.domain import Answer
from service.doors import terminal
from service.doors.asking import checked_question
from service.doors.commands import Run, Scope, with_service
from service.doors.stdout import write_json
from service.errors import UsageError
from service.ports import Watch
from service.wiring import OnRecord


def watch(run: Run, action: str, subject: str | None, notify: Mapping[str, str], scope: Scope) -> int:
    """`onrecord watch`. `subject` is the question to add or the watch to remove. Raises UsageError."""
    takes_subject = action in ("add", "remove")
    if (subject is not None) != takes_subject:
        needed = "a QUESTION" if action == "add" else "an ID"
        told = f"needs {needed}" if subject is None else f"takes no {subject!r}"
        raise UsageError(f"`watch {action}` {told}", advice="see `onrecord watch --help`")
    if action != "add" and notify:
        raise UsageError(f"`watch {action}` tells nobody", advice="see `onrecord watch --help`")
    if subject is None:
        return list_watches(run) if action == "list" else check(run)
    if action == "remove":
        return remove(run, subject)
    if len(notify) != 1:
        raise UsageError("`watch add` tells in one way", advice="give --webhook URL or --slack-channel ID")
    return add(run, subject, notify, scope)


def add(run: Run, question: str, notify: Mapping[str, str], scope: Scope) -> int:
    """`onrecord watch add`."""
    text = checked_question(question)
    filters = scope.arguments()["filters"]

    async def work(service: OnRecord) -> tuple[Watch, Answer]:
        service.check_notify(notify)
        return await service.watching.add(text, notify, filters)

    watch, answer = with_service(run.settings(), work)
    if run.as_json:
        write_json({**watch_json(watch), "secret": watch.secret, "answer": answer_json(answer)})
        return 0
    console = terminal.output()
    console.print(f"{watch.id} watches: {watch.question}", markup=False, highlight=False, soft_wrap=True)
    console.print(f"Now: {answer.answer}", markup=False, highlight=False)
    if watch.secret is not None:
        terminal.errors().print(f"Notices are signed with {watch.secret} (shown this once).",
                                markup=False, highlight=False, soft_wrap=True)
    return 0


def list_watches(run: Run) -> int:
    """`onrecord watch list`."""

    async def work(service: OnRecord) -> list[Watch]:
        return service.watches()

    found = with_service(run.settings(), work)
    if run.as_json:
        write_json({"watches": [watch_json(watch) for watch in found]})
        return 0
    console = terminal.output()
    if not found:
        console.print("No question is watched: onrecord watch add QUESTION --webhook URL")
    for watch in found:
        where = " ".join(watch.notify.values())
        console.print(f"{watch.id}  {watch.question}  {where}  since {watch.created}",
                      markup=False, highlight=False, soft_wrap=True)
    return 0


def remove(run: Run, watch_id: str) -> int:
    """`onrecord watch remove`. Raises NotFoundError."""

    async def work(service: OnRecord) -> None:
        service.unwatch(watch_id)

    with_service(run.settings(), work)
    if run.as_json:
        write_json({"removed": watch_id})
    else:
        terminal.output().print(f"{watch_id} is watched no longer.", markup=False, highlight=False)
    return 0


def check(run: Run) -> int:
    """`onrecord watch check`: what `serve` does by itself, once and now."""

    async def work(service: OnRecord) -> dict[str, int]:
        new = await service.watching.check()
        told = await service.watching.deliver(service.carriers())
        return {"new": new, "told": told, "waiting": service.watching.waiting()}

    counts = with_service(run.settings(), work)
    if run.as_json:
        write_json(counts)
    else:
        terminal.output().print(
            f"{counts['new']} with news, {counts['told']} told, {counts['waiting']} waiting to be told",
            highlight=False)
    return 0
