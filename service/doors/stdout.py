"""The one JSON document that a command prints."""

from __future__ import annotations

import json
import sys
from typing import Any


def write_json(document: Any) -> None:
    """A JSON document on stdout, as UTF-8 whatever the terminal's encoding."""
    text = json.dumps(document, ensure_ascii=False, indent=2)
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace") + b"\n")
    sys.stdout.buffer.flush()
