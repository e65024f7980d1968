"""Write `service/assets/wordnet/`: the part of WordNet 3.0 that the service uses, as words and tables of numbers.

    apt-get download wordnet-base && dpkg-deb -x wordnet-base_*.deb DIR
    python scripts/build_thesaurus.py DIR/usr/share/wordnet DIR/usr/share/doc/wordnet-base/copyright

Kept are single-word lemmas of nouns, verbs and adjectives (no proper nouns), their senses in order with WordNet's
own frequency counts, the lexicographer's file of each synset, and five relations: hypernym, antonym, derivation,
the noun an adjective pertains to, and cause ("kill" causes "die"). Glosses and examples are left out. The formats
are those of the manual page wndb(5WN).

`words.txt` has a word a line, sorted; its line is its number. Of `tables.npz`, `NAME_at` and `NAME` are lists of lists:
the entries of row i are `NAME[NAME_at[i]:NAME_at[i + 1]]`. A row of `sense`, `derived`, `antonym`, `base` and `form` is
a word's number times three plus 0, 1 or 2 for noun, verb or adjective; of `hypernym` and `cause` it is a synset.
"""

from __future__ import annotations

import hashlib
import re
import sqlite3
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

OUT = Path(__file__).resolve().parents[1] / "service" / "assets" / "wordnet"
FILES = {"n": "noun", "v": "verb", "a": "adj"}
RELATIONS = {"@": "hypernym", "!": "antonym", "+": "derivation", "\\": "pertains", ">": "cause"}
WORD = re.compile(r"[a-z][a-z'-]*")

SCHEMA = """
create table sense (lemma text, pos text, rank integer, synset integer, count integer,
                    primary key (lemma, pos, rank)) without rowid;
create table synset (id integer primary key, pos text, field integer);
create table relation (synset integer, kind text, target integer, lemma text not null, target_lemma text not null,
                       primary key (synset, kind, target, lemma, target_lemma)) without rowid;
create table irregular (form text, pos text, lemma text, primary key (form, pos, lemma)) without rowid;
"""


def synset_id(offset: str, pos: str) -> int:
    """One number for a synset over all parts of speech."""
    return int(offset) * 3 + "nva".index("a" if pos == "s" else pos)


def data_lines(folder: Path, pos: str) -> Iterator[list[str]]:
    """The fields of each synset of `data.POS`, without its gloss."""
    for line in (folder / f"data.{FILES[pos]}").read_text("utf-8").splitlines():
        if not line.startswith(" "):
            yield line.split(" | ")[0].split(" ")


def read(folder: Path) -> sqlite3.Connection:
    """WordNet's dictionary files in `folder`, as the tables of `SCHEMA` in memory."""
    counts: dict[str, int] = {}
    for line in (folder / "cntlist.rev").read_text("utf-8").splitlines():
        key, _, count = line.split(" ")
        counts[key] = int(count)
    db = sqlite3.connect(":memory:")
    db.executescript(SCHEMA)
    members: dict[int, list[tuple[str, str]]] = {}
    for pos in FILES:
        for fields in data_lines(folder, pos):
            number = synset_id(fields[0], pos)
            size = int(fields[3], 16)
            words = [re.sub(r"\(\w+\)$", "", word) for word in fields[4 : 4 + 2 * size : 2]]
            ids = fields[5 : 5 + 2 * size : 2]
            kept = [(word, f"{word.lower()}%{'nvars'.index(fields[2]) + 1}:{fields[1]}:{int(i, 16):02d}")
                    for word, i in zip(words, ids, strict=True)]
            members[number] = kept
            db.execute("insert into synset values (?, ?, ?)", (number, pos, int(fields[1])))
            at = 4 + 2 * size
            for i in range(int(fields[at])):
                symbol, offset, kind_pos, link = fields[at + 1 + 4 * i : at + 5 + 4 * i]
                symbol = "@" if symbol == "@i" else symbol
                if symbol not in RELATIONS or kind_pos == "r":
                    continue
                here, there = int(link[:2], 16), int(link[2:], 16)
                db.execute("insert or ignore into relation values (?, ?, ?, ?, ?)",
                           (number, RELATIONS[symbol], synset_id(offset, kind_pos),
                            words[here - 1] if here else "", str(there)))
    for synset, kind, to, lemma, position in db.execute("select * from relation").fetchall():
        name = members[to][int(position) - 1][0] if int(position) else ""
        db.execute("delete from relation where synset=? and kind=? and target=? and lemma=? and target_lemma=?",
                   (synset, kind, to, lemma, position))
        if (not lemma or WORD.fullmatch(lemma)) and (not name or WORD.fullmatch(name)):
            db.execute("insert or ignore into relation values (?, ?, ?, ?, ?)", (synset, kind, to, lemma, name))
    for pos, name in FILES.items():
        for line in (folder / f"index.{name}").read_text("utf-8").splitlines():
            fields = line.split()
            if line.startswith(" ") or not WORD.fullmatch(fields[0]):
                continue
            rank = 0
            for offset in fields[-int(fields[2]) :]:
                number = synset_id(offset, pos)
                match = [key for word, key in members[number] if word == fields[0]]
                if match:
                    db.execute("insert into sense values (?, ?, ?, ?, ?)",
                               (fields[0], pos, rank, number, counts.get(f"{match[0]}::", 0)))
                    rank += 1
        for line in (folder / f"{name}.exc").read_text("utf-8").splitlines():
            form, *lemmas = line.split()
            for lemma in lemmas:
                if WORD.fullmatch(form) and WORD.fullmatch(lemma):
                    db.execute("insert or ignore into irregular values (?, ?, ?)", (form, pos, lemma))
    return db


