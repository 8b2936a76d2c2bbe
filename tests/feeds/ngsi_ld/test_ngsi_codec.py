"""NGSI-LD frames as brokers send them."""

from __future__ import annotations

import math
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.core.errors import DecodeError
from console.core.quality import Quality
from console.feeds.base import DeviceAnswer, DeviceCommand, Reading
from console.feeds.json_guard import load, load_object
from console.feeds.ngsi_ld.codec import read_frame, short_name
from console.feeds.ngsi_ld.commands import patch_frame, read_result, subscribe_frame
from console.feeds.times import read_time

PUMP = "urn:ngsi-ld:PumpingStation:suyeong"
AT = read_time("2026-11-22T07:00:00Z")


def values(tree: object) -> dict[str, float | bool | str]:
    return {reading.path: reading.value for reading in read_frame(tree).readings}


def entity(**attributes: object) -> dict[str, object]:
    return {"id": PUMP, "type": "PumpingStation", **attributes}


def test_a_city_data_hub_event_is_read() -> None:
    """`id` of the envelope is the entity's, and times carry a comma or a zone."""
    event = load(
        """{"id": "urn:ngsi-ld:PumpingStation:suyeong", "subscriptionId": "sub-1",
        "notifiedAt": "2026-11-22T16:00:05.000+09:00", "data": [
          {"id": "urn:ngsi-ld:PumpingStation:suyeong", "type": "PumpingStation",
           "waterLevel": {"type": "Property", "value": 2.31, "unitCode": "MTR",
                          "observedAt": "2026-11-22T16:00:00,000+09:00"},
           "pump1": {"type": "Property", "value": "on"},
           "location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [129.1, 35.2]}},
           "refArea": {"type": "Relationship", "object": "urn:ngsi-ld:Area:suyeong"}}]}"""
    )
    decoded = read_frame(event)
    assert decoded.subscription == "sub-1"
    assert decoded.readings == [
        Reading(PUMP, "waterLevel", 2.31, AT),
        Reading(PUMP, "pump1", "on", AT + 5_000_000_000),
        Reading(PUMP, "refArea", "urn:ngsi-ld:Area:suyeong", AT + 5_000_000_000),
    ]
    assert decoded.faults == []


def test_the_time_of_an_attribute_wins_over_that_of_the_entity_and_the_notification() -> None:
    tree = {
        "subscriptionId": "s",
        "notifiedAt": "2026-11-22T07:00:09Z",
        "data": [
            entity(
                dateObserved={"type": "Property", "value": "2026-11-22T06:55:00Z/2026-11-22T07:00:00Z"},
                a={"type": "Property", "value": 1, "observedAt": "2026-11-22T07:00:01Z"},
                b={"type": "Property", "value": 2},
            )
        ],
    }
    at = {reading.path: reading.at for reading in read_frame(tree).readings}
    assert (at["a"], at["b"]) == (AT + 1_000_000_000, AT)


def test_a_time_without_a_zone_is_of_the_zone_of_the_feed() -> None:
    tree = entity(a={"type": "Property", "value": 1, "observedAt": "2026-11-22T16:00:00"})
    assert read_frame(tree, ZoneInfo("Asia/Seoul")).readings[0].at == AT
    decoded = read_frame(tree)
    assert decoded.faults == [("frame.a.observedAt", "no_zone")]
    assert decoded.readings == [Reading(PUMP, "a", 1, 0, Quality.UNCERTAIN)]


def test_no_time_at_all_is_told_as_zero() -> None:
    assert read_frame(entity(a=1)).readings[0].at == 0


def test_an_unreadable_time_is_named_and_the_value_kept_as_uncertain() -> None:
    """The operator sees the value with its doubt, the integrator sees where."""
    decoded = read_frame([entity(a={"type": "Property", "value": 1, "observedAt": "yesterday"}, b=2)])
    assert decoded.faults == [("frame[0].a.observedAt", "time")]
    assert decoded.readings == [
        Reading(PUMP, "a", 1, 0, Quality.UNCERTAIN),
        Reading(PUMP, "b", 2, 0),
    ]


