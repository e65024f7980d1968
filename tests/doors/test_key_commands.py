"""`onrecord keys`: made once, shown once, listed without their secret, revoked for good."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from service.doors import cli
from service.doors.keys import KeyRing
from service.settings import Settings
from service.wiring import build, open_keys

Captured = pytest.CaptureFixture[str]


def run(capsys: Captured, *arguments: str) -> tuple[int, str, str]:
    """A command's exit code and what it printed."""
    code = cli.run(arguments)
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def test_a_key_is_shown_once_then_listed_used_and_revoked(capsys: Captured, tmp_path: Path) -> None:
    state = ("--json", "--data", str(tmp_path / "data"))

    def document(*arguments: str) -> Any:
        code, out, _ = run(capsys, *arguments, *state)
        assert code == 0
        return json.loads(out)

    assert document("keys") == {"keys": []}
    made = document("keys", "create", "--name", "newsroom", "--scope", "ask", "--scope", "ingest")
    text = made.pop("key")
    assert (made["name"], made["scopes"], made["last_used"], made["revoked"]) == ("newsroom", ["ask", "ingest"], None, None)
    assert text.startswith(f"onr_{made['id']}_")
    assert document("keys", "list") == {"keys": [made]}
    with open_keys(Settings(data=tmp_path / "data")) as keys:
        assert KeyRing(keys).check(text) is not None
    assert document("keys", "revoke", made["id"]) == {"revoked": made["id"]}
    (left,) = document("keys")["keys"]
    assert left["revoked"] is not None
    with open_keys(Settings(data=tmp_path / "data")) as keys:
        assert KeyRing(keys).check(text) is None
    assert run(capsys, "keys", "revoke", made["id"], *state)[0] == 1


def test_people_get_the_key_alone_on_stdout(capsys: Captured, tmp_path: Path) -> None:
    state = ("--data", str(tmp_path / "data"))
    code, out, err = run(capsys, "keys", "create", "--name", "news [red] room", *state)
    assert (code, out.startswith("onr_"), len(out.split())) == (0, True, 1)
    assert "not shown again" in err
    assert out.strip() not in err
    listed = run(capsys, "keys", *state)[1]
    assert "news [red] room  ask  created" in listed
    assert "last used never" in listed


async def test_keys_are_made_while_another_process_owns_the_archive(capsys: Captured, tmp_path: Path) -> None:
    async with build(Settings(data=tmp_path / "data"), owner=True) as service:
        assert run(capsys, "keys", "create", "--name", "x", "--data", str(tmp_path / "data"))[0] == 0
        assert [key.name for key in service.keys.all_keys()] == ["x"]


def test_the_entry_for_a_clients_configuration_is_one_document(capsys: Captured, tmp_path: Path) -> None:
    code, out, _ = run(capsys, "mcp", "--json", "--data", str(tmp_path / "data"))
    entry = json.loads(out)["mcpServers"]["onrecord"]
    assert (code, entry["args"][-3:]) == (0, ["mcp", "--data", str(tmp_path / "data")])
    assert not (tmp_path / "data").exists()
