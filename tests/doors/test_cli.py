"""The command line: exit codes and streams of the real command, and what each command prints."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from service.doors import cli
from service.doors.schema import AnswerOut, PassagesOut, VerificationOut
from tests.conftest import ROOT
from tests.doors.articles import QUESTION, write_articles

COMMAND = (sys.executable, "-m", "service.doors.cli")
COMMANDS = ("ingest", "ask", "search", "articles", "verify", "doctor", "serve", "slack", "keys", "mcp",
            "backup", "restore")

Ran = Callable[..., "Outcome"]


class Outcome:
    """What one command did."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    def __repr__(self) -> str:
        return f"exit {self.code}, stdout {self.out!r}, stderr {self.err!r}"

    @property
    def document(self) -> Any:
        """The JSON document on stdout, and nothing beside it."""
        return json.loads(self.out)


def environment(**more: str) -> dict[str, str]:
    """A bare environment in which the package is found."""
    return {"PATH": os.environ["PATH"], "HOME": os.environ["HOME"], "PYTHONPATH": str(ROOT), **more}


def command(*arguments: str | bytes, env: Mapping[str, str] | None = None, given: bytes = b"") -> Outcome:
    """The real command, as a process of its own."""
    done = subprocess.run(
        [*COMMAND, *arguments], input=given, capture_output=True, env=environment(**(env or {})), timeout=120
    )
    return Outcome(done.returncode, done.stdout.decode(), done.stderr.decode())


@pytest.fixture
def onrecord(capsys: pytest.CaptureFixture[str]) -> Ran:
    """The command within this process."""

    def run(*arguments: str) -> Outcome:
        capsys.readouterr()
        code = cli.run(arguments)
        out, err = capsys.readouterr()
        return Outcome(code, out, err)

    return run


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three articles."""
    return write_articles(tmp_path_factory.mktemp("articles") / "press")


@pytest.fixture(scope="module")
def data(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The state of an archive of the three; tests only read it."""
    state = tmp_path_factory.mktemp("state") / "data"
    assert cli.run(["ingest", str(folder), "--data", str(state)]) == 0
    return str(state)


def test_ingest_reports_as_the_contract_says_and_changes_nothing_when_it_runs_again(
    folder: Path, tmp_path: Path
) -> None:
    first = command("ingest", str(folder), "--json", "--data", str(tmp_path / "data"))
    again = command("ingest", str(folder), "--json", "--data", str(tmp_path / "data"))
    assert (first.code, first.err, again.code, again.err) == (0, "", 0, "")
    fields = ["added", "updated", "unchanged", "removed", "failed", "articles", "passages", "seconds"]
    assert list(first.document) == list(again.document) == fields
    counts = {name: first.document[name] for name in fields[:6]}
    assert counts == {"added": 3, "updated": 0, "unchanged": 0, "removed": 0, "failed": [], "articles": 3}
    counts = {name: again.document[name] for name in fields[:6]}
    assert counts == {"added": 0, "updated": 0, "unchanged": 3, "removed": 0, "failed": [], "articles": 3}
    assert first.document["passages"] == again.document["passages"] > 0


def test_ask_prints_one_whole_answer_on_stdout_and_nothing_else(data: str, folder: Path) -> None:
    asked = command("ask", QUESTION, "--json", "--data", data)
    assert (asked.code, asked.err) == (0, "")
    answer = asked.document
    AnswerOut.model_validate(answer)
    assert (answer["status"], {claim["low"] for claim in answer["claims"]}) == ("disputed", {4200, 3000})
    assert answer["answer"] == " ".join(statement["text"] for statement in answer["statements"])
    for citation in answer["citations"]:
        text = (folder / citation["filename"]).read_text(encoding="utf-8")
        assert text[citation["start_char_index"] : citation["end_char_index"]] == citation["cited_text"]


