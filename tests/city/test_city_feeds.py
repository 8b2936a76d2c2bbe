"""The feeds over real loopback sockets: their formats, their subscriptions, and what they answer to orders."""

from __future__ import annotations

import asyncio
import json
import math
import re
from collections.abc import Callable
from typing import Any

import pytest
from city_stage import FREE, reader, running, until
from factory_stage import client, heard
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin

from console.city.faults import BIG_BYTES, FAULTS
from console.city.service import CityService
from console.feeds.mqtt_wire import Message
from console.setup.arguments import CityOptions

SUBSCRIBE = {"subscriptionId": "s1", "entityIds": None}
ALL_PATHS = {"context": "*", "subscribe": [{"path": "*", "policy": "instant"}]}
PUMP = "urn:ngsi-ld:PumpingStation:suyeong-pump"
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[.,]\d{3}\+09:00")


def patch(entity: str, attribute: str, value: object, request: str = "r1") -> dict[str, Any]:
    return {
        "type": "AttributePatch",
        "requestId": request,
        "entityId": entity,
        "attrName": attribute,
        "value": {"type": "Property", "value": value},
    }


def is_result(tree: dict[str, Any]) -> bool:
    return tree.get("type") == "AttributePatchResult"


async def answer_of(url: str, message: dict[str, Any]) -> dict[str, Any]:
    async with reader(url, message) as socket:
        return await until(socket, is_result)


def test_a_notification_is_normalized_ngsi_ld_with_times_and_units() -> None:
    async def story() -> list[dict[str, Any]]:
        async with running(speed=4.0) as (_service, urls), reader(urls["sensors"], SUBSCRIBE) as socket:
            return [json.loads(await socket.recv()) for _ in range(80)]

    frames = asyncio.run(story())
    times: list[str] = []
    for frame in frames:
        assert set(frame) == {"id", "subscriptionId", "notifiedAt", "data"}
        assert frame["subscriptionId"] == "s1"
        assert TIME.fullmatch(frame["notifiedAt"])
        (entity,) = frame["data"]
        assert entity["id"] == frame["id"] == f"urn:ngsi-ld:{entity['type']}:{entity['id'].rsplit(':', 1)[1]}"
        for name, attribute in entity.items():
            if isinstance(attribute, dict) and name != "location":
                assert attribute["type"] == "Property"
                times.append(str(attribute["observedAt"]))  # pyright: ignore[reportUnknownArgumentType]
    assert all(TIME.fullmatch(time) for time in times)
    assert any("," in time for time in times)
    first = next(frame["data"][0] for frame in frames if frame["id"] == PUMP)
    assert first["inletLevel"]["unitCode"] == "MTR"
    assert first["location"]["value"]["coordinates"] == [129.1195, 35.1725]


def test_nothing_is_sent_before_a_subscription_and_then_only_what_was_asked_for() -> None:
    async def story() -> set[str]:
        async with running(speed=4.0) as (_service, urls), reader(urls["sensors"]) as socket:
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(socket.recv(), 0.4)
            await socket.send("this is no JSON")
            await socket.send(json.dumps({"subscriptionId": "one", "entityIds": [PUMP]}))
            return {json.loads(await socket.recv())["id"] for _ in range(4)}

    assert asyncio.run(story()) == {PUMP}


def test_a_started_pump_is_seen_running_with_current_and_a_falling_level() -> None:
    async def story() -> tuple[dict[str, Any], list[dict[str, Any]]]:
        async with running(speed=4.0) as (_service, urls), reader(urls["sensors"]) as socket:
            await socket.send(json.dumps({"subscriptionId": "one", "entityIds": [PUMP]}))
            await until(socket, lambda tree: tree.get("id") == PUMP)
            await socket.send(json.dumps(patch(PUMP, "pump2Command", "start")))
            result = await until(socket, is_result)

            def fast(tree: dict[str, Any]) -> bool:
                entity = tree["data"][0]
                return "pump2Status" in entity and entity["pump2Status"]["value"] == "running"

            first = await until(socket, fast)
            rows = [first["data"][0]]
            while len(rows) < 4:
                entity = json.loads(await socket.recv())["data"][0]
                if "inletLevel" in entity:
                    rows.append(entity)
            return result, rows

    result, rows = asyncio.run(story())
    assert result == {"type": "AttributePatchResult", "requestId": "r1", "status": 204, "title": ""}
    assert rows[-1]["pump2Current"]["value"] > 150.0
    assert rows[-1]["inletLevel"]["value"] < rows[0]["inletLevel"]["value"] - 0.02


