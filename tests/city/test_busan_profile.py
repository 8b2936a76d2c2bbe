"""The shipped profile: whole, rationalised, and in agreement with what the city sends."""

from __future__ import annotations

import asyncio
import json
from collections import Counter

import pytest
from city_stage import alarm_plan, busan, reader, running, tag_value
from factory_stage import host

from console.city.inventory import PLACES
from console.core.catalogue import Catalogue
from console.core.site import CommandClass, FeedDef


def test_the_profile_is_as_large_as_promised() -> None:
    site = busan()
    catalogue = Catalogue(site)
    assert len(site.areas) >= 5
    assert {"eco-delta", "north-port", "second-centum", "east-medical", "gangseo-logistics"} <= set(
        catalogue.areas
    )
    assert len(site.assets) >= 40
    assert len(catalogue.tags) >= 600
    assert Counter(asset.type for asset in site.assets).most_common(1)[0][1] > 3


def test_the_profile_and_the_city_name_the_same_things_at_the_same_places() -> None:
    mine = {place.id: (place.lat, place.lon) for place in PLACES}
    assert {asset.id: (asset.lat, asset.lon) for asset in busan().assets} == mine


def test_every_alarm_says_cause_consequence_action_and_time() -> None:
    """ALM-50: no starred field is empty, in either language."""
    for kind in busan().types:
        for alarm in kind.alarms:
            texts = (alarm.label, alarm.cause, alarm.consequence, alarm.action)
            assert all(text.ko and text.en for text in texts), (kind.id, alarm.name)
            assert alarm.respond_min > 0, (kind.id, alarm.name)


def test_few_alarms_are_critical_and_most_are_low() -> None:
    """ALARMS.md 1.5, 1.7: near 80, 15, 5 and 1 percent; every definition owned, reviewed and weighed (ALM-50)."""
    told = [step for alarms in alarm_plan().values() for alarm in alarms for step in (alarm, *alarm.levels)]
    priorities = Counter(step.priority for step in told)
    total = sum(priorities.values())
    shares = [priorities[priority] / total for priority in (1, 2, 3, 4)]
    assert shares[0] <= 0.03
    assert shares[1] <= 0.08
    assert shares[2] <= 0.18
    assert shares[3] >= 0.72
    definitions = [alarm for kind in busan().types for alarm in kind.alarms]
    assert [a.name for a in definitions if not (a.owner and a.reviewed and a.severity)] == []


def test_what_kills_people_is_never_shelved_and_never_waits_long() -> None:
    for kind in busan().types:
        for alarm in kind.alarms:
            if alarm.top_priority == 1:
                assert not alarm.shelvable, (kind.id, alarm.name)
                assert alarm.respond_min <= 5, (kind.id, alarm.name)


def test_every_command_proves_its_effect_by_a_tag_and_warns_when_it_is_dangerous() -> None:
    for kind in busan().types:
        tags = {tag.name for tag in kind.tags}
        for command in kind.commands:
            assert command.feedback_tag in tags, (kind.id, command.name)
            assert (command.value is None) == (len(command.params) == 1), (kind.id, command.name)
            if command.command_class is not CommandClass.C0:
                assert command.hazard.ko, (kind.id, command.name)
                assert command.hazard.en, (kind.id, command.name)


def test_every_relation_joins_two_assets_and_lines_belong_to_a_plant() -> None:
    site = busan()
    known = {asset.id for asset in site.assets}
    assert {relation.kind for relation in site.relations} == {"drains", "feeds", "supplies"}
    assert all(relation.source in known and relation.target in known for relation in site.relations)
    lines = [asset for asset in site.assets if asset.type.endswith("-line")]
    assert len(lines) == 6
    assert all(asset.parent in known for asset in lines)


def points_of(feed: FeedDef) -> set[tuple[str, str]]:
    """Names (source object, path) that a feed is mapped by."""
    found: set[tuple[str, str]] = set()
    for part in feed.map:
        for asset in busan().assets:
            if asset.type == part.type:
                source = part.source.replace("{asset}", asset.id)
                found |= {(source, route.path) for route in part.tags.values()}
    return found


def names_in(feed: str, frame: str | bytes) -> dict[tuple[str, str], object]:
    """Names and values of one frame."""
    tree = json.loads(frame)
    if feed == "sensors":
        return {
            (entity["id"], name): attribute["value"]
            for entity in tree["data"]
            for name, attribute in entity.items()
            if isinstance(attribute, dict) and attribute["type"] == "Property"
        }
    updates = tree.get("updates", [])
    if not str(tree.get("context", "")).startswith("facilities."):
        return {}
    return {(tree["context"], row["path"]): row["value"] for update in updates for row in update["values"]}


HELLO: dict[str, list[object]] = {
    "sensors": [{"subscriptionId": "s1", "entityIds": None}],
    "logistics": [{"context": "*", "subscribe": [{"path": "*", "policy": "instant"}]}],
}
BESIDE = {
    "Tool/Wear",
    "Buffer/Parts",
    "Command/State",
    "Command/Answer",
    "Properties/Manufacturer",
    "Properties/Model",
}
"""What the factory's devices declare and the profile leaves out: a hub shows it as discovered."""


async def sent(feed: str, wanted: set[tuple[str, str]]) -> dict[tuple[str, str], object]:
    seen: dict[tuple[str, str], object] = {}
    async with running(speed=4.0) as (_service, urls), reader(urls[feed], *HELLO[feed]) as socket:
        async with asyncio.timeout(15.0):
            while not wanted <= set(seen):
                seen |= names_in(feed, await socket.recv())
    return seen


async def told(wanted: set[tuple[str, str]]) -> dict[tuple[str, str], object]:
    """What the factory's devices have said once all that is wanted has come as data, and not only in a birth."""
    seen: set[tuple[str, str]] = set()
    async with running(speed=4.0) as (_service, urls), host(urls["factory"]) as made:
        await made.born()
        while not wanted <= seen:
            made.values.clear()
            await made.until(lambda kind, _d, _p: kind == "DDATA")
            seen |= {(f"Busan/Factory/{device}", name) for device, name in made.values}
        await made.born()
        return {(f"Busan/Factory/{d}", name): value for (d, name), value in made.values.items() if d}


@pytest.mark.parametrize("feed", ["sensors", "logistics", "factory"])
def test_every_mapped_tag_is_really_sent_and_nothing_else(feed: str) -> None:
    definition = next(one for one in busan().feeds if one.id == feed)
    wanted = points_of(definition)
    seen = asyncio.run(told(wanted) if feed == "factory" else sent(feed, wanted))
    assert wanted <= set(seen)
    assert {path for _, path in set(seen) - wanted} <= BESIDE
    for part in definition.map:
        for asset in busan().assets:
            if asset.type == part.type:
                source = part.source.replace("{asset}", asset.id)
                for route in part.tags.values():
                    assert isinstance(tag_value(seen[source, route.path], route), float)