def test_a_follow_up_in_a_thread_is_shown_as_it_was_understood(onrecord: Ran, data: str) -> None:
    begun = onrecord("ask", QUESTION, "--thread", "cli-1", "--data", data)
    assert begun.code == 0
    assert "Understood as" not in begun.out
    assert "thread cli-1" in begun.out
    gone_on = onrecord("ask", "when?", "--thread", "cli-1", "--data", data)
    assert "Understood as: When were people moved out of the old town?" in " ".join(gone_on.out.split())
    document = onrecord("ask", "why?", "--thread", "cli-1", "--json", "--data", data).document
    assert document["standalone_question"] == "Why were people moved out of the old town?"
    assert onrecord("ask", QUESTION, "--thread", "a b", "--data", data).code == 2


@pytest.mark.parametrize(("arguments", "wrong"), [
    (["ask", "--frobnicate", "x"], "--frobnicate"),
    (["ask", "  \u200b "], "the question is blank"),
    (["ask", "x" * 2001], "2001 characters"),
    (["ask"], "QUESTION"),
    (["ask", "who?", "--as-of", "yesterday"], "--as-of"),
    (["ask", "who?", "--published-after", "2026-02-30"], "--published-after"),
    (["ask", "who?", "--published-after", "2026-02-03", "--published-before", "2026-02-02"], "later than"),
    (["search", "x", "--limit", "0"], "--limit"),
    (["search", ""], "the query is blank"),
    (["articles", "burn"], "'burn' is not one of 'list', 'show', 'remove'"),
    (["articles", "show"], "needs an ID"),
    (["articles", "list", "art_1"], "takes no ID"),
    (["ingest"], "no PATH was given"),
    (["ingest", "x", "--rebuild"], "takes no PATH"),
    (["verify", "no-such-file"], "no-such-file"),
    (["serve", "--port", "70000"], "--port"),
    (["keys", "burn"], "'burn' is not one of 'list', 'create', 'revoke'"),
    (["keys", "create"], "needs --name"),
    (["keys", "create", "--name", "x", "--scope", "root"], "no such scope: 'root'"),
    (["keys", "create", "0f3c9a1b2d4e", "--name", "x"], "takes no ID"),
    (["keys", "revoke"], "needs an ID"),
    (["keys", "list", "--name", "x"], "takes no --name"),
    (["slack"], "SLACK_APP_TOKEN is not set"),
    (["dance"], "dance"),
])  # fmt: skip
def test_wrong_usage_is_two_lines_on_stderr_and_exit_code_2(
    onrecord: Ran, arguments: Sequence[str], wrong: str
) -> None:
    plain, as_json = onrecord(*arguments), onrecord(*arguments, "--json")
    assert (plain.code, plain.out, as_json.code) == (2, "", 2)
    told, advice, *rest = plain.err.splitlines()
    assert (told[:10], advice[:8], rest) == ("onrecord: ", "  next: ", [])
    assert wrong in told
    assert as_json.err == plain.err
    assert as_json.document == {"error": {"detail": told[10:], "advice": advice[8:], "exit_code": 2}}


@pytest.mark.parametrize("arguments", [[], ["--frobnicate"], ["ask", "who?", "--frobnicate"]])
def test_the_real_command_exits_with_2_and_no_traceback_on_wrong_usage(arguments: Sequence[str]) -> None:
    done = command(*arguments)
    assert (done.code, done.out) == (2, "")
    assert "Traceback" not in done.err


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_json_data_and_a_help_with_an_example(onrecord: Ran, name: str) -> None:
    shown = onrecord(name, "--help")
    assert (shown.code, shown.err) == (0, "")
    assert f"Usage: onrecord {name}" in shown.out
    assert "--json" in shown.out
    assert "--data DIR" in shown.out
    assert f"onrecord {name}" in shown.out.split("Example:")[1]


def test_the_help_names_every_command_and_asking_for_it_is_no_failure(onrecord: Ran) -> None:
    shown = onrecord("--help")
    assert shown.code == 0
    assert all(f"\n  {name}" in shown.out for name in COMMANDS)


def test_asking_an_empty_archive_is_an_honest_answer(onrecord: Ran, tmp_path: Path) -> None:
    asked = onrecord("ask", QUESTION, "--json", "--data", str(tmp_path / "data"))
    assert asked.code == 0
    answer = asked.document
    assert (answer["status"], answer["reason"], answer["statements"]) == ("not_found", "empty_archive", [])
    shown = onrecord("ask", QUESTION, "--data", str(tmp_path / "data"))
    assert "The archive holds no article yet.\nFill it with: onrecord ingest PATH" in shown.out


