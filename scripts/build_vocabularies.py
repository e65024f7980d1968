"""Make `service/assets/tiktoken/`: the rank files of `o200k_base` and `cl100k_base`, gzipped.

    .venv/bin/python -m scripts.build_vocabularies [--package FILE]

The ranks come out of the npm package `js-tiktoken` (needs `npm` and its registry, or the package's .tgz),
which keeps them in a shorter form. The files are written in tiktoken's own form and must have the SHA-256
that the installed tiktoken demands of them. Gzip is told no time and no name, so the same ranks give the same
bytes again.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import re
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

from service.adapters.vocabulary import ASSETS, SHIPPED, demanded_hash

PACKAGE = "js-tiktoken@1.0.21"


def packed(package: Path, name: str) -> str:
    """The ranks of one vocabulary as the package keeps them: lines of `! first-rank token token …`."""
    with tarfile.open(package) as archive:
        member = archive.extractfile(f"package/dist/ranks/{name}.js")
        if member is None:
            raise SystemExit(f"{package.name!r} has no ranks of {name!r}: use {PACKAGE!r}")
        source = member.read().decode("utf-8")
    document = re.search(r"\{.*\}", source, re.DOTALL)
    if document is None:
        raise SystemExit(f"the ranks of {name!r} in {package.name!r} have another form: use {PACKAGE!r}")
    return str(json.loads(document.group())["bpe_ranks"])


def unpacked(ranks: str) -> Iterator[str]:
    """The lines of tiktoken's own file: token in base64, blank, rank."""
    for line in ranks.splitlines():
        _, first, *tokens = line.split(" ")
        yield from (f"{token} {rank}\n" for rank, token in enumerate(tokens, int(first)))


def fetched(folder: Path) -> Path:
    """The package, downloaded into a folder by npm."""
    subprocess.run(["npm", "pack", "--silent", PACKAGE], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return next(folder.glob("*.tgz"))


def main() -> None:
    """Command line; see the module's docstring."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--package", type=Path, help="the package's .tgz, if it is on disk already")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        package = options.package or fetched(Path(folder))
        ASSETS.mkdir(parents=True, exist_ok=True)
        for name in SHIPPED:
            content = "".join(unpacked(packed(package, name))).encode("ascii")
            found, demanded = hashlib.sha256(content).hexdigest(), demanded_hash(name)
            if found != demanded:
                raise SystemExit(f"{name} has SHA-256 {found}, tiktoken demands {demanded}: use {PACKAGE!r}")
            file = ASSETS / f"{name}.tiktoken.gz"
            file.write_bytes(gzip.compress(content, 9, mtime=0))
            print(f"{file.name}: {file.stat().st_size} bytes for {len(content)}, SHA-256 inside {found}")


if __name__ == "__main__":
    main()
