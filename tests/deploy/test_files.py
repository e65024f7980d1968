"""The files beside the code: what the compose file, the alerts, the unit and docs/production.md name is there."""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from service.doors.metrics import Metrics
from service.settings import OUTSIDE, PREFIX, Settings
from service.wiring import STORES
from tests.conftest import ROOT

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ("onrecord", "slack")
OWN = {"COMPOSE_PROFILES", "PORT", "ARTICLES", "MODELS", "MODEL_FILE", "MODEL_IMAGE", "POSTGRES_PASSWORD"}
"""Variables of the compose file itself."""


def settings() -> set[str]:
    """Every key that Settings reads from the environment."""
    return {name.upper() if name.upper() in OUTSIDE else PREFIX + name.upper() for name in Settings.model_fields}


def test_what_the_compose_file_starts_is_confined_and_comes_back() -> None:
    for name, service in SERVICES.items():
        assert service["restart"] == "unless-stopped", name
        assert ("healthcheck" in service) or name == "onrecord", f"{name}: the image has the service's own"
        assert not {"privileged", "network_mode"} & service.keys()
        for port in service.get("ports", []):
            assert port.startswith("127.0.0.1:"), name
    for name in (*OURS, "model"):
        service = SERVICES[name]
        assert (service["read_only"], service["cap_drop"], service["tmpfs"]) == (True, ["ALL"], ["/tmp"])
        assert service["security_opt"] == ["no-new-privileges:true"]
    for name in OURS:
        assert "data:/data" in SERVICES[name]["volumes"]
        assert SERVICES[name]["environment"]["ONRECORD_DATA"] == "/data"
        assert float(SERVICES[name]["stop_grace_period"].rstrip("s")) > Settings(data=Path(".")).shutdown_seconds
    assert {name for name in SERVICES if "profiles" not in SERVICES[name]} == {"onrecord"}
    assert set(COMPOSE["volumes"]) == {"data", "chroma", "postgres", "qdrant"}


def test_the_example_environment_has_every_variable_of_the_compose_file_and_no_unknown_setting() -> None:
    example = (ROOT / ".env.example").read_text("utf-8")
    named = set(re.findall(r"^#? ?([A-Z][A-Z_]+)=", example, re.MULTILINE))
    used = set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text("utf-8")))
    assert used - settings() <= OWN
    assert named <= settings() | OWN
    assert used - {"MODEL_IMAGE"} <= named
    profiles = re.search(r"any of (.*), between commas", example)
    assert profiles is not None
    assert set(profiles[1].split(", ")) == {profile for one in SERVICES.values() for profile in one.get("profiles", ())}


def test_the_addresses_of_the_example_are_those_of_the_compose_files_services() -> None:
    example = (ROOT / ".env.example").read_text("utf-8")
    stores = re.findall(r"ONRECORD_STORE=(\S+)", example)
    database = re.search(r"ONRECORD_DATABASE_URL=(\S+)", example)
    assert database is not None
    for store in stores:
        scheme, name, port = re.split("[:/]+", Settings(data=Path("."), store=store).store)
        assert scheme in STORES
        assert f"/{port}" in str(SERVICES[name]["healthcheck"]["test"])
    assert stores == ["chroma://chroma:8000", "qdrant://qdrant:6333"]
    assert re.fullmatch(r"qdrant/qdrant:v\d+\.\d+\.\d+", SERVICES["qdrant"]["image"])
    assert database[1].endswith("@postgres/onrecord")
    assert SERVICES["postgres"]["environment"]["POSTGRES_DB"] == "onrecord"
    assert SERVICES["chroma"]["image"] == "chromadb/chroma:" + next(
        line.split("==")[1].split()[0] for line in (ROOT / "requirements.lock").read_text().splitlines()
        if line.startswith("chromadb=="))