@pytest.mark.parametrize(
    ("entity", "attribute", "value", "status"),
    [
        ("urn:ngsi-ld:PumpingStation:choryang-pump", "pump3Command", "start", 423),
        (PUMP, "pump2Command", "reset", 409),
        (PUMP, "pump2Command", "explode", 400),
        (PUMP, "colour", "red", 404),
        ("urn:ngsi-ld:PumpingStation:atlantis", "pump2Command", "start", 404),
        ("urn:ngsi-ld:StreetlightControlCabinet:gijang-light", "powerState", "on", 204),
        ("urn:ngsi-ld:RoadTunnel:hwangnyeong-tunnel", "fanStage", 3, 204),
    ],
)
def test_an_attribute_patch_is_answered_with_the_status_that_fits(
    entity: str, attribute: str, value: object, status: int
) -> None:
    async def story() -> dict[str, Any]:
        async with running() as (_service, urls):
            return await answer_of(urls["sensors"], patch(entity, attribute, value))

    answer = asyncio.run(story())
    assert answer["status"] == status
    assert answer["requestId"] == "r1"
    assert bool(answer["title"]) == (status != 204)


def test_a_second_order_to_a_busy_device_is_told_so() -> None:
    async def story() -> list[int]:
        async with running() as (_service, urls), reader(urls["sensors"]) as socket:
            for request in ("a", "b"):
                await socket.send(json.dumps(patch(PUMP, "pump2Command", "start", request)))
            return [(await until(socket, is_result))["status"] for _ in range(2)]

    assert asyncio.run(story()) == [204, 503]


def test_a_slow_device_accepts_at_once_and_reports_when_it_is_done() -> None:
    async def story() -> list[int]:
        async with running(speed=10.0) as (_service, urls), reader(urls["sensors"]) as socket:
            await socket.send(json.dumps(patch("urn:ngsi-ld:RoadTunnel:baegyang-tunnel", "fanStage", 2)))
            return [(await until(socket, is_result))["status"] for _ in range(2)]

    assert asyncio.run(story()) == [202, 204]


def test_a_silent_device_never_answers() -> None:
    async def story() -> None:
        async with running() as (_service, urls), reader(urls["sensors"]) as socket:
            silent = "urn:ngsi-ld:StreetlightControlCabinet:sinho-light"
            await socket.send(json.dumps(patch(silent, "powerState", "on")))
            with pytest.raises(TimeoutError):
                await until(socket, is_result, within_s=0.5)

    asyncio.run(story())


def test_a_patch_without_a_property_is_a_bad_request() -> None:
    async def story() -> int:
        async with running() as (_service, urls):
            broken = patch(PUMP, "pump2Command", "start") | {"value": "start"}
            return (await answer_of(urls["sensors"], broken))["status"]

    assert asyncio.run(story()) == 400