def test_a_question_without_words_to_look_for_is_no_question(onrecord: Ran, data: str) -> None:
    answer = onrecord("ask", "???", "--json", "--data", data).document
    assert (answer["status"], answer["reason"]) == ("not_found", "not_a_question")


@pytest.mark.parametrize("make", [
    lambda folder: folder.mkdir(),
    lambda folder: (folder.mkdir(), (folder / "a.txt").write_bytes(bytes(range(256)) * 40)),
    lambda folder: (folder.mkdir(), (folder / "a.txt").write_bytes(b" \n\n ")),
    lambda folder: (folder.mkdir(), (folder / "a.txt").write_bytes(b"word " * 10_000_000)),
    Path,
], ids=["empty folder", "binary file", "blank file", "50 MB line", "no folder"])  # fmt: skip
def test_ingesting_nothing_that_can_be_read_fails_with_exit_code_1(
    onrecord: Ran, tmp_path: Path, make: Callable[[Path], object]
) -> None:
    make(tmp_path / "articles")
    done = onrecord("ingest", str(tmp_path / "articles"), "--json", "--data", str(tmp_path / "data"))
    assert done.code == 1
    told, advice = done.err.splitlines()
    assert str(tmp_path / "articles") in told
    assert done.document == {"error": {"detail": told[10:], "advice": advice[8:], "exit_code": 1}}


def test_what_cannot_be_read_is_named_and_stops_nothing_else(onrecord: Ran, tmp_path: Path) -> None:
    articles = write_articles(tmp_path / "articles")
    (articles / "binary.txt").write_bytes(bytes(range(256)) * 40)
    (articles / "gone.txt").symlink_to(tmp_path / "nowhere")
    done = onrecord("ingest", str(articles), "--json", "--data", str(tmp_path / "data"))
    assert (done.code, done.document["added"], done.document["articles"]) == (0, 3, 3)
    assert {Path(failure["path"]).name for failure in done.document["failed"]} >= {"binary.txt"}
    shown = onrecord("ingest", str(articles), "--data", str(tmp_path / "data"))
    assert shown.out.startswith("nothing new; 3 articles, ")
    assert "set aside: " in shown.out


def test_the_terminal_answer_tells_the_disagreement_and_the_sources(onrecord: Ran, data: str) -> None:
    shown = onrecord("ask", QUESTION, "--data", data)
    assert shown.code == 0
    assert shown.out.startswith("Sources differ [1][2].")
    assert "\nThe sources disagree\n" in shown.out
    assert "Harbour Gazette, 3 March 2026: Flood empties the old town\n" in shown.out
    assert "\x1b" not in shown.out


@pytest.mark.parametrize(("options", "values"), [
    (["--publisher", "Harbour Gazette"], {4200}),
    (["--published-after", "2026-03-04"], {3000}),
    (["--published-before", "2026-03-03"], {4200}),
    (["--published-before", "2025-01-01"], set()),
    (["--file-id", "art_unknown"], set()),
])  # fmt: skip
def test_the_filters_say_which_articles_answer(
    onrecord: Ran, data: str, options: Sequence[str], values: set[int]
) -> None:
    answer = onrecord("ask", QUESTION, *options, "--json", "--data", data).document
    assert {claim["low"] for claim in answer["claims"]} == values
    assert answer["status"] == ("answered" if values else "not_found")


def test_search_shows_passages_with_their_places(onrecord: Ran, data: str, folder: Path) -> None:
    found = onrecord("search", "frost and apples", "--limit", "2", "--json", "--data", data).document
    PassagesOut.model_validate(found)
    best = found["passages"][0]
    assert [passage["index"] for passage in found["passages"]] == [1, 2]
    assert best["filename"] == "orchard.txt"
    text = (folder / "orchard.txt").read_text(encoding="utf-8")
    assert text[best["start_char_index"] : best["end_char_index"]] == best["cited_text"]
    shown = onrecord("search", "frost and apples", "--data", data)
    assert shown.out.startswith("1. ")
    assert "orchard.txt, characters" in shown.out