@pytest.mark.parametrize("profiles", ["", "slack", "chroma", "postgres,qdrant", "slack,chroma,postgres,qdrant,model"])
def test_compose_takes_the_file_and_the_example_environment(profiles: str, tmp_path: Path) -> None:
    if shutil.which("docker-compose") is None:
        pytest.skip("no compose here")
    for name in ("docker-compose.yml", "Dockerfile"):
        shutil.copy(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / ".env.example", tmp_path / ".env")
    done = subprocess.run(["docker-compose", "config"], cwd=tmp_path, capture_output=True, text=True, timeout=60,
                          env={"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(tmp_path), "COMPOSE_PROFILES": profiles})
    assert done.returncode == 0, done.stderr
    found = yaml.safe_load(done.stdout)["services"]
    wanted = {"onrecord", *(name for name, one in SERVICES.items() if {*profiles.split(",")} & {*one.get("profiles", ())})}
    assert wanted <= found.keys(), "Compose v1 shows the others too"
    assert found["onrecord"]["environment"]["ONRECORD_DATA"] == "/data"


def test_every_alert_reads_metrics_and_labels_that_there_are() -> None:
    metrics = Metrics(lambda: (1, 2), ROOT / "samples")
    families = list(metrics.registry.collect())
    labels = {collector._name: set(collector._labelnames) for collector in vars(metrics).values()
              if hasattr(collector, "_labelnames")}
    known: dict[str, set[str]] = {"up": {"job"}}
    for family in families:
        of = labels.get(family.name, set()) | {"job"}
        ends = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count")}.get(family.type, ("",))
        known |= {family.name + end: of | ({"le"} if end == "_bucket" else set()) for end in ends}
    (group,) = yaml.safe_load((ROOT / "docs" / "prometheus-alerts.yaml").read_text("utf-8"))["groups"]
    assert len(group["rules"]) >= 10
    for rule in group["rules"]:
        expression = rule["expr"]
        used = re.findall(r"\b((?:onrecord|process)_\w+|up)\b(?:\{([^}]*)\})?", expression)
        assert used, rule["alert"]
        for name, matchers in used:
            assert name in known, (rule["alert"], name)
            assert set(re.findall(r"(\w+)(?:=|!=|=~)\"", matchers)) <= known[name], (rule["alert"], matchers)
        assert expression.count("(") == expression.count(")")
        assert rule["labels"]["severity"] in ("page", "ticket")
        assert rule["annotations"]["summary"].endswith(".")


def test_the_page_tells_what_to_do_about_every_alert() -> None:
    page = (ROOT / "docs" / "production.md").read_text("utf-8")
    (group,) = yaml.safe_load((ROOT / "docs" / "prometheus-alerts.yaml").read_text("utf-8"))["groups"]
    assert set(re.findall(r"^\| `(OnRecord\w+)`", page, re.MULTILINE)) == {rule["alert"] for rule in group["rules"]}


def test_the_unit_starts_the_service_as_a_user_of_its_own_with_its_state_alone_writable() -> None:
    unit = configparser.ConfigParser(interpolation=None, strict=False)
    unit.optionxform = str  # type: ignore[assignment, method-assign]
    unit.read(ROOT / "docs" / "onrecord.service", "utf-8")
    service = unit["Service"]
    assert service["ExecStart"].split()[1:] == ["serve"]
    assert (service["User"], service["ProtectSystem"], service["NoNewPrivileges"]) == ("onrecord", "strict", "yes")
    assert service["Environment"] == f"ONRECORD_DATA=/var/lib/{service['StateDirectory']}"
    assert float(service["TimeoutStopSec"]) > Settings(data=Path(".")).shutdown_seconds


def test_the_example_of_another_program_runs_as_it_stands(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "production.md").read_text("utf-8")
    (example,) = re.findall(r"```python\n(.*?)```\n+It prints:\n+```\n(.*?)```", page, re.DOTALL)
    shutil.copytree(ROOT / "samples", tmp_path / "articles")
    (tmp_path / "newsdesk.py").write_text(example[0])
    done = subprocess.run([sys.executable, "newsdesk.py"], cwd=tmp_path, capture_output=True, text=True, timeout=180,
                          env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "PYTHONPATH": str(ROOT)})
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == example[1]
