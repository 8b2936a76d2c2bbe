"""Sign-in with the site's directory by the OIDC device code flow (RFC 8628), through `requests` in a thread.

Nothing waits for ever: every request has a deadline and the whole flow ends when the directory's code does.
Addresses other than the issuer's own discovery document come from it; all must be https (plain http only on
loopback), and no redirect is followed (SEC-43). The person's password is never seen here.
"""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import secrets
from collections.abc import Awaitable, Callable
from typing import TypeVar
from urllib.parse import urlsplit

import msgspec
import requests

from console.core.control import Directory
from console.core.errors import IdentityRefused
from console.core.identity.accounts import directory_grants, folded
from console.core.identity.principal import Grant
from console.core.identity.reasons import IdentityRefusal
from console.core.plaintext import first_forbidden
from console.hub.clock import Clock
from console.hub.people.jws import Claims, Expected, Jwks, TokenRefused, verified

log = logging.getLogger("app")

REQUEST_S = 5.0
BEGIN_S = 12.0
LONGEST_S = 900.0
MAX_BYTES = 256 * 1024
GRANT_TYPE = "urn:ietf:params:oauth:grant-type:device_code"
_SLOWER_S = 5.0

T = TypeVar("T")
Pause = Callable[[float], Awaitable[None]]


class Endpoints(msgspec.Struct, frozen=True):
    """What the flow needs of the discovery document."""

    issuer: str
    device_authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str


class DeviceCode(msgspec.Struct, frozen=True):
    """Answer of the device authorization endpoint."""

    device_code: str
    user_code: str
    verification_uri: str
    expires_in: float
    verification_uri_complete: str = ""
    interval: float = 5.0


class _Tokens(msgspec.Struct, frozen=True):
    id_token: str


class _Fault(msgspec.Struct, frozen=True):
    error: str


class _Answer(msgspec.Struct, frozen=True):
    status: int
    body: bytes


class Vouched(msgspec.Struct, frozen=True):
    """Whom the directory vouches for, and what they may do here."""

    user: str
    name: str
    grants: tuple[Grant, ...]


class Flow(msgspec.Struct, frozen=True, kw_only=True):
    """One sign-in under way; `url` and `code` are shown to the person."""

    url: str
    code: str
    expires_s: float
    device: DeviceCode
    endpoints: Endpoints
    nonce: str


