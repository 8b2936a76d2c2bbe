"""A small NGSI-LD context broker on loopback that behaves as those of PROTOCOLS do, and misbehaves where a test says.

It keeps entities and subscriptions, answers queries page by page, and delivers over HTTP in the format that was asked
for. Written against ETSI GS CIM 009; it shares no code with the adapter.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import parse_qs, unquote, urlsplit

from http_stage import raw_http, reply

Tree = dict[str, Any]
BASE = "/ngsi-ld/v1"
STATION = "urn:ngsi-ld:PumpingStation:"


@dataclass
class Call:
    """One request; names of headers in small letters."""

    method: str
    target: str
    headers: dict[str, str]
    body: Any = None

    @property
    def path(self) -> str:
        """Behind the base, decoded."""
        return unquote(urlsplit(self.target).path.removeprefix(BASE))

    @property
    def query(self) -> dict[str, str]:
        """Parameters."""
        return {name: values[0] for name, values in parse_qs(urlsplit(self.target).query).items()}


def station(name: str, level: float | None, at: str = "", state: str = "off") -> Tree:
    """A normalized entity."""
    node: Tree = {"type": "Property", "value": level}
    if at:
        node["observedAt"] = at
    return {
        "id": f"{STATION}{name}",
        "type": "PumpingStation",
        "level": node,
        "state": {"type": "Property", "value": state},
        "location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [129.1, 35.1]}},
    }


def shaped(entity: Tree, form: str) -> Tree:
    """An entity in another representation (clause 4.5)."""
    names = [name for name in entity if name not in ("id", "type")]
    head = {"id": entity["id"], "type": entity["type"]}
    if form in ("simplified", "keyValues"):
        return head | {name: entity[name]["value"] for name in names}
    if form == "concise":
        return head | {name: {k: v for k, v in entity[name].items() if k != "type"} for name in names}
    if form == "geojson":
        properties = {"type": entity["type"]} | {name: entity[name] for name in names}
        return {"id": entity["id"], "type": "Feature", "geometry": None, "properties": properties}
    return entity


@dataclass
class ContextBroker:
    """What it knows, what it was asked, and how it misbehaves."""

    entities: dict[str, Tree] = field(default_factory=dict[str, Tree])
    subscriptions: dict[str, Tree] = field(default_factory=dict[str, Tree])
    calls: list[Call] = field(default_factory=list[Call])
    url: str = ""
    token: str = ""
    counts: bool = True
    own_ids: bool = False
    most_page: int = 1000
    override: Callable[[Call], bytes | None] = lambda _call: None
    """A test's own answer to a call, empty bytes for none at all."""
    notified: list[int] = field(default_factory=list[int])
    """Statuses with which notifications were answered, 0 for no answer."""
    patched: list[tuple[str, str, Any]] = field(default_factory=list[tuple[str, str, Any]])
    held: Callable[[Call], asyncio.Event | None] = lambda _call: None
    """What the answer to a call waits for."""

    def put(self, *entities: Tree) -> None:
        """Entities that there are, without telling anybody."""
        self.entities |= {entity["id"]: entity for entity in entities}

    def asked(self, method: str, start: str) -> list[Call]:
        """Requests of this kind so far."""
        return [call for call in self.calls if call.method == method and call.path.startswith(start)]

    @property
    def only(self) -> Tree:
        """The only subscription."""
        (found,) = self.subscriptions.values()
        return found

    def notification(self, subscription: Tree, entities: list[Tree]) -> Tree:
        """A notification in the format of its subscription (clause 5.3.1)."""
        told = subscription["notification"]
        form = "geojson" if "geo" in told["endpoint"]["accept"] else told.get("format", "normalized")
        data: Any = [shaped(entity, form) for entity in entities]
        if form == "geojson":
            data = {"type": "FeatureCollection", "features": data}
        return {
            "id": "urn:ngsi-ld:Notification:1",
            "type": "Notification",
            "subscriptionId": subscription["id"],
            "notifiedAt": "2026-11-22T07:00:09.000Z",
            "data": data,
        }

    async def notify(self, *entities: Tree) -> int:
        """Deliver over HTTP to every subscription; returns the last status, 0 for no answer."""
        status = 0
        for subscription in list(self.subscriptions.values()):
            body = json.dumps(self.notification(subscription, list(entities))).encode()
            endpoint = subscription["notification"]["endpoint"]
            headers = {pair["key"]: pair["value"] for pair in endpoint.get("receiverInfo", [])}
            status = await post(endpoint["uri"], body, headers)
            self.notified.append(status)
            if status != 200:
                told = subscription["notification"]
                told["timesFailed"] = told.get("timesFailed", 0) + 1
        return status

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection with one request."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        pairs = (line.partition(":") for line in head[1:] if ":" in line)
        headers = {name.lower(): value.strip() for name, _, value in pairs}
        method, target, _ = head[0].split(" ")
        length = int(headers.get("content-length", "0"))
        body = json.loads(await reader.readexactly(length)) if length else None
        call = Call(method, target, headers, body)
        self.calls.append(call)
        gate = self.held(call)
        if gate is not None:
            await gate.wait()
        made = self.override(call)
        writer.write(self.answer(call) if made is None else made)
        await writer.drain()

    def answer(self, call: Call) -> bytes:
        """What a broker answers."""
        if self.token and call.headers.get("authorization") != f"Bearer {self.token}":
            return problem(401 if "authorization" not in call.headers else 403, "not you")
        if not call.target.startswith(BASE):
            return problem(404, "no such path")
        parts = call.path.strip("/").split("/")
        if parts[0] == "types":
            names = sorted({str(entity["type"]) for entity in self.entities.values()})
            return reply(json.dumps({"id": "urn:x", "type": "EntityTypeList", "typeList": names}))
        if parts[0] == "entities" and call.method == "GET":
            return self._page(call)
        if parts[0] == "entities" and call.method == "PATCH":
            return self._patch(parts[1], call.path.partition("/attrs/")[2], call.body)
        if parts[0] == "subscriptions":
            return self._subscription(call, parts[1] if len(parts) > 1 else "")
        return problem(404, "no such path")

    def _page(self, call: Call) -> bytes:
        query = call.query
        types, ids = query.get("type", "").split(","), query.get("id", "").split(",")
        if types == [""]:
            return problem(400, "Too broad query")
        found = [
            entity
            for entity in self.entities.values()
            if entity["type"] in types
            and (ids == [""] or entity["id"] in ids)
            and re.search(query.get("idPattern", ""), entity["id"])
        ]
        start, size = int(query.get("offset", "0")), min(int(query.get("limit", "20")), self.most_page)
        counted = {"NGSILD-Results-Count": str(len(found))} if self.counts and query.get("count") else {}
        if start + size < len(found):
            counted["Link"] = f'<{BASE}/entities?offset={start + size}>; rel="next"; type="application/json"'
        return reply(json.dumps(found[start : start + size]), **counted)

    def _patch(self, entity: str, attribute: str, body: Any) -> bytes:
        self.patched.append((entity, attribute, body))
        if entity not in self.entities or attribute not in self.entities[entity]:
            return problem(404, "Entity or attribute not found")
        self.entities[entity][attribute] = body
        return reply("", "204 No Content")

    def _subscription(self, call: Call, name: str) -> bytes:
        if call.method == "POST":
            made = cast("Tree", dict(call.body))
            made["id"] = f"urn:broker:{len(self.subscriptions) + 1}" if self.own_ids else made["id"]
            if made["id"] in self.subscriptions:
                return problem(409, "AlreadyExists")
            self.subscriptions[made["id"]] = made | {"status": "active"}
            return reply("", "201 Created", Location=f"{BASE}/subscriptions/{made['id']}")
        if name not in self.subscriptions:
            return problem(404, "Subscription not found")
        if call.method == "PATCH":
            self.subscriptions[name] |= call.body
            if call.body.get("isActive"):
                self.subscriptions[name]["status"] = "active"
            return reply("", "204 No Content")
        return reply(json.dumps(self.subscriptions[name]))


def problem(status: int, title: str) -> bytes:
    """An error of clause 5.5.2."""
    kind = "https://uri.etsi.org/ngsi-ld/errors/BadRequestData"
    return reply(json.dumps({"type": kind, "title": title}), f"{status} Error")


async def post(uri: str, body: bytes, headers: dict[str, str]) -> int:
    """POST as a broker does; the status, 0 where nobody answers."""
    parts = urlsplit(uri)
    try:
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    except OSError:
        return 0
    told = {
        "Host": parts.netloc,
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        **headers,
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    try:
        writer.write(f"POST {parts.path} HTTP/1.1\r\n{head}\r\n".encode() + body)
        line = await reader.readline()
        return int(line.split(b" ")[1]) if line else 0
    except OSError:
        return 0
    finally:
        writer.close()


@asynccontextmanager
async def context_broker(**settings: Any) -> AsyncGenerator[ContextBroker]:
    """A running broker."""
    made = ContextBroker(**settings)
    async with raw_http(made.talk) as url:
        made.url = f"{url}{BASE}"
        yield made
