"""The Dockerfile's very steps in an empty folder, and the compose file's commands with its variables: it answers.

Not shown by it: that the base image has what these steps need, the container's user and its read-only root.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from typing import Any

import pytest
import yaml

from tests.conftest import ROOT
from tests.deploy.dockerfile import Stage, built


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """The image's last stage."""
    return built(ROOT / "Dockerfile", ROOT, tmp_path_factory.mktemp("image"))


def started(image: Stage, command: list[str], port: int) -> subprocess.Popen[str]:
    """A command of the image with the variables that the compose file gives the service, on another port."""
    service = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))["services"]["onrecord"]
    given = {"ONRECORD_API_KEYS": "off", "ONRECORD_DATA": "/data"}
    assert service["environment"] == given | {"ONRECORD_API_KEYS": "${ONRECORD_API_KEYS:-off}"}
    variables = image.variables() | {key: image.here(value) for key, value in given.items()}
    return subprocess.Popen(
        [image.here(word).replace("8000", str(port)) for word in command], env=variables, cwd=image.here(image.folder),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL,
        executable=shutil.which(image.here(command[0]), path=variables["PATH"]))


def ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """How a process ended and what it printed."""
    out, err = process.communicate(timeout=180)
    return process.returncode, out, err


def installed(image: Stage) -> dict[str, tuple[int, float]]:
    """Every file that the image brings, with its size and time."""
    return {str(path): (path.stat().st_size, path.stat().st_mtime)
            for path in (image.root / "app").rglob("*") if path.is_file()}


def test_the_steps_make_an_image_that_is_healthy_and_answers(image: Stage) -> None:
    before = installed(image)
    shutil.copytree(ROOT / "samples", image.root / "articles", dirs_exist_ok=True)
    done = ended(started(image, [*image.entry, "ingest", "/articles", "--json"], 0))
    assert done[0] == 0, done
    assert json.loads(done[1])["added"] > 10

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    service = started(image, [*image.entry, *image.command], port)
    try:
        until = time.monotonic() + 120
        while ended(started(image, image.health, port))[0] != 0:
            assert service.poll() is None
            assert time.monotonic() < until
            time.sleep(1)
        asked = urllib.request.Request(
            f"http://127.0.0.1:{port}/v1/ask", json.dumps({"question": "how many troops were sent?"}).encode(),
            {"Content-Type": "application/json"})
        with urllib.request.urlopen(asked, timeout=120) as reply:
            answer: dict[str, Any] = json.load(reply)
        assert answer["status"] == "disputed"
        assert len(answer["citations"]) >= 2
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=30) as page:
            assert b"OnRecord" in page.read()
        backed = ended(started(image, [*image.entry, "backup", "/data/backup", "--json"], port))
        assert backed[0] == 0, backed
    finally:
        service.send_signal(signal.SIGTERM)
        code, _, err = ended(service)
    assert code == 0, err
    assert installed(image) == before, "nothing is written outside /data"


def test_the_slack_workers_command_is_there_and_asks_for_its_tokens(image: Stage) -> None:
    code, _, err = ended(started(image, [*image.entry, "slack"], 0))
    assert code == 2
    assert "SLACK_APP_TOKEN" in err or "SLACK_BOT_TOKEN" in err


def test_the_image_runs_as_nobody_in_particular_and_brings_no_installer(image: Stage) -> None:
    assert image.user == "10001"
    assert (image.root / "users").read_text().splitlines() == [
        "useradd --uid 10001 --no-create-home --home-dir " + image.here("/data") + " onrecord",
        "chown onrecord " + image.here("/data")]
    packages = next((image.root / "app" / ".venv" / "lib").glob("python3.*")) / "site-packages"
    names = {path.name.split("-")[0] for path in packages.glob("*.dist-info")}
    assert {"onrecord", "chromadb"} <= names
    assert not {"pip", "setuptools", "wheel", "pytest", "hypothesis"} & names
    assert not (image.root / "app" / "service").exists()
    assert {path.name for path in (packages / "service" / "prompts").iterdir()} == {
        path.name for path in (ROOT / "prompts").glob("*.md")}
    size = sum(path.stat().st_size for path in (image.root / "app").rglob("*") if path.is_file() and not path.is_symlink())
    assert size < 800_000_000, size
    print(f"{size:,} bytes above the base image, {os.cpu_count()} processors")
