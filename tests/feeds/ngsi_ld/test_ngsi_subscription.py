"""Subscriptions as they are written and read, names, and the options of a feed with a broker."""

from __future__ import annotations

import math

import pytest
from broker_stage import Told
from feed_stage import feed_def
from hypothesis import given
from hypothesis import strategies as st

from console.core.errors import DecodeError
from console.core.quality import Quality
from console.feeds.base import Reading
from console.feeds.ngsi_ld.adapter import NgsiLdFeed, make
from console.feeds.ngsi_ld.broker_feed import BrokerFeed
from console.feeds.ngsi_ld.codec import read_frame
from console.feeds.ngsi_ld.intake import EntityIntake
from console.feeds.ngsi_ld.names import Names, type_of
from console.feeds.ngsi_ld.options import DoorOptions, TopicOptions, ngsi_ld_options
from console.feeds.ngsi_ld.selection import Selection
from console.feeds.ngsi_ld.subscription import (
    Endpoint,
    Wanted,
    body,
    changes,
    lease,
    read_location,
    read_standing,
    written,
)
from console.feeds.times import read_time

HERE = "http://127.0.0.1:8712/n"
PUMP = "urn:ngsi-ld:PumpingStation:p1"
NOW = read_time("2026-11-22T07:00:00Z")
WANTED = Wanted(id="urn:s", name="gwanje", lease_s=60.0)
Given = str | float | bool


def test_a_subscription_says_who_is_told_what_and_until_when() -> None:
    end = Endpoint(uri=HERE, receiver=(("Authorization", "Bearer x"),), notifier=(("MQTT-QoS", "1"),))
    made = body(WANTED, Selection(types=("A", "B")), end, NOW)
    assert made == {
        "id": "urn:s",
        "type": "Subscription",
        "subscriptionName": "gwanje",
        "entities": [{"type": "A"}, {"type": "B"}],
        "isActive": True,
        "expiresAt": "2026-11-22T07:01:00.000Z",
        "notification": {
            "format": "normalized",
            "endpoint": {
                "uri": HERE,
                "accept": "application/json",
                "receiverInfo": [{"key": "Authorization", "value": "Bearer x"}],
                "notifierInfo": [{"key": "MQTT-QoS", "value": "1"}],
            },
        },
    }
    assert changes(made).keys() == made.keys() - {"id", "type"}
    assert lease(Wanted(id="s", name="n"), NOW) == {}


@given(st.integers(0, 4_000_000_000_000_000_000))
def test_a_written_time_is_read_back_to_the_millisecond(at: int) -> None:
    assert read_time(written(at)) == at // 1_000_000 * 1_000_000


@pytest.mark.parametrize(
    ("tree", "why"),
    [
        ({"status": "active", "notification": {"status": "ok", "endpoint": {"uri": HERE}}}, ""),
        ({}, ""),
        ({"isActive": False}, "subscription_paused"),
        ({"status": "paused"}, "subscription_paused"),
        ({"status": "expired"}, "subscription_expired"),
        ({"expiresAt": "2026-11-22T06:59:59,999Z"}, "subscription_expired"),
        ({"expires": "2026-11-22T16:00:00+09:00"}, "subscription_expired"),
        ({"expiresAt": "2026-11-22T07:00:01Z"}, ""),
        ({"expiresAt": "never"}, ""),
        ({"notification": {"status": "failed", "lastFailure": "2026"}}, "notify_failed"),
        ({"status": "failed"}, "subscription_paused"),
        ({"notification": {"endpoint": {"uri": "http://other/"}}}, "subscription_changed"),
        ({"notification": 7, "status": None}, ""),
    ],
)
def test_how_a_subscription_stands_is_read(tree: object, why: str) -> None:
    assert read_standing(tree, HERE, NOW).why == why


LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=6)
NODES = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
    st.sampled_from(["status", "isActive", "expiresAt", "notification", "endpoint", "uri", "timesFailed"]), inner,
    max_size=5), max_leaves=15)  # fmt: skip


@given(NODES)
def test_no_answer_about_a_subscription_makes_the_reader_fail(tree: object) -> None:
    try:
        found = read_standing(tree, HERE, NOW)
    except DecodeError:
        assert not isinstance(tree, dict)
        return
    assert found.failed >= -1 or isinstance(found.failed, int)


@pytest.mark.parametrize(
    ("location", "name"),
    [
        ("/ngsi-ld/v1/subscriptions/urn:a", "urn:a"),
        ("http://b/subscriptions/urn%3Aa/?x", "urn:a"),
        ("", ""),
        ("/", ""),
    ],
)
def test_the_id_of_a_subscription_is_read_from_where_it_was_made(location: str, name: str) -> None:
    assert read_location(location) == name


def test_names_of_the_profile_are_found_in_either_form() -> None:
    names = Names(["level", "https://a/x#state", "https://a/y/flow", "https://b/y/flow"])
    assert names("level") == names("https://uri.etsi.org/ngsi-ld/default-context/level") == "level"
    assert names("state") == names("https://a/x#state") == names("https://c/state") == "https://a/x#state"
    # Two full names with one last part stay apart, and the short one stands for neither.
    assert (names("https://a/y/flow"), names("flow"), names("https://c/flow")) == (
        "https://a/y/flow",
        "flow",
        "flow",
    )
    assert Names(["state", "https://a/state"])("state") == "state"


@given(st.lists(st.text(max_size=12), max_size=6), st.text(max_size=12))
def test_a_mapped_name_is_always_itself(mapped: list[str], other: str) -> None:
    names = Names(mapped)
    for name in mapped:
        assert names(name) in mapped
    assert isinstance(names(other), str)


