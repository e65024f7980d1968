"""A webhook's address is what a stranger with a key chooses: it must not reach into the operator's network."""

from __future__ import annotations

import socket
from typing import Any

import pytest
from pytest_socket import SocketConnectBlockedError

from service.adapters.webhooks import WebhookError, Webhooks
from service.domain import Filters
from service.errors import UsageError
from service.ports import Watch

PUBLIC = "93.184.216.34"
INSIDE = [
    "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "224.0.0.1", "255.255.255.255", "::1", "::", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "fe80::1%eth0", "fc00::1",
    "ff02::1", "64:ff9b::7f00:1", "::7f00:1", "2002:7f00:1::", "2002:a9fe:a9fe::1", "2001:0:7f00:1::",
]
Found = list[tuple[Any, ...]]


def watch(url: str) -> Watch:
    """A watch that is told there."""
    return Watch(id="wat_1", question="how many?", filters=Filters(), notify={"webhook_url": url}, created="",
                 answer_id="ans_1", evidence="", revision=1, secret="whsec_c2VjcmV0")


@pytest.fixture
def resolved(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What the name server says, one answer after the other; the last one again and again."""
    answers: list[list[str]] = []

    def getaddrinfo(_: str, port: Any, *__: Any, **___: Any) -> Found:
        found = answers.pop(0) if len(answers) > 1 else answers[0]
        return [(socket.AF_INET6 if ":" in one else socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in found]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return answers


@pytest.mark.parametrize("address", INSIDE)
async def test_a_name_that_means_an_address_inside_is_not_called(resolved: list[list[str]], address: str) -> None:
    resolved.append([address])
    with pytest.raises(WebhookError, match="private address") as refused:
        await Webhooks().carry(watch("https://hooks.example/x"), {"id": "not_1"})
    assert "ONRECORD_WEBHOOK_HOSTS" in refused.value.advice


async def test_one_address_inside_among_public_ones_is_enough_to_refuse(resolved: list[list[str]]) -> None:
    resolved.append([PUBLIC, "10.0.0.1"])
    with pytest.raises(WebhookError, match="private address"):
        await Webhooks().carry(watch("https://hooks.example/x"), {"id": "not_1"})


async def test_a_name_that_turns_inside_after_it_was_checked_is_called_at_the_checked_address(
    resolved: list[list[str]],
) -> None:
    resolved += [[PUBLIC], ["127.0.0.1"]]
    with pytest.raises((SocketConnectBlockedError, BaseExceptionGroup)) as blocked:
        await Webhooks().carry(watch("https://hooks.example/x"), {"id": "not_1"})
    raised: BaseException = blocked.value
    while isinstance(raised, BaseExceptionGroup):
        raised = raised.exceptions[0]
    assert f'"{PUBLIC}"' in str(raised).replace("'", '"')


@pytest.mark.parametrize("url", [
    "http://hooks.example/x", "ftp://hooks.example/x", "file:///etc/passwd", "gopher://127.0.0.1:6379/_X", "https:///x",
    "https://user:pw@hooks.example/", "https://hooks.example\r\nX-Evil: 1/", "//hooks.example/", "javascript:alert(1)", ""])
async def test_only_a_plain_https_address_is_called(url: str) -> None:
    with pytest.raises(UsageError):
        await Webhooks().carry(watch(url), {"id": "not_1"})


@pytest.mark.parametrize("host", ["2130706433", "0x7f.1", "0177.0.0.1", "127.1", "[::1]", "[::ffff:7f00:1]"])
async def test_loopback_written_in_another_way_is_not_called(host: str) -> None:
    with pytest.raises((WebhookError, UsageError)):
        await Webhooks().carry(watch(f"https://{host}/x"), {"id": "not_1"})
