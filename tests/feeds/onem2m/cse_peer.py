"""A small CSE that plays the recorded exchanges of ACME and Mobius, over WebSocket or a broker.

It keeps containers, instances and subscriptions, and sends a notification before its own response, as ACME does.
"""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

Tree = dict[str, Any]
Out = Callable[[str, Tree], Awaitable[None]]
"""Sends a primitive to an application: its id and the tree."""
CSE_ID = "/busan-in"
CT = "20261122T070000,250000"


@dataclass
class Cse:
    """Resources by address; what it was asked is remembered."""

    containers: dict[str, str] = field(default_factory=dict[str, str])
    """Address and ri."""
    out: Out | None = None
    early: bool = True
    """Notify before the response to the request that caused it."""
    verifies: bool = True
    refuse: dict[int, int] = field(default_factory=dict[int, int])
    """Response codes by type of the resource to be created."""

    def __post_init__(self) -> None:
        self.subscriptions: dict[str, Tree] = {}
        self.instances: dict[str, Tree] = {}
        self.flexible: dict[str, Tree] = {}
        self.asked: list[Tree] = []
        self.replies: list[Tree] = []
        self._numbers = itertools.count(1)
        self._registered: set[str] = set()

    async def hear(self, tree: Tree) -> Tree | None:
        """The response to a request; None for a response to one of ours."""
        if "rsc" in tree:
            self.replies.append(tree)
            return None
        self.asked.append(tree)
        code, content = await self._do(tree)
        told: Tree = {
            "fr": CSE_ID, "to": tree["fr"], "ot": CT, "rsc": code, "rqi": tree["rqi"], "rvi": tree.get("rvi", "3"),
        }  # fmt: skip
        return told | ({} if content is None else {"pc": content})

    async def publish(self, address: str, content: object, **extra: Any) -> None:
        """A device puts an instance into a container."""
        made: Tree = {
            "con": content,
            "ct": CT,
            "lt": CT,
            "ty": 4,
            "pi": self.containers[address],
            "rn": "cin_1",
        }
        made |= {"ri": f"cin{next(self._numbers)}"} | extra
        self.instances[address] = made
        await self._tell(address, {"nev": {"net": 3, "rep": {"m2m:cin": made}}})

    async def change(self, address: str, **attributes: Any) -> None:
        """A flexible container changes."""
        self.flexible[address] |= attributes
        await self._tell(address, {"nev": {"net": 1, "rep": {"cod:pump": self.flexible[address]}}})

    async def drop_subscription(self, address: str, says: bool) -> None:
        """Forget a subscription, and say so or not."""
        if says:
            await self._tell(address, {"sud": True})
        self.subscriptions = {name: one for name, one in self.subscriptions.items() if one["at"] != address}

    async def _tell(self, address: str, sgn: Tree) -> None:
        for made in list(self.subscriptions.values()):
            if made["at"] == address and self.out is not None:
                await self.out(made["nu"][0], self._notify(sgn | {"sur": f"{CSE_ID}/{made['ri']}"}))

    def _notify(self, sgn: Tree) -> Tree:
        request = f"n{next(self._numbers)}"
        return {
            "fr": CSE_ID,
            "to": "CGwanje",
            "op": 5,
            "rqi": request,
            "rvi": "3",
            "ot": CT,
            "pc": {"m2m:sgn": sgn},
        }

    async def _do(self, tree: Tree) -> tuple[int, Tree | None]:
        address = tree["to"]
        match tree["op"]:
            case 1:
                return await self._create(address, tree)
            case 2 if "fc" in tree:
                found = [*self.containers, *self.flexible]
                return 2000, {"m2m:uril": [f"{CSE_ID}/{one}" for one in found]}
            case 2:
                return self._retrieve(address)
            case 4:
                gone = self.subscriptions.pop(address, None)
                return (4004, None) if gone is None else (2002, None)
            case _:
                return 4005, None

    async def _create(self, address: str, tree: Tree) -> tuple[int, Tree | None]:
        kind, (name, resource) = tree["ty"], next(iter(tree["pc"].items()))
        if kind in self.refuse:
            return self.refuse[kind], {"m2m:dbg": "refused by the test"}
        if kind == 2:
            known = tree["fr"] in self._registered
            self._registered.add(tree["fr"])
            return (4117, {"m2m:dbg": "already registered"}) if known else (2001, tree["pc"])
        if address not in self.containers and address not in self.flexible:
            return 4004, {"m2m:dbg": "target not found"}
        if kind == 4:
            await self.publish(address, resource["con"])
            return 2001, {"m2m:cin": self.instances[address]}
        return await self._subscribe(address, name, resource, tree["fr"])

    async def _subscribe(
        self, address: str, name: str, resource: Tree, sender: str
    ) -> tuple[int, Tree | None]:
        full = f"{address}/{resource['rn']}"
        if full in self.subscriptions:
            return 4105, {"m2m:dbg": "resource with this name exists"}
        made = resource | {"ri": f"sub{next(self._numbers)}", "at": address}
        if self.verifies and self.out is not None:
            await self.out(
                resource["nu"][0], self._notify({"vrq": True, "sur": f"{CSE_ID}/{made['ri']}", "cr": sender})
            )
        self.subscriptions[full] = made
        if self.early and address in self.instances:
            await self.publish(address, self.instances[address]["con"])
        return 2001, {name: {key: value for key, value in made.items() if key != "at"}}

    def _retrieve(self, address: str) -> tuple[int, Tree | None]:
        if address in ("-", "cse-in"):
            return 2000, {"m2m:cb": {"rn": "cse-in", "csi": CSE_ID, "ri": "busan-in"}}
        if address in self.subscriptions:
            return 2000, {"m2m:sub": self.subscriptions[address]}
        if address in self.flexible:
            return 2000, {"cod:pump": self.flexible[address]}
        if address in self.containers:
            return 2000, {
                "m2m:cnt": {"ri": self.containers[address], "rn": address.rpartition("/")[2], "cni": 1}
            }
        parent, _, last = address.rpartition("/")
        if last == "la" and parent in self.instances:
            return 2000, {"m2m:cin": self.instances[parent]}
        return 4004, {"m2m:dbg": "resource not found"}


async def until(condition: Callable[[], bool]) -> None:
    """Look every few milliseconds, for 5 s."""
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(0.005)


def dumps(tree: Tree) -> str:
    """JSON as a CSE writes it."""
    return json.dumps(tree)
