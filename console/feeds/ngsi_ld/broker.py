"""A context broker that is asked over HTTP; every refusal of it is a FeedDown."""

from __future__ import annotations

import json
from urllib.parse import quote

from console.feeds.base import DeviceCommand, FeedDown
from console.feeds.http_line import Headers, HttpAnswer, SentRequest, ask, send_request
from console.feeds.ngsi_ld.commands import patch_body, patch_target, problem
from console.feeds.ngsi_ld.options import BrokerAccess
from console.feeds.ngsi_ld.subscription import Tree

CONTEXT_REL = "http://www.w3.org/ns/json-ld#context"
_WHY = {
    401: "credentials",
    403: "credentials",
    404: "not_found",
    410: "not_found",
    429: "too_many",
    503: "unavailable",
}
HIDDEN = "***"
_JSON = ("Content-Type", "application/json")
_REFUSED = frozenset({"credentials", "redirected", "request"})


class Broker:
    """One broker; `token` is the secret itself, empty for none, and `hidden` what no text of an error may hold."""

    def __init__(self, access: BrokerAccess, token: str, hidden: tuple[str, ...] = ()) -> None:
        self._http = access.http
        self._hidden = tuple(
            form for word in (token, *hidden) if word for form in (word, quote(word, safe=""))
        )
        headers: list[tuple[str, str]] = [("Accept", "application/json")]
        if access.tenant:
            headers.append(("NGSILD-Tenant", access.tenant))
        if access.context:
            headers.append(("Link", f'<{access.context}>; rel="{CONTEXT_REL}"; type="application/ld+json"'))
        if token:
            headers.append((access.header, f"{access.prefix}{token}"))
        self._headers: Headers = tuple(headers)

    async def page(self, query: str) -> HttpAnswer:
        """One page of entities. Raises FeedDown, and DecodeError for one that is too large."""
        # The times at which a broker wrote a value are the only ones that many values have.
        return self._checked(
            await ask(self._http, "GET", f"/entities?{query}&options=sysAttrs", self._headers)
        )

    async def types(self) -> HttpAnswer:
        """The types of entities that there are (clause 6.25). Raises FeedDown and DecodeError."""
        return self._checked(await ask(self._http, "GET", "/types", self._headers))

    async def subscribe(self, body: Tree) -> HttpAnswer:
        """Make a subscription; the answer is 201, or 409 if there is one with this id. Raises FeedDown."""
        return self._checked(await self._write("POST", "/subscriptions", body), 409)

    async def subscription(self, name: str) -> HttpAnswer:
        """A subscription, or 404 if there is none. Raises FeedDown."""
        answer = await ask(self._http, "GET", _of_subscription(name), self._headers)
        return self._checked(answer, 404, 410)

    async def change(self, name: str, body: Tree) -> HttpAnswer:
        """Change a subscription, or 404 if there is none. Raises FeedDown."""
        return self._checked(await self._write("PATCH", _of_subscription(name), body), 404, 410)

    async def patch(self, command: DeviceCommand) -> SentRequest:
        """Write a command; raises FeedDown if nothing was written."""
        target, data = patch_target(command), patch_body(command)
        return await send_request(self._http, "PATCH", target, (*self._headers, _JSON), data)

    async def _write(self, method: str, target: str, body: Tree) -> HttpAnswer:
        data = json.dumps(body, ensure_ascii=False).encode()
        return await ask(self._http, method, target, (*self._headers, _JSON), data)

    def _checked(self, answer: HttpAnswer, *known: int) -> HttpAnswer:
        """The answer if it is a good one, or one of the statuses that are known. Raises FeedDown."""
        if 200 <= answer.status < 300 or answer.status in known:
            return answer
        why = _WHY.get(answer.status, "")
        if not why:
            why = "redirected" if 300 <= answer.status < 400 else "request"
            why = "unavailable" if answer.status >= 500 else why
        detail = f"HTTP {answer.status} {problem(answer.body)}".strip()
        for word in self._hidden:
            # Brokers repeat in their errors what they were sent.
            detail = detail.replace(word, HIDDEN)
        raise FeedDown(why, detail[:200], refused=why in _REFUSED)


def _of_subscription(name: str) -> str:
    return f"/subscriptions/{quote(name, safe=':')}"
