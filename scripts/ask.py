"""`make ask`: ingest the folder ASK_ARTICLES, then answer ASK_QUESTION from it alone.

Each folder has its own state below `.onrecord/`, named after the folder and its real path. Both values come
through the environment, so that no shell ever reads them.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import unicodedata
from pathlib import Path

COMMAND = [str(Path(sys.executable).with_name("onrecord"))]


def state_of(articles: Path) -> Path:
    """The folder of the state that belongs to a folder of articles, told apart by its real path."""
    real = os.path.realpath(articles)
    plain = unicodedata.normalize("NFKD", os.path.basename(real)).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:40] or "articles"
    return Path(".onrecord") / f"{slug}-{hashlib.sha256(os.fsencode(real)).hexdigest()[:10]}"


def _made_by_another_version(data: str) -> bool:
    """Whether the state was indexed by an earlier version and must be rebuilt first."""
    known = subprocess.run([*COMMAND, "articles", "list", "--json", "--data", data], check=False, capture_output=True)
    return known.returncode != 0 and b"--rebuild" in known.stdout + known.stderr


def main() -> int:
    """Run the two commands; the exit code of the first that fails, else 0."""
    question, articles = os.environ.pop("ASK_QUESTION"), Path(os.environ.pop("ASK_ARTICLES"))
    data = str(state_of(articles))
    try:
        if Path(data).is_dir() and _made_by_another_version(data):
            subprocess.run([*COMMAND, "ingest", "--rebuild", "--data", data], check=False)
        for arguments in (
            ["ingest", "--prune", "--data", data, "--", str(articles)],
            ["ask", "--data", data, "--", question],
        ):
            if code := subprocess.run([*COMMAND, *arguments], check=False).returncode:
                return code
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
