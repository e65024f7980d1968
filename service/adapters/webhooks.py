"""Notices to webhooks, signed as the Standard Webhooks specification says (standardwebhooks.com, version 1).

The address is resolved here and the connection made to what was checked, so that a name can't point elsewhere a moment
later; private and local addresses are refused unless the operator names the host. Redirects are not followed.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import ipaddress
import json
import socket
import time
from base64 import b64decode, b64encode
from collections.abc import Collection, Mapping
from typing import Any

import httpx

from service.errors import OnRecordError, UsageError
from service.ports import Watch

SECONDS = 10.0
_LATER = frozenset({408, 409, 425, 429})
_UNICAST = ipaddress.IPv6Network("2000::/3")


class WebhookError(OnRecordError):
    """A webhook did not take a notice."""

    advice = "check that the address is right and answers with 2xx"


class Webhooks:
    """Tells notices by HTTP POST. `hosts` are names or addresses that may be private, or plain `http`."""

    def __init__(self, hosts: Collection[str] = ()) -> None:
        self._hosts = frozenset(host.lower() for host in hosts)

    async def carry(self, watch: Watch, notice: Mapping[str, Any]) -> None:
        """POST the notice's JSON; the same `webhook-id` each time it is tried. Raises WebhookError, UsageError."""
        url = check_url(watch.notify["webhook_url"], self._hosts)
        address = await self._address(url)
        body = json.dumps(notice, ensure_ascii=False).encode("utf-8", "replace")
        headers = {"Content-Type": "application/json", "User-Agent": "OnRecord", "Host": url.netloc.decode(),
                   **signature(watch.secret or "", notice["id"], int(time.time()), body)}
        try:
            async with httpx.AsyncClient(timeout=SECONDS, trust_env=False, follow_redirects=False) as client:
                request = client.build_request("POST", url.copy_with(host=address), content=body, headers=headers,
                                               extensions={"sni_hostname": url.host})
                response = await client.send(request, stream=True)
                await response.aclose()
        except httpx.HTTPError as error:
            raise WebhookError(f"{url.host} can't be reached: {type(error).__name__}", retryable=True) from error
        if not response.is_success:
            later = response.status_code >= 500 or response.status_code in _LATER
            raise WebhookError(f"{url.host} answered {response.status_code}", retryable=later)

    async def _address(self, url: httpx.URL) -> str:
        """The address to connect to, checked."""
        loop = asyncio.get_running_loop()
        try:
            found = await loop.getaddrinfo(url.host, url.port or 443, type=socket.SOCK_STREAM)
        except OSError as error:
            raise WebhookError(f"{url.host} is not known: {error.strerror}", retryable=True) from error
        addresses = [str(one[4][0]) for one in found]
        if url.host.lower() not in self._hosts:
            for address in addresses:
                if not _is_public(address.partition("%")[0]):
                    raise WebhookError(f"{url.host} is a private address",
                                       advice="name the host in ONRECORD_WEBHOOK_HOSTS to allow it")
        return addresses[0]


def _is_public(address: str) -> bool:
    """Whether an address is one machine's on the internet: none that leads to a private network by way of another
    (addresses of IPv6 that carry one of IPv4), none that many machines hear."""
    found = ipaddress.ip_address(address)
    if isinstance(found, ipaddress.IPv6Address):
        return found.is_global and found in _UNICAST and found.sixtofour is None and found.teredo is None
    return found.is_global and not found.is_multicast


def check_url(text: str, hosts: Collection[str] = ()) -> httpx.URL:
    """The URL of a webhook: https, or http for an allowed host. Raises UsageError."""
    advice = "give an address as https://example.org/hooks/onrecord"
    try:
        url = httpx.URL(text)
    except (httpx.InvalidURL, TypeError, ValueError):
        raise UsageError(f"webhook_url is no address: {text[:100]!r}", advice=advice) from None
    allowed = url.host.lower() in {host.lower() for host in hosts}
    if not url.host or url.userinfo or url.scheme not in (("https", "http") if allowed else ("https",)):
        raise UsageError(f"webhook_url can't be used: {text[:100]!r}", advice=f"{advice}, without a password")
    return url


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The three headers of Standard Webhooks for a body."""
    key = b64decode(secret.removeprefix("whsec_"))
    signed = hmac.new(key, f"{message_id}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    return {"webhook-id": message_id, "webhook-timestamp": str(timestamp),
            "webhook-signature": f"v1,{b64encode(signed).decode()}"}
