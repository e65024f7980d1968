"""Vectors in bytes in a folder: what is read is what was written, or isn't there."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from service.adapters.vector_file import Coded, VectorFile


def unit(rows: int, seed: int, width: int = 24) -> np.ndarray:
    """Unit vectors."""
    found = np.random.default_rng(seed).standard_normal((rows, width)).astype(np.float32)
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def rows_of(file: VectorFile, key: str) -> np.ndarray:
    """An article's vectors as the file gives them."""
    return file.coded(np.arange(*file.places[key])).vectors()


@given(arrays(np.float32, st.tuples(st.integers(0, 4), st.integers(1, 9)),
              elements=st.floats(-1e6, 1e6, width=32, allow_subnormal=False)))
@settings(max_examples=60)
def test_sixteen_bits_a_number_come_close_to_any_vectors(vectors: np.ndarray) -> None:
    largest = np.abs(vectors).max(axis=1, initial=0.0)
    off = np.abs(Coded.of(vectors).vectors() - vectors).max(axis=1, initial=0.0)
    assert (off <= largest / 60_000 + 1e-30).all()


def test_what_was_appended_is_there_for_whoever_opens_it_and_whoever_follows(tmp_path: Path) -> None:
    folder, first, second = tmp_path / "exact", unit(3, 1), unit(2, 2)
    writer = VectorFile.new(folder)
    writer.append([("a.1", Coded.of(first))])
    reader = VectorFile(folder)
    writer.append([("a.1", Coded.of(second)), ("ö \"b\".2", Coded.of(second))])
    reader.follow()
    for file in (writer, reader, VectorFile(folder)):
        assert file.places == {"a.1": (0, 3), "ö \"b\".2": (3, 5)}
        assert np.abs(rows_of(file, "a.1") - first).max() < 1e-5
        assert np.abs(rows_of(file, "ö \"b\".2") - second).max() < 1e-5
        assert (file.rows, file.dimension, file.damaged, file.loose, file.whole) == (5, 24, False, False, True)
        assert file.codes.shape == (5, 24)
        assert np.abs(file.codes * file.scales[:, None] - np.concatenate([first, second])).max() < 0.01
    with pytest.raises(OSError, match="24 numbers"):
        writer.append([("c.1", Coded.of(unit(1, 3, 8)))])


@pytest.mark.parametrize("name", ["codes", "fine", "rows"])
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_damage_gives_another_vector(tmp_path: Path, name: str, data: st.DataObject) -> None:
    folder = tmp_path / "exact"
    vectors = {f"{key}.{n}": unit(2 + n, n) for n, key in enumerate("abc")}
    VectorFile.new(folder).append([(key, Coded.of(own)) for key, own in vectors.items()])
    path = folder / name
    content = bytearray(path.read_bytes())
    how = data.draw(st.sampled_from(["cut", "flip", "delete", "more"]))
    at = data.draw(st.integers(0, len(content) - 1))
    if how == "flip":
        content[at] ^= data.draw(st.integers(1, 255))
    if how == "delete":
        path.unlink()
    else:
        path.write_bytes({"cut": bytes(content[:at]), "more": bytes(content) + b"[1", "flip": bytes(content)}[how])
    file = VectorFile(folder)
    whole = {key for key in file.places if key in vectors}
    for key in whole:
        assert np.abs(rows_of(file, key) - vectors[key]).max() < 1e-5
    assert file.damaged or file.loose or whole == set(vectors), (how, at)


def test_a_file_that_grows_shorter_while_it_is_open_is_noticed_before_it_is_read(tmp_path: Path) -> None:
    folder = tmp_path / "exact"
    VectorFile.new(folder).append([("a.1", Coded.of(unit(3, 1)))])
    file = VectorFile(folder)
    with (folder / "codes").open("r+b") as opened:
        opened.truncate(20)
    assert not file.whole
    with (folder / "fine").open("r+b") as opened:
        opened.truncate(20)
    with pytest.raises(OSError, match="shorter"):
        file.coded(np.arange(2, 3))


def test_a_folder_that_is_begun_anew_leaves_its_readers_what_they_have(tmp_path: Path) -> None:
    folder, old = tmp_path / "exact", unit(3, 1)
    VectorFile.new(folder).append([("a.1", Coded.of(old))])
    reader = VectorFile(folder)
    VectorFile.new(folder).append([("b.1", Coded.of(unit(9, 2)))])
    assert np.abs(rows_of(reader, "a.1") - old).max() < 1e-5
    reader.follow()
    assert np.abs(rows_of(reader, "a.1") - old).max() < 1e-5
    assert "b.1" not in reader.places
    shutil.rmtree(folder)
    assert np.abs(rows_of(reader, "a.1") - old).max() < 1e-5
    assert reader.whole
