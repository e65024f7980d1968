"""What `onrecord keys` does: make, list and revoke API keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from service.doors import terminal
from service.doors.commands import Run
from service.doors.keys import new_key, now
from service.doors.stdout import write_json
from service.errors import NotFoundError, UsageError
from service.ports import ApiKey
from service.wiring import open_keys


def create(run: Run, name: str | None, scopes: Sequence[str]) -> int:
    """`onrecord keys create`: the only time that the key itself is shown. Raises UsageError."""
    if name is None:
        raise UsageError("`keys create` needs --name", advice="name it after who uses it: --name newsroom")
    key, text = new_key(name, scopes)
    with open_keys(run.settings()) as keys:
        keys.add_key(key)
    if run.as_json:
        write_json({**key_json(key), "key": text})
    else:
        console = terminal.output()
        console.print(text, markup=False, highlight=False, soft_wrap=True)
        terminal.errors().print(f"Key {key.id} ({', '.join(key.scopes)}) for {key.name}. It is not shown again.",
                                markup=False, highlight=False)
    return 0


def list_keys(run: Run) -> int:
    """`onrecord keys list`."""
    with open_keys(run.settings()) as keys:
        found = keys.all_keys()
    if run.as_json:
        write_json({"keys": [key_json(key) for key in found]})
        return 0
    console = terminal.output()
    if not found:
        console.print("There are no API keys yet: onrecord keys create --name NAME")
    for key in found:
        state = f"revoked {key.revoked}" if key.revoked else f"last used {key.last_used or 'never'}"
        console.print(f"{key.id}  {key.name}  {' '.join(key.scopes)}  created {key.created}  {state}",
                      markup=False, highlight=False, soft_wrap=True)
    return 0


def revoke(run: Run, key_id: str) -> int:
    """`onrecord keys revoke`; from then on the key opens nothing. Raises NotFoundError."""
    with open_keys(run.settings()) as keys:
        if not keys.revoke_key(key_id, now()):
            raise NotFoundError(f"no API key {key_id!r} that isn't revoked", advice="see `onrecord keys list`")
    if run.as_json:
        write_json({"revoked": key_id})
    else:
        terminal.output().print(f"Revoked {key_id}.", markup=False, highlight=False)
    return 0


def key_json(key: ApiKey) -> dict[str, Any]:
    """What may be told of a key: everything but its hash."""
    return {"id": key.id, "name": key.name, "scopes": list(key.scopes), "created": key.created,
            "last_used": key.last_used, "revoked": key.revoked}
