"""The conversation in docs/slack.md is what the bot says."""

from __future__ import annotations

import json
from pathlib import Path

from slack_sdk.models.blocks import Block

from evals.slack_conversation import PAGE, RECORDING, as_json, page, recorded

AGAIN = "make it again: python -m evals.slack_conversation --write"


async def test_the_recorded_conversation_is_what_the_bot_says_and_slacks_own_models_take_it(tmp_path: Path) -> None:
    said = await recorded(tmp_path)
    assert as_json(said) == RECORDING.read_text("utf-8"), AGAIN
    text = PAGE.read_text("utf-8")
    assert page(text, said) == text, AGAIN
    blocks = [block for one in json.loads(as_json(said)) for block in one.get("blocks", one.get("view", {}).get("blocks", []))]
    assert len(blocks) > 20
    for block in blocks:
        parsed = Block.parse(block)
        assert parsed is not None
        parsed.validate_json()