def lists(rows: int, entries: Iterable[tuple[int, int]]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """(row, entry) pairs as `NAME_at` and `NAME`, each row's entries in the order given."""
    held: dict[int, list[int]] = defaultdict(list)
    for row, entry in entries:
        held[row].append(entry)
    sizes = [len(held[row]) for row in range(rows)]
    flat = [entry for row in range(rows) for entry in held[row]]
    return np.array([0, *np.cumsum(sizes)], np.int32), np.array(flat, np.int32)


def write(db: sqlite3.Connection, target: Path) -> None:
    """Write `words.txt` and `tables.npz` from the tables of `SCHEMA`."""
    known = {word for query in ("select lemma from sense", "select form from irregular", "select lemma from irregular",
                                "select lemma from relation", "select target_lemma from relation")
             for (word,) in db.execute(query) if word}
    words = {word: number for number, word in enumerate(sorted(known))}
    fields = db.execute("select id, field from synset order by id").fetchall()
    synsets = {old: number for number, (old, _) in enumerate(fields)}

    def row(word: str, pos: str) -> int:
        return 3 * words[word] + "nva".index(pos)

    senses = db.execute("select lemma, pos, synset, count from sense order by lemma, pos, rank").fetchall()
    tables: dict[str, np.ndarray[Any, Any]] = {"field": np.array([field for _, field in fields], np.int8)}
    many = 3 * len(words)
    tables["sense_at"], tables["sense"] = lists(many, ((row(w, p), synsets[s]) for w, p, s, _ in senses))
    _, tables["count"] = lists(many, ((row(w, p), count) for w, p, _, count in senses))
    for name in ("hypernym", "cause"):
        tables[f"{name}_at"], tables[name] = lists(len(synsets), (
            (synsets[a], synsets[b]) for a, b in db.execute(
                "select synset, target from relation where kind=? order by synset, target", (name,))))
    for name, kinds in (("derived", "('derivation', 'pertains')"), ("antonym", "('antonym')")):
        tables[f"{name}_at"], tables[name] = lists(many, (
            (row(w, p), words[to]) for w, p, to in db.execute(
                "select distinct sense.lemma, sense.pos, target_lemma from relation join sense using (synset) where "
                f"relation.lemma=sense.lemma and target_lemma != '' and kind in {kinds} order by 1, 2, 3")))
    irregular = db.execute("select form, pos, lemma from irregular order by form, pos, lemma").fetchall()
    tables["base_at"], tables["base"] = lists(many, ((row(form, p), words[lemma]) for form, p, lemma in irregular))
    tables["form_at"], tables["form"] = lists(many, ((row(lemma, p), words[form]) for form, p, lemma in irregular))
    (target / "words.txt").write_text("".join(f"{word}\n" for word in words), "ascii")
    np.savez(target / "tables.npz", allow_pickle=False, **tables)


def main() -> None:
    folder, licence = (Path(a) for a in sys.argv[1:3])
    OUT.mkdir(parents=True, exist_ok=True)
    write(read(folder), OUT)
    (OUT / "LICENSE").write_text(licence.read_text("utf-8"), "utf-8")
    names = sorted(path for path in OUT.iterdir() if path.name != "SHA256SUMS")
    sums = "".join(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in names)
    (OUT / "SHA256SUMS").write_text(sums, "ascii")


if __name__ == "__main__":
    main()