def test_signal_k_says_hello_then_answers_a_subscription_with_what_it_knows() -> None:
    async def story() -> list[dict[str, Any]]:
        async with running() as (_service, urls), reader(urls["logistics"], ALL_PATHS) as socket:
            return [json.loads(await socket.recv()) for _ in range(43)]

    hello, *deltas = asyncio.run(story())
    assert {"name", "version", "self", "roles", "timestamp"} <= set(hello)
    contexts = {delta["context"] for delta in deltas}
    assert sum(one.startswith("vessels.urn:mrn:imo:mmsi:") for one in contexts) >= 25
    assert sum(one.startswith("vehicles.urn:mrn:gwanje:truck:") for one in contexts) >= 12
    assert sum(one.startswith("facilities.urn:mrn:gwanje:asset:") for one in contexts) == 4
    ship = next(delta for delta in deltas if delta["context"].endswith(":440123000"))
    (update,) = ship["updates"]
    assert update["$source"] == "ais.AI"
    assert update["timestamp"].endswith("Z")
    values = [(row["path"], row["value"]) for row in update["values"]]
    assert ("", {"mmsi": "440123000", "name": "BUSAN PIONEER"}) in values
    known = {path: value for path, value in values if path}
    assert known["design.aisShipType"]["id"] == 70
    assert 34.8 < known["navigation.position"]["latitude"] < 35.4
    assert 0.0 <= known["navigation.headingTrue"] <= 2 * math.pi
    assert 0.0 < known["navigation.speedOverGround"] < 15.0


def test_signal_k_sends_only_the_contexts_and_paths_asked_for() -> None:
    wanted = {
        "context": "vessels.*",
        "subscribe": [{"path": "navigation.speed*", "period": 1000, "policy": "fixed"}],
    }

    async def story() -> list[dict[str, Any]]:
        async with (
            running(speed=2.0) as (_service, urls),
            reader(urls["logistics"] + "?subscribe=none", wanted) as socket,
        ):
            return [json.loads(await socket.recv()) for _ in range(60)]

    _hello, *deltas = asyncio.run(story())
    assert {delta["context"].split(".")[0] for delta in deltas} == {"vessels"}
    paths = {row["path"] for delta in deltas for update in delta["updates"] for row in update["values"]}
    assert paths == {"", "navigation.speedOverGround"}


def test_signal_k_streams_everything_when_the_address_says_so_and_stops_when_asked() -> None:
    async def story() -> None:
        async with running() as (_service, urls), reader(urls["logistics"] + "?subscribe=all") as socket:
            await until(socket, lambda tree: "updates" in tree)
            await socket.send(json.dumps({"context": "*", "unsubscribe": [{"path": "*"}]}))
            quiet = False
            async with asyncio.timeout(8.0):
                while not quiet:
                    try:
                        await asyncio.wait_for(socket.recv(), 2.5)
                    except TimeoutError:
                        quiet = True
            assert quiet

    asyncio.run(story())


@pytest.mark.parametrize(
    ("asset", "path", "value", "codes"),
    [
        ("pnit-port", "port.gate.lanesOpen", 6, [202, 200]),
        ("pnit-port", "port.gate.lanesOpen", 99, [400]),
        ("gamman-port", "port.gate.lanesOpen", 6, [403]),
        ("pnit-port", "port.crane1.state", "idle", [405]),
        ("atlantis", "port.gate.lanesOpen", 6, [404]),
    ],
)
def test_a_put_goes_through_its_request_states(
    asset: str, path: str, value: object, codes: list[int]
) -> None:
    put = {
        "context": f"facilities.urn:mrn:gwanje:asset:{asset}",
        "requestId": "q1",
        "put": {"path": path, "value": value},
    }

    async def story() -> list[dict[str, Any]]:
        async with running(speed=10.0) as (_service, urls), reader(urls["logistics"], put) as socket:
            return [await until(socket, lambda tree: tree.get("requestId") == "q1") for _ in codes]

    states = asyncio.run(story())
    assert [state["statusCode"] for state in states] == codes
    assert states[-1]["state"] == "COMPLETED"
    assert (states[0]["state"] == "PENDING") == (codes[0] == 202)


