"""Requests that we make of a CSE, as content of primitives; pure."""

from __future__ import annotations

import json
from dataclasses import dataclass

from console.feeds.onem2m.codec import AE, CIN, CREATE, DELETE, RETRIEVE, SUB, Tree

CNT, FCNT = 3, 28
"""Resource types of containers (TS-0004 clause 6.3.4.2.1)."""
CHILD_CREATED, RESOURCE_UPDATED = 3, 1
"""Events of a subscription (TS-0004 clause 6.3.4.2.31)."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One request without what every request of a connection carries."""

    op: int
    to: str
    kind: int = 0
    content: Tree | None = None
    registers: bool = False
    filter: Tree | None = None


def primitive(ask: Ask, request_id: str, sender: str, version: str) -> str:
    """The JSON of a request; a version of release 1 does not say its version."""
    tree: Tree = {"op": ask.op, "to": ask.to, "fr": sender, "rqi": request_id}
    if version and version != "1":
        tree["rvi"] = version
    if ask.kind:
        tree["ty"] = ask.kind
    if ask.content is not None:
        tree["pc"] = ask.content
    if ask.filter is not None:
        tree["fc"] = ask.filter
    return json.dumps(tree, ensure_ascii=False)


def register(base: str, name: str, version: str, reached_at: tuple[str, ...]) -> Ask:
    """Register ourselves as an application that can be reached."""
    content: Tree = {"rn": name, "api": "N.gwanje", "rr": True}
    if version and version != "1":
        content["srv"] = [version]
    if reached_at:
        content["poa"] = list(reached_at)
    return Ask(CREATE, base, AE, {"m2m:ae": content}, registers=True)


def retrieve(address: str) -> Ask:
    """Read a resource."""
    return Ask(RETRIEVE, address)


def discover(base: str, most: int) -> Ask:
    """Ask for the addresses of all containers and flexible containers below a resource (TS-0001 clause 10.2.6)."""
    return Ask(RETRIEVE, base, filter={"fu": 1, "ty": [CNT, FCNT], "lim": most})


def delete(address: str) -> Ask:
    """Take a resource away."""
    return Ask(DELETE, address)


def subscribe(container: str, name: str, notify: str, events: tuple[int, ...]) -> Ask:
    """Ask to be told of events below a container, with the whole resource (nct 1)."""
    content: Tree = {"rn": name, "nu": [notify], "enc": {"net": list(events)}, "nct": 1}
    return Ask(CREATE, container, SUB, {"m2m:sub": content})


def instance(container: str, content: str, labels: tuple[str, ...]) -> Ask:
    """Put a content instance into a container."""
    return Ask(CREATE, container, CIN, {"m2m:cin": {"con": content, "lbl": list(labels)}})