def test_articles_are_listed_shown_and_taken_down_for_good(onrecord: Ran, tmp_path: Path) -> None:
    state = ("--data", str(tmp_path / "data"))
    onrecord("ingest", str(write_articles(tmp_path / "articles")), *state)
    answer = onrecord("ask", QUESTION, "--json", *state).document
    listed = onrecord("articles", "--json", *state).document["articles"]
    assert [item["filename"] for item in listed] == ["flood/courier.txt", "flood/gazette.md", "orchard.txt"]
    gone = listed[1]["file_id"]
    article = onrecord("articles", "show", gone, "--json", *state).document
    assert article["text"] == (tmp_path / "articles/flood/gazette.md").read_text(encoding="utf-8")
    assert (article["publisher"], article["published"]) == ("Harbour Gazette", "2026-03-03")
    assert article["characters"] == len(article["text"])
    assert "About 4,200 people" in onrecord("articles", "show", gone, *state).out

    assert onrecord("articles", "remove", gone, "--json", *state).document == {"removed": [gone]}
    assert "flood/gazette.md" not in onrecord("articles", *state).out
    assert onrecord("ask", QUESTION, "--json", *state).document["status"] == "answered"
    stored = onrecord("verify", answer["id"], "--json", *state).document
    states = {verdict["file_id"]: verdict["state"] for verdict in stored["citations"]}
    assert states == {gone: "source_removed", listed[0]["file_id"]: "valid"}
    again = onrecord("articles", "remove", gone, *state)
    assert (again.code, again.err.splitlines()[0]) == (1, f"onrecord: no article {gone!r}")
    assert onrecord("articles", "show", gone, *state).code == 1


def test_prune_removes_articles_whose_file_is_gone(onrecord: Ran, tmp_path: Path) -> None:
    articles, state = write_articles(tmp_path / "articles"), ("--json", "--data", str(tmp_path / "data"))
    onrecord("ingest", str(articles), *state)
    (articles / "orchard.txt").unlink()
    kept = onrecord("ingest", str(articles), *state).document
    pruned = onrecord("ingest", str(articles), "--prune", *state).document
    assert (kept["removed"], kept["articles"], pruned["removed"], pruned["articles"]) == (0, 3, 1, 2)


def test_verify_tells_valid_moved_changed_and_removed_apart(onrecord: Ran, tmp_path: Path) -> None:
    articles, state = write_articles(tmp_path / "articles"), ("--json", "--data", str(tmp_path / "data"))
    onrecord("ingest", str(articles), *state)
    answer = onrecord("ask", QUESTION, *state).document
    saved = tmp_path / "answer.json"
    saved.write_text(json.dumps(answer), encoding="utf-8")

    def states() -> dict[str, tuple[str, int | None]]:
        document = onrecord("verify", str(saved), *state).document
        VerificationOut.model_validate(document)
        assert document["id"] == answer["id"]
        assert document == onrecord("verify", answer["id"], *state).document
        return {v["filename"]: (v["state"], v["start_char_index"]) for v in document["citations"]}

    start = {citation["filename"]: citation["start_char_index"] for citation in answer["citations"]}
    assert states() == {name: ("valid", place) for name, place in start.items()}
    gazette, courier = articles / "flood/gazette.md", articles / "flood/courier.txt"
    gazette.write_text(
        gazette.read_text(encoding="utf-8").replace("The river", "Again, the river"), encoding="utf-8"
    )
    courier.write_text(courier.read_text(encoding="utf-8").replace("3,000", "3,500"), encoding="utf-8")
    assert states() == {
        "flood/gazette.md": ("moved", start["flood/gazette.md"] + len("Again, ")),
        "flood/courier.txt": ("source_changed", None),
    }
    gazette.unlink()
    assert states()["flood/gazette.md"] == ("source_removed", None)


def test_verify_reads_an_answer_from_stdin(data: str, onrecord: Ran) -> None:
    answer = onrecord("ask", QUESTION, "--json", "--data", data).out
    done = command("verify", "-", "--data", data, given=answer.encode())
    assert (done.code, done.err) == (0, "")
    assert [line.split()[1] for line in done.out.splitlines() if line.startswith("[")] == ["valid", "valid"]


