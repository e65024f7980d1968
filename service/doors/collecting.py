"""How often Python looks for garbage, in the processes that are this project's own."""

from __future__ import annotations

import gc


def collect_seldom() -> None:
    """Look for cycles among objects after every 20,000 new ones and not after 700, hardly ever finding some.

    It took a sixth of a question's time. Another program that uses the package keeps its own setting.
    """
    gc.set_threshold(20_000, 20, 50)