class DirectoryClient:
    """Talks to one directory. Raises IdentityRefused DIRECTORY_DOWN or DIRECTORY_DENIED."""

    def __init__(self, directory: Directory, clock: Clock, pause: Pause = asyncio.sleep) -> None:
        self._directory = directory
        self._clock = clock
        self._pause = pause

    async def begin(self) -> Flow:
        """Ask the directory for a code that the person types in there."""
        try:
            async with asyncio.timeout(BEGIN_S):
                return await self._begin()
        except TimeoutError:
            raise _down("no answer in time") from None

    async def _begin(self) -> Flow:
        issuer = self._directory.issuer.rstrip("/")
        endpoints = await self._get(f"{issuer}/.well-known/openid-configuration", Endpoints)
        if endpoints.issuer.rstrip("/") != issuer:
            raise _down("the discovery document is of another issuer")
        nonce = secrets.token_urlsafe(24)
        asked = {"client_id": self._directory.client_id, "scope": self._directory.scope, "nonce": nonce}
        answer = await self._post(endpoints.device_authorization_endpoint, asked)
        if answer.status != requests.codes.ok:
            raise _down(f"device authorization: HTTP {answer.status}")
        device = _read(answer, DeviceCode)
        url = device.verification_uri_complete or device.verification_uri
        if any(first_forbidden(text) for text in (url, device.user_code)) or not _safe(url):
            raise _down("the directory gave an address that is not safe to show")
        expires_s = min(max(device.expires_in, 0.0), LONGEST_S)
        return Flow(
            url=url,
            code=device.user_code,
            expires_s=expires_s,
            device=device,
            endpoints=endpoints,
            nonce=nonce,
        )

    async def finish(self, flow: Flow) -> Vouched:
        """Wait until the person has signed in there, or the code has ended."""
        try:
            async with asyncio.timeout(flow.expires_s):
                token = await self._token(flow)
                keys = await self._get(flow.endpoints.jwks_uri, Jwks)
        except TimeoutError:
            raise IdentityRefused(IdentityRefusal.DIRECTORY_DENIED) from None
        return self._vouched(token, keys, flow)

    def _vouched(self, token: str, keys: Jwks, flow: Flow) -> Vouched:
        expected = Expected(
            issuer=flow.endpoints.issuer,
            audience=self._directory.client_id,
            nonce=flow.nonce,
            at_s=self._clock.at() / 1e9,
        )
        try:
            claims = verified(token, keys, expected)
        except TokenRefused as refused:
            log.warning("a token of the directory was refused: %s", refused)
            raise IdentityRefused(IdentityRefusal.DIRECTORY_DENIED) from refused
        return Vouched(
            _user(claims), claims.name or _user(claims), directory_grants(self._directory, claims.groups)
        )

    async def _token(self, flow: Flow) -> str:
        asked = {
            "grant_type": GRANT_TYPE,
            "device_code": flow.device.device_code,
            "client_id": self._directory.client_id,
        }
        interval = min(max(flow.device.interval, 0.05), 30.0)
        while True:
            await self._pause(interval)
            answer = await self._post(flow.endpoints.token_endpoint, asked)
            if answer.status == requests.codes.ok:
                return _read(answer, _Tokens).id_token
            error = _read(answer, _Fault).error
            if error == "slow_down":
                interval += _SLOWER_S
            elif error != "authorization_pending":
                log.info("the directory refused a sign-in: %r", error)
                raise IdentityRefused(IdentityRefusal.DIRECTORY_DENIED)

    async def _get(self, url: str, kind: type[T]) -> T:
        answer = await asyncio.to_thread(_request, "GET", url, None)
        if answer.status != requests.codes.ok:
            raise _down(f"HTTP {answer.status}")
        return _read(answer, kind)

    async def _post(self, url: str, fields: dict[str, str]) -> _Answer:
        return await asyncio.to_thread(_request, "POST", url, fields)


def _request(method: str, url: str, fields: dict[str, str] | None) -> _Answer:
    if not _safe(url):
        raise _down("an address that is neither https nor loopback")
    try:
        with requests.Session() as session:
            session.trust_env = False
            with session.request(
                method,
                url,
                data=fields,
                headers={"Accept": "application/json"},
                timeout=REQUEST_S,
                allow_redirects=False,
                stream=True,
            ) as answer:
                status = answer.status_code
                content: bytes = answer.raw.read(MAX_BYTES + 1, decode_content=True)
    except (requests.RequestException, OSError) as error:
        raise _down(type(error).__name__) from error
    if len(content) > MAX_BYTES:
        raise _down("an answer that is too long")
    return _Answer(status, content)


def _read(answer: _Answer, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(answer.body, type=kind)
    except msgspec.MsgspecError as error:
        raise _down("an answer that is not what the protocol says") from error


def _safe(url: str) -> bool:
    try:
        parts = urlsplit(url)
        if parts.scheme == "https":
            return bool(parts.hostname)
        return parts.scheme == "http" and ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return False


def _user(claims: Claims) -> str:
    """Name of the account: as the directory calls the person, at the directory, so that it is nobody's else."""
    host = urlsplit(claims.iss).hostname or "directory"
    return folded(f"{claims.preferred_username or claims.sub}@{host}")


def _down(why: str) -> IdentityRefused:
    log.warning("the directory cannot be used: %s", why)
    return IdentityRefused(IdentityRefusal.DIRECTORY_DOWN)