def test_a_browser_page_and_a_wrong_path_are_turned_away() -> None:
    """SEC-24: a web page must not reach a loopback port."""

    async def story() -> tuple[int, int]:
        async with running() as (_service, urls):
            with pytest.raises(InvalidStatus) as page:
                await connect(urls["sensors"], origin=Origin("http://evil.example"), proxy=None)
            with pytest.raises(InvalidStatus) as path:
                await connect(urls["sensors"].replace("/events", "/other"), proxy=None)
            return page.value.response.status_code, path.value.response.status_code

    assert asyncio.run(story()) == (403, 404)


@pytest.mark.expects_log("feed")
def test_a_reader_that_does_not_read_is_cut_and_the_others_are_not() -> None:
    async def story() -> int:
        async with running() as (service, urls), reader(urls["logistics"]) as good:
            async with connect(urls["logistics"], proxy=None, max_queue=1, close_timeout=0.1):
                while service.logistics.readers < 2:
                    await asyncio.sleep(0.01)
                for _ in range(200):
                    # The good reader takes each frame as it comes, the other one none.
                    service.logistics.inject("x" * 400_000)
                    await until_text(good, "x")
                    if service.logistics.readers == 1:
                        break
            return service.logistics.readers

    async def until_text(socket: Any, start: str) -> None:
        while not str(await socket.recv()).startswith(start):
            continue

    assert asyncio.run(story()) == 1


def test_two_cities_cannot_take_one_port() -> None:
    async def story() -> None:
        async with running() as (service, urls):
            del service
            port = int(urls["factory"].rsplit(":", 1)[1].split("/")[0])
            options = CityOptions(sensors=FREE, logistics=FREE, factory=type(FREE)("127.0.0.1", port))
            with pytest.raises(OSError, match=r"(?i)address already in use"):
                await CityService(options).start()

    asyncio.run(story())


@pytest.mark.parametrize("feed", ["logistics", "sensors"])
def test_every_fault_reaches_a_reader_as_it_is(feed: str) -> None:
    async def story() -> list[str | bytes]:
        async with running() as (service, urls), reader(urls[feed]) as socket:
            while service.servers[feed].readers < 1:
                await asyncio.sleep(0.01)
            found: list[str | bytes] = []
            for fault in FAULTS[feed]:
                service.servers[feed].inject(fault.frame)
                while True:
                    got = await asyncio.wait_for(socket.recv(), 10.0)
                    if got == fault.frame:
                        found.append(got)
                        break
            return found

    found = asyncio.run(story())
    assert max(len(frame) for frame in found) > BIG_BYTES
    assert len({fault.name for fault in FAULTS[feed]}) == len(FAULTS[feed]) == len(found)


def begins(frame: bytes) -> Callable[[Message], bool]:
    """Whether a message begins with these bytes."""
    return lambda message: message.payload.startswith(frame)


def test_every_fault_of_the_factory_is_published_whole() -> None:
    """What can be read as a payload gets the number that the host expects next, at its end."""

    async def story() -> list[bytes]:
        async with running() as (service, urls):
            topic = "spBv1.0/Busan/DDATA/Factory/noksan-ship-1"
            async with client(urls["factory"], topic, max_frame_bytes=2 * BIG_BYTES) as link:
                found: list[bytes] = []
                for fault in FAULTS["factory"]:
                    frame = fault.frame
                    assert isinstance(frame, bytes)
                    service.factory.inject(frame)
                    found.append((await heard(link, begins(frame))).payload)
                return found

    found = asyncio.run(story())
    faults = FAULTS["factory"]
    assert max(len(frame) for frame in found) >= BIG_BYTES
    assert len({fault.name for fault in faults}) == len(faults) == len(found)
    assert sum(frame != fault.frame for frame, fault in zip(found, faults, strict=True)) == 11


def test_a_gone_reader_is_forgotten() -> None:
    async def story() -> int:
        async with running() as (service, urls):
            async with reader(urls["sensors"], SUBSCRIBE) as socket:
                await socket.recv()
            async with asyncio.timeout(3.0):
                while service.sensors.readers:
                    await asyncio.sleep(0.01)
            return service.sensors.readers

    assert asyncio.run(story()) == 0
