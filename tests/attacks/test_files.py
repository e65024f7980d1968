"""Files that mean harm, seen from the command that reads them, and look-alike letters, seen from the gates."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from pathlib import Path

import docx
import pytest

from evals.fuzz_targets import STORY, evidence
from service.answers.verify import Proposed, Rejected, Verified, verify
from service.articles.read import read_bytes
from service.doors import cli
from tests.articles.test_poison import POISON, WORDS

TRUE = "About 4,200 people were moved out of Marlow Quay on Monday night, the county said."


def test_what_was_set_aside_is_listed_with_its_reason_and_the_rest_is_in_the_archive(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, data = tmp_path / "press", str(tmp_path / "data")
    folder.mkdir()
    poison = ("bomb.txt.gz", "line.txt", "nul.txt", "broken.pdf", "deep.html", "deep.json")
    for name in poison:
        (folder / name).write_bytes(POISON[name][0]())
    (folder / "a\x1b[2J\nforged.txt").write_bytes(b"\0\0")
    (folder / "good.txt").write_text(WORDS, "utf-8")
    assert cli.run(["ingest", str(folder), "--data", data, "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["added"], len(report["failed"])) == (1, len(poison) + 1)
    assert cli.run(["articles", "list", "--failed", "--data", data]) == 0
    shown = capsys.readouterr().out
    assert "\x1b" not in shown
    for name in poison:
        assert name in shown
        assert POISON[name][1].split(" ")[-1] in " ".join(shown.split())
    assert cli.run(["search", "ferry", "--data", data, "--json"]) == 0
    assert [one["filename"] for one in json.loads(capsys.readouterr().out)["passages"]] == ["good.txt"]


def test_names_inside_a_packed_file_lead_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    packed, document, whole = io.BytesIO(), docx.Document(), io.BytesIO()
    with gzip.GzipFile("../../evil.txt", "wb", fileobj=packed) as file:
        file.write(WORDS.encode())
    document.add_paragraph(WORDS)
    document.save(whole)
    with zipfile.ZipFile(whole, "a") as archive:
        archive.writestr("../../evil.txt", "x")
        archive.writestr("/tmp/evil.txt", "x")
    before = set(tmp_path.parent.parent.iterdir())
    assert read_bytes(packed.getvalue(), source="s", filename="a.txt.gz").text == WORDS
    assert WORDS in read_bytes(whole.getvalue(), source="s", filename="a.docx").text
    assert list(tmp_path.glob("**/evil.txt")) == []
    assert set(tmp_path.parent.parent.iterdir()) == before


@pytest.mark.parametrize("changed", [
    TRUE.replace("county", "cоunty"), TRUE.replace("Marlow", "Mаrlow"), TRUE.replace("Marlow", "Мarlow"),
    TRUE.replace("4,200", "4,२00"), TRUE.replace("Marlow", "Mar\u200blow"), TRUE.replace("Marlow", "\u202eMarlow\u202c"),
    TRUE.replace("Marlow", "Mar\u00adlow"), TRUE.replace("Marlow", "Mar\U000e0041low"), TRUE.replace("4,200", "4,200\u0336"),
    TRUE.replace("people", "peoplе")])
def test_a_statement_with_an_unseen_or_look_alike_sign_does_not_leave(changed: str) -> None:
    assert TRUE in STORY
    assert isinstance(verify(Proposed(TRUE, (("p1", TRUE),)), evidence()), Verified)
    assert isinstance(verify(Proposed(changed, (("p1", TRUE),)), evidence()), Rejected)
    assert isinstance(verify(Proposed(changed, (("p1", changed),)), evidence()), Rejected)