@pytest.mark.parametrize("content", ["{", "[]", '{"id": 1}', '{"citations": [{}]}', b"\xff\xfe\x00\xd8"])
def test_verify_says_so_when_a_file_is_no_answer(
    onrecord: Ran, data: str, tmp_path: Path, content: str | bytes
) -> None:
    file = tmp_path / "answer.json"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    done = onrecord("verify", str(file), "--data", data)
    assert (done.code, done.out) == (2, "")
    assert len(done.err.splitlines()) == 2


def test_verifying_an_answer_that_was_never_given_fails(onrecord: Ran, data: str) -> None:
    done = onrecord("verify", "ans_unknown", "--data", data)
    assert (done.code, done.err.splitlines()[0]) == (1, "onrecord: no answer 'ans_unknown' is kept here")


def test_doctor_tells_what_was_chosen(onrecord: Ran, data: str) -> None:
    found = onrecord("doctor", "--json", "--data", data)
    assert (found.code, found.document["ok"]) == (0, True)
    names = [finding["name"] for finding in found.document["findings"]]
    assert {"version", "data", "archive", "embedder", "index", "store", "model", "slack"} <= set(names)
    shown = onrecord("doctor", "--data", data)
    assert all(f"ok {name}" in shown.out for name in names)


def test_an_unknown_setting_is_refused_by_name(
    onrecord: Ran, data: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONRECORD_MODLE", "hush")
    done = onrecord("ask", QUESTION, "--data", data)
    assert (done.code, done.out) == (2, "")
    assert "unknown setting ONRECORD_MODLE" in done.err
    assert "hush" not in done.err


def test_an_endpoint_that_is_not_used_is_told_on_stderr(
    onrecord: Ran, data: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-hush")
    done = onrecord("ask", QUESTION, "--json", "--data", data)
    assert (done.code, done.document["model"], len(done.err.splitlines())) == (0, "extractive", 1)
    assert "ONRECORD_MODEL" in done.err
    assert "hush" not in done.err


def test_a_terminal_that_knows_ascii_only_and_bytes_that_are_no_text_harm_nothing(data: str) -> None:
    env = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    asked = command("ask", b"how many people\xff were moved out of the old town \xe2\x80\x9d?", "--json",
                    "--data", data, env=env)  # fmt: skip
    assert (asked.code, asked.err) == (0, "")
    assert asked.document["question"].startswith("how many people\ufffd")
    shown = command("ask", QUESTION, "--data", data, env=env)
    assert (shown.code, shown.err) == (0, "")


def test_a_reader_that_goes_away_gets_no_traceback(data: str) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as closed:
        done = subprocess.run(
            [*COMMAND, "articles", "--data", data], stdout=closed, stderr=subprocess.PIPE, env=environment()
        )
    assert done.stderr == b""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_serve_says_where_it_listens_and_stops_cleanly(folder: Path, tmp_path: Path, number: int) -> None:
    state = str(tmp_path / "data")
    with subprocess.Popen(
        [*COMMAND, "serve", "--port", "0", "--json", "--data", state],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(),
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stderr is not None
        lines = iter(process.stdout.readline, b"")
        document = b""
        for line in lines:
            document += line
            if line == b"}\n":
                break
        told = json.loads(document)
        port = int(told["url"].rsplit(":", 1)[1])
        assert (told["url"], told["slack"], told["pid"]) == (f"http://127.0.0.1:{port}", False, process.pid)
        with socket.create_connection(("127.0.0.1", port), timeout=10):
            pass
        process.send_signal(number)
        rest, err = process.stdout.read(), process.stderr.read()
        assert (process.wait(30), rest) == (0, b"")
        assert b"Traceback" not in err
    assert cli.run(["ingest", str(folder), "--json", "--data", state]) == 0


def test_a_port_that_is_taken_is_a_failure_that_says_so(onrecord: Ran, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = onrecord("serve", "--port", str(port), "--data", str(tmp_path))
    assert (done.code, done.out) == (1, "")
    assert f"can't listen on '127.0.0.1', port {port}" in done.err
