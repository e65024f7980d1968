"""Write `service/assets/wordnet/`: the part of WordNet 3.0 that the service uses, as one read-only SQLite file.

    apt-get download wordnet-base && dpkg-deb -x wordnet-base_*.deb DIR
    python scripts/build_thesaurus.py DIR/usr/share/wordnet DIR/usr/share/doc/wordnet-base/copyright

Kept are single-word lemmas of nouns, verbs and adjectives (no proper nouns), their senses in order with WordNet's
own frequency counts, the lexicographer's file of each synset, and six relations: hypernym, antonym, derivation,
similar adjective, the noun an adjective pertains to, and cause ("kill" causes "die"). Glosses and
examples are left out. The formats are those of the manual page wndb(5WN).
"""

from __future__ import annotations

import hashlib
import re
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path

OUT = Path(__file__).resolve().parents[1] / "service" / "assets" / "wordnet"
FILES = {"n": "noun", "v": "verb", "a": "adj"}
RELATIONS = {"@": "hypernym", "!": "antonym", "+": "derivation", "&": "similar", "\\": "pertains", ">": "cause"}
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


def build(folder: Path, target: Path) -> None:
    """Read WordNet's dictionary files in `folder` and write the SQLite file `target`."""
    counts: dict[str, int] = {}
    for line in (folder / "cntlist.rev").read_text("utf-8").splitlines():
        key, _, count = line.split(" ")
        counts[key] = int(count)
    target.unlink(missing_ok=True)
    db = sqlite3.connect(target)
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
    db.commit()
    db.execute("vacuum")
    db.close()


def main() -> None:
    folder, licence = (Path(a) for a in sys.argv[1:3])
    OUT.mkdir(parents=True, exist_ok=True)
    build(folder, OUT / "wordnet.sqlite3")
    (OUT / "LICENSE").write_text(licence.read_text("utf-8"), "utf-8")
    names = sorted(path for path in OUT.iterdir() if path.name != "SHA256SUMS")
    sums = "".join(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in names)
    (OUT / "SHA256SUMS").write_text(sums, "ascii")


if __name__ == "__main__":
    main()
