"""The Slack door's soak, a short run of it: `python -m evals.slack_soak` is the whole one.

`ONRECORD_SLACK_KILLS` sets how many kills, with ten events each; `ONRECORD_SEED` repeats a run.
"""

from __future__ import annotations

import os
from pathlib import Path

from evals.slack_soak import Plan, soak

KILLS = int(os.environ.get("ONRECORD_SLACK_KILLS") or 1)
SEED = int(os.environ.get("ONRECORD_SEED") or 20261122)


async def test_every_question_is_answered_once_whatever_slack_does_and_whenever_the_worker_dies(tmp_path: Path) -> None:
    plan = Plan(10 * (KILLS + 1), KILLS, retries=(0, 3, 10, 20, 40, 80), pause=0.1, seed=SEED)
    report = await soak(plan, tmp_path)
    assert {fault: count for fault, count in report["faults"].items() if count} == {}
    assert report["kills"] == KILLS
    assert report["questions"] + report["malformed"] == plan.events
    assert report["answered_seconds"]