def test_ngsi_v2_metadata_tells_the_time() -> None:
    when = {"TimeInstant": {"type": "DateTime", "value": "2026-11-22T07:00:00.00Z"}}
    tree = entity(t={"type": "Number", "value": 21.5, "metadata": when})
    assert read_frame(tree).readings == [Reading(PUMP, "t", 21.5, AT)]


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        ({"type": "Property", "value": {"@type": "DateTime", "@value": "2026-11-22"}}, {"a": "2026-11-22"}),
        ({"type": "Property", "value": {"x": 1, "y": {"z": True}}}, {"a.x": 1, "a.y.z": True}),
        ({"type": "Property", "value": [1, 2]}, {"a.0": 1, "a.1": 2}),
        ({"type": "LanguageProperty", "languageMap": {"ko": "펌프", "en": "pump"}}, {"a.ko": "펌프", "a.en": "pump"}),
        ({"type": "VocabProperty", "vocab": "open"}, {"a": "open"}),
        ({"type": "ListProperty", "valueList": [3, 4]}, {"a.0": 3, "a.1": 4}),
        ({"type": "JsonProperty", "json": {"k": 5}}, {"a.k": 5}),
        ({"type": "Relationship", "object": ["urn:a", "urn:b"]}, {"a.0": "urn:a", "a.1": "urn:b"}),
        ({"value": 7, "unitCode": "CEL"}, {"a": 7}),
        ({"object": "urn:x"}, {"a": "urn:x"}),
        ({"type": "PostalAddress", "addressLocality": "Busan"}, {"a.addressLocality": "Busan"}),
        ({"value": 3, "unit": "x"}, {"a.value": 3, "a.unit": "x"}),
        ({"type": "Polygon", "coordinates": [[[0, 0]]]}, {}),
        ({"type": "Property", "value": {"type": "Point", "coordinates": [1, 2]}}, {}),
        ({"type": "Property", "value": 1, "accuracy": {"type": "Property", "value": 0.1}}, {"a": 1, "a/accuracy": 0.1}),
        ([{"type": "Property", "value": 1, "datasetId": "urn:ngsi-ld:Dataset:north"},
          {"type": "Property", "value": 2}], {"a@north": 1, "a": 2}),
        ({"type": "GeoProperty", "value": None}, {}),
    ],
)  # fmt: skip
def test_every_kind_of_attribute_is_read(node: object, expected: dict[str, float | bool | str]) -> None:
    found = {path: value for path, value in values(entity(a=node)).items() if value == value}  # noqa: PLR0124
    assert found == expected


@pytest.mark.parametrize("node", [{"type": "Property", "value": None}, None, "urn:ngsi-ld:null"])
def test_a_value_taken_back_is_bad(node: object) -> None:
    (reading,) = read_frame(entity(a=node)).readings
    assert math.isnan(float(reading.value))
    assert reading.quality is Quality.BAD


def test_a_property_without_a_value_is_a_fault_of_that_property_only() -> None:
    decoded = read_frame([entity(a={"type": "Property"}, b=2)])
    assert decoded.faults == [("frame[0].a.value", "missing")]
    assert [reading.path for reading in decoded.readings] == ["b"]


def test_a_bad_entity_costs_only_itself() -> None:
    decoded = read_frame({"subscriptionId": "s", "data": [entity(a=1), {"type": "x"}, 7, entity(a=2)]})
    assert decoded.faults == [("data[1].id", "missing"), ("data[2]", "not_an_entity")]
    assert [reading.value for reading in decoded.readings] == [1, 2]


@pytest.mark.parametrize("tree", [1, "x", None, {}, {"type": "Alert"}, {"id": 5}, {"id": ""}])
def test_what_is_no_entity_is_refused_by_name(tree: object) -> None:
    with pytest.raises(DecodeError) as caught:
        read_frame(tree)
    assert caught.value.reason in ("not_an_entity", "missing")


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("waterLevel", "waterLevel"),
        ("https://uri.etsi.org/ngsi-ld/default-context/waterLevel", "waterLevel"),
        ("http://www.w3.org/ns/sosa#hasSimpleResult", "hasSimpleResult"),
        ("https://smartdatamodels.org/", "smartdatamodels.org"),
        ("pm2.5", "pm2.5"),
    ],
)
def test_a_full_name_is_known_by_its_last_part(name: str, short: str) -> None:
    assert short_name(name) == short


TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["id", "type", "value", "data", "subscriptionId", "body", "metadata", "a", "@value",
                         "observedAt", "properties", "features", "object", "notifiedAt", "dateObserved"]),
        inner | st.sampled_from(["Property", "Feature", "FeatureCollection", "Relationship", "Point"]),
        max_size=5,
    ),
    max_leaves=30,
)  # fmt: skip


