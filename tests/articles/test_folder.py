"""Walking a folder: order, names, and what can't be taken."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from service.articles.folder import Found, Refused, source_of, walk
from service.errors import ReadError


def _tree(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("The story is short.")


def test_files_come_sorted_by_name_with_their_path_below_the_root(tmp_path: Path) -> None:
    _tree(tmp_path, "b.txt", "a/z.MD", "a/b/c.txt", "a.txt")
    assert [(found.filename, found.path) for found in walk(tmp_path)] == [
        (name, tmp_path / name) for name in ("a/b/c.txt", "a/z.MD", "a.txt", "b.txt")
    ]


def test_hidden_files_and_the_archives_own_state_are_passed_over(tmp_path: Path) -> None:
    _tree(tmp_path, ".hidden.txt", ".onrecord/a.txt", ".git/b.txt", "c.txt")
    assert [found.filename for found in walk(tmp_path)] == ["c.txt"]


def test_other_formats_are_reported_but_fail_only_when_named(tmp_path: Path) -> None:
    _tree(tmp_path, "a.odt", "b.txt")
    refused, found = walk(tmp_path)
    assert isinstance(refused, Refused)
    assert (refused.filename, refused.unsupported) == ("a.odt", True)
    assert "'.odt'" in refused.error
    assert isinstance(found, Found)
    (named,) = walk(tmp_path / "a.odt")
    assert isinstance(named, Refused)
    assert not named.unsupported


def test_no_link_is_followed_out_of_the_root_or_round_in_a_circle(tmp_path: Path) -> None:
    _tree(tmp_path, "in/a.txt", "out/b.txt")
    (tmp_path / "in" / "away").symlink_to(tmp_path / "out")
    (tmp_path / "in" / "secret.txt").symlink_to(tmp_path / "out" / "b.txt")
    (tmp_path / "in" / "loop").symlink_to(tmp_path / "in")
    (tmp_path / "in" / "same.txt").symlink_to(tmp_path / "in" / "a.txt")
    seen = list(walk(tmp_path / "in"))
    assert [one.filename for one in seen if isinstance(one, Found)] == ["a.txt", "same.txt"]
    assert [(one.filename, one.error) for one in seen if isinstance(one, Refused)] == [
        ("away", "the link leads out of the folder"),
        ("secret.txt", "the link leads out of the folder"),
    ]


def test_a_file_is_its_own_walk_and_its_folder_the_source(tmp_path: Path) -> None:
    _tree(tmp_path, "a/b.txt")
    assert list(walk(tmp_path / "a" / "b.txt")) == [Found(tmp_path / "a" / "b.txt", "b.txt")]
    real = os.path.realpath(tmp_path / "a")
    assert source_of(tmp_path / "a" / "b.txt") == source_of(tmp_path / "a") == real


def test_a_source_is_the_real_path(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert source_of(tmp_path / "link") == os.path.realpath(tmp_path / "real")


def test_a_path_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="is not there"):
        list(walk(tmp_path / "none"))


def test_a_name_that_is_no_text_is_refused(tmp_path: Path) -> None:
    try:
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/bad\xff.txt")).write_text("x")
    except OSError:
        pytest.skip("this file system takes no such name")
    (refused,) = walk(tmp_path)
    assert isinstance(refused, Refused)
    assert refused.filename == "bad\\udcff.txt"
    refused.filename.encode("utf-8")


def test_an_unreadable_folder_is_reported_and_the_rest_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _tree(tmp_path, "a/x.txt", "b.txt")
    scan = os.scandir

    def deny(path: Path) -> object:
        if path.name == "a":
            raise PermissionError(13, "Permission denied")
        return scan(path)

    monkeypatch.setattr(os, "scandir", deny)
    refused, found = walk(tmp_path)
    assert isinstance(refused, Refused)
    assert (refused.filename, refused.unsupported) == ("a", False)
    assert refused.error == "the folder can't be read: Permission denied"
    assert found == Found(tmp_path / "b.txt", "b.txt")