def test_a_type_stands_in_an_id() -> None:
    assert [type_of(name) for name in (PUMP, "urn:ngsi-ld:T", "urn:x:T:a", "p1", "urn:ngsi-ld::a")] == [
        "PumpingStation", "", "", "", ""
    ]  # fmt: skip


def test_a_full_name_of_the_profile_reads_what_the_broker_shortened() -> None:
    entity = {"id": PUMP, "type": "T", "state": {"type": "Property", "value": "on"}}
    names = Names(["https://a/x#state"])
    assert read_frame(entity, None, names).readings == [Reading(PUMP, "https://a/x#state", "on")]


def test_an_entity_that_is_gone_is_no_reading() -> None:
    decoded = read_frame([{"id": PUMP, "type": "T", "deletedAt": "2026-11-22T07:00:00Z", "level": 1}])
    assert (decoded.deleted, decoded.readings, decoded.entities) == ([PUMP], [], [PUMP])


def test_simplified_instances_are_told_apart() -> None:
    """Clause 4.5.5: several instances of one attribute in the simplified form."""
    node = {"dataset": {"@none": 1, "urn:ngsi-ld:Dataset:north": 2}}
    found = {row.path: row.value for row in read_frame({"id": PUMP, "type": "T", "speed": node}).readings}
    assert found == {"speed": 1, "speed@north": 2}


@given(st.binary(max_size=200) | st.text(max_size=200) | st.sampled_from(
    ['{"data": [{"id": "a", "deletedAt": 1}]}', '{"subscriptionId": "x", "data": {}}', "[[[[]]]]",
     '{"body": {"body": {"body": 1, "metadata": 1}, "metadata": 1}, "metadata": {}}']))  # fmt: skip
def test_no_notification_makes_the_intake_fail(frame: bytes | str) -> None:
    sink = Told()
    intake = EntityIntake(sink, {("a", "level"): 5.0}, None, 1000)
    read = intake.called(frame, "POST")
    assert read or sink.faults
    for row in sink.rows:
        assert not (isinstance(row.value, float) and math.isinf(row.value))
        assert row.quality in tuple(Quality)


@pytest.mark.parametrize(
    ("url", "options", "fault"),
    [
        ("http://b/", {"colour": "red"}, "option colour"),
        ("http://b/", {"format": "xml"}, "option format"),
        ("http://b/", {"receive": HERE, "mqtt": "mqtt://m"}, "option receive or mqtt"),
        ("http://b/", {"receive": "ftp://127.0.0.1:1/"}, "option receive"),
        ("http://b/", {"receive": "http://127.0.0.1/n"}, "option receive"),
        ("http://b/", {"receive": "http://hub.example:80/n"}, "option receive"),
        ("http://b/", {"receive": "http://0.0.0.0:8712/n"}, "option notify_secret"),
        ("http://b/", {"receive": f"{HERE}/{{secret}}"}, "option notify_secret"),
        ("http://b/", {"receive": HERE, "notify_secret": "a b"}, "option notify_secret"),
        ("http://b/", {"receive": "https://127.0.0.1:1/n"}, "option receive_cert_file"),
        ("http://b/", {"receive": HERE, "endpoint": "mqtt://m/x"}, "option endpoint"),
        ("http://b/", {"mqtt": "ws://m:9001/mqtt"}, "option endpoint"),
        ("http://b/", {"mqtt": "mqtt://m", "topic": "a/#"}, "option topic"),
        ("http://b/", {"mqtt": "mqtt://m", "qos": 3.0}, "option qos"),
        ("http://b/", {"mqtt": "tcp://m"}, "url"),
        ("http://b/", {"client_id": "x"}, "option client_id belongs to the option mqtt"),
        ("http://b/", {"ca_file": "x"}, "option ca_file"),
        ("http://b/", {"token": "the token itself!"}, "option token"),
        ("http://b/", {"token_header": "a b"}, "option token_header"),
        ("http://b/", {"tenant": "a\r\nb"}, "option tenant"),
        ("http://b/", {"context": "https://a/>"}, "option context"),
        ("http://b/", {"entities": "p1"}, "option types"),
        ("http://b/", {"id_pattern": "("}, "option id_pattern"),
        ("http://b/", {"id_pattern": "x"}, "option id_pattern"),
        ("http://b/", {"lease_s": 1.0}, "option lease_s"),
        ("http://u:p@b/", {}, "url"),
        ("ws://b/events", {"broker": "ws://b"}, "url"),
        ("ws://b/events", {"broker": "http://b", "receive": HERE}, "option receive"),
        ("ws://b/events", {"types": "T"}, "option types"),
    ],
)  # fmt: skip
def test_a_wrong_option_of_a_broker_is_named(url: str, options: dict[str, Given], fault: str) -> None:
    with pytest.raises(ValueError, match=f"feed: {fault}"):
        make(feed_def("ngsi_ld", url, options))


def test_the_way_of_a_feed_follows_from_its_options() -> None:
    assert isinstance(make(feed_def("ngsi_ld", "ws://b/events")), NgsiLdFeed)
    assert isinstance(make(feed_def("ngsi_ld", "ws://b/events", {"broker": "http://b"})), BrokerFeed)
    door = ngsi_ld_options(feed_def("ngsi_ld", "http://b:1026", {"receive": HERE}))
    assert isinstance(door.delivery, DoorOptions)
    assert (door.endpoint, door.access.http.base) == (HERE, "/ngsi-ld/v1")
    topic = ngsi_ld_options(feed_def("ngsi_ld", "https://b/api", {"mqtt": "mqtt://m:1884", "user": "hub"}))
    assert isinstance(topic.delivery, TopicOptions)
    assert (topic.endpoint, topic.delivery.link.user) == ("mqtt://m:1884/gwanje/feed", "hub")
    assert topic.access.http.base == "/api"