ATTRIBUTES = st.fixed_dictionaries(
    {"value": st.integers() | st.floats(allow_nan=False) | st.booleans() | st.just("on")},
    optional={
        "type": st.sampled_from(["Property", "Number", "GeoProperty"]),
        "observedAt": st.sampled_from(["2026-11-22T07:00:00Z", "2026-11-22T16:00:00", "then", 1.7e9, None]),
        "unitCode": st.sampled_from(["CEL", 5]),
    },
)


@given(ATTRIBUTES)
def test_the_short_way_of_numbers_says_what_the_long_one_does(node: dict[str, object]) -> None:
    short = read_frame(entity(a=node, dateObserved="2026-11-22T06:00:00Z"))
    long = read_frame(
        entity(a=node | {"createdAt": "2026-01-01T00:00:00Z"}, dateObserved="2026-11-22T06:00:00Z")
    )
    assert short == long


@given(TREES)
def test_no_tree_makes_the_reader_fail_otherwise(tree: object) -> None:
    try:
        decoded = read_frame(tree)
    except DecodeError:
        return
    assert all(isinstance(reading.value, (bool, int, float, str)) for reading in decoded.readings)


def test_the_subscription_names_its_entities_or_none() -> None:
    assert load(subscribe_frame("s", ())) == {"subscriptionId": "s", "entityIds": None}
    assert load(subscribe_frame("s", ("urn:a",))) == {"subscriptionId": "s", "entityIds": ["urn:a"]}


@pytest.mark.parametrize(("value", "written"), [(1.0, 1), (0.5, 0.5), ("on", "on")])
def test_a_command_is_a_patch_of_one_attribute(value: float | str, written: object) -> None:
    assert load_object(patch_frame(DeviceCommand("01J", PUMP, "pump1", value))) == {
        "type": "AttributePatch",
        "requestId": "01J",
        "entityId": PUMP,
        "attrName": "pump1",
        "value": {"type": "Property", "value": written},
    }


@pytest.mark.parametrize(
    ("status", "kind", "cause"),
    [(202, "accepted", ""), (204, "accepted_final", ""), (200, "accepted_final", ""), (404, "rejected", ""),
     (400, "rejected", ""), (409, "rejected", "BLOCKED_BY_PROCESS"), (423, "rejected", "BLOCKED_BY_MODE"),
     (429, "busy", ""), (503, "busy", ""), (500, "failed", ""), (504, "failed", "")],
)  # fmt: skip
def test_the_status_of_a_result_is_an_answer(status: int, kind: str, cause: str) -> None:
    frame = f'{{"type": "AttributePatchResult", "requestId": "01J", "status": {status}, "title": "because"}}'
    answer = DeviceAnswer(kind, detail=f"{status} because", cause=cause)
    assert read_result(load_object(frame)) == ("01J", answer)


def test_a_test_is_marked_and_its_answer_says_so() -> None:
    """CMD-15: nothing but true is the mark."""
    assert load_object(patch_frame(DeviceCommand("01J", PUMP, "pump1", "start", test=True)))["test"] is True
    assert "test" not in load_object(patch_frame(DeviceCommand("01J", PUMP, "pump1", "start")))
    for said, told in ((True, True), (False, False), ("true", False), (1, False)):
        frame: dict[str, object] = {"requestId": "01J", "status": 204, "test": said}
        frame["type"] = "AttributePatchResult"
        assert read_result(frame) == ("01J", DeviceAnswer("accepted_final", detail="204", test=told))


@pytest.mark.parametrize("frame", [{}, {"type": "AttributePatchResult"}, {"type": "AttributePatchResult",
                                   "requestId": "a", "status": "204"}])  # fmt: skip
def test_an_incomplete_result_is_none(frame: dict[str, object]) -> None:
    assert read_result(frame) is None


@pytest.mark.parametrize("kind", [["Property"], {"a": 1}, 5, None])
def test_a_type_that_is_no_text_is_a_fault_of_its_attribute_alone(kind: object) -> None:
    entity = {
        "id": "urn:ngsi-ld:P:1",
        "type": "P",
        "a": {"type": kind, "value": 1.5},
        "b": {"x": {"type": kind}},
        "c": 3,
    }
    found = read_frame(entity)
    assert [row.value for row in found.readings if row.path == "c"] == [3]
