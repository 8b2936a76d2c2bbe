"""A test of a device is answered as an order would be, and moves nothing (CMD-15)."""

from __future__ import annotations

import asyncio
import json
import pickle
from typing import Any

import pytest
from city_stage import reader, running, until

from console.city.device import Device, Verdict
from console.city.world import City

ORDERS: list[tuple[str, str, object]] = [
    ("suyeong-pump", "pump2Command", "start"),
    ("suyeong-pump", "gateOpening", 0.5),
    ("suyeong-pump", "gateOpening", 7.0),
    ("choryang-pump", "pump3Command", "start"),
    ("baegyang-tunnel", "fanStage", 2),
    ("gijang-light", "powerState", "on"),
    ("sinho-light", "powerState", "on"),
    ("gamman-port", "port.gate.lanesOpen", 3.0),
    ("sasang-mach-1", "state_cmd", "HOLD"),
    ("sasang-mach-1", "speed_cmd", 80.0),
    ("suyeong-pump", "nothing", 1.0),
]


@pytest.fixture(scope="module")
def city() -> City:
    return City(seed=3)


@pytest.mark.parametrize(("asset", "path", "value"), ORDERS)
def test_a_trial_leaves_every_bit_of_the_city_as_it_was(
    city: City, asset: str, path: str, value: object
) -> None:
    device = city.devices[asset]
    before = bits(city)
    tried = device.trial(path, value)
    assert bits(city) == before
    assert device.asked(path, value, test=True) == tried
    assert bits(city) == before


def test_a_trial_says_what_the_order_is_answered(city: City) -> None:
    """And only the order moves."""
    for asset, path, value in ORDERS:
        device: Device = city.devices[asset]
        tried = device.trial(path, value)
        before = pickle.dumps(device)
        assert device.asked(path, value, test=False) == tried
        if tried.verdict is Verdict.TAKEN and asset == "suyeong-pump":
            assert pickle.dumps(device) != before


def bits(city: City) -> bytes:
    return pickle.dumps(list(city.devices.values()))


@pytest.mark.parametrize(
    ("entity", "attribute", "value", "status"),
    [
        ("urn:ngsi-ld:PumpingStation:suyeong-pump", "pump2Command", "start", 204),
        ("urn:ngsi-ld:PumpingStation:choryang-pump", "pump3Command", "start", 423),
        ("urn:ngsi-ld:RoadTunnel:baegyang-tunnel", "fanStage", 2, 204),
    ],
)
def test_a_test_is_answered_at_once_and_as_such(
    entity: str, attribute: str, value: object, status: int
) -> None:
    """CMD-15."""

    async def story() -> dict[str, Any]:
        async with running() as (_service, urls):
            order = {
                "type": "AttributePatch",
                "requestId": "r1",
                "entityId": entity,
                "attrName": attribute,
                "value": {"type": "Property", "value": value},
                "test": True,
            }
            async with reader(urls["sensors"]) as socket:
                await socket.send(json.dumps(order))
                return await until(socket, lambda tree: tree.get("type") == "AttributePatchResult")

    answer = asyncio.run(story())
    assert (answer["status"], answer["test"]) == (status, True)
