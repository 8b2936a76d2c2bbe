"""Bodies, refusals and items of open data services."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.core.errors import DecodeError
from console.core.quality import Quality
from console.feeds.base import Reading
from console.feeds.rest.body import MAX_DEPTH, read_body
from console.feeds.rest.codec import Items, ItemShape, ServiceFault, find_fault, read_items
from console.feeds.times import read_time, read_zone

AIR = ItemShape(
    items_path="response.body.items",
    source_path="stationName",
    time_path="dataTime",
    total_path="response.body.totalCount",
    zone=read_zone("Asia/Seoul"),
)
AIR_JSON = """{"response": {"header": {"resultCode": "00", "resultMsg": "NORMAL_CODE"}, "body": {"totalCount": 2,
 "items": [
 {"stationName": "광복동", "dataTime": "2026-11-22 24:00", "pm10Value": "35", "o3Value": "-", "pm10Flag": null},
 {"stationName": "초량동", "dataTime": "2026-11-22 15:00", "pm10Value": "1,234.5", "o3Value": "0.021"}]}}}"""
AIR_XML = """<?xml version="1.0" encoding="UTF-8"?>
<response><header><resultCode>00</resultCode></header><body><totalCount>2</totalCount><items>
<item><stationName>광복동</stationName><dataTime>2026-11-22 15:00</dataTime><pm10Value>35</pm10Value></item>
<item><stationName>초량동</stationName><dataTime>2026-11-22 15:00</dataTime><pm10Value>36</pm10Value></item>
</items></body></response>"""
GATEWAY = """<OpenAPI_ServiceResponse><cmmMsgHeader><errMsg>SERVICE ERROR</errMsg>
<returnAuthMsg>SERVICE_KEY_IS_NOT_REGISTERED_ERROR</returnAuthMsg><returnReasonCode>30</returnReasonCode>
</cmmMsgHeader></OpenAPI_ServiceResponse>"""


def tree_of(text: str) -> object:
    return read_body(text.encode(), "", 10**6)


def items_of(text: str, shape: ItemShape = AIR) -> Items:
    return read_items(tree_of(text), shape)


def test_items_in_json_are_readings_with_numbers_out_of_texts() -> None:
    found = items_of(AIR_JSON)
    midnight = read_time("2026-11-22T15:00:00Z")
    rows = {(row.source, row.path): row for row in found.readings}
    assert rows["광복동", "pm10Value"] == Reading("광복동", "pm10Value", 35.0, midnight)
    assert rows["초량동", "pm10Value"].value == 1234.5
    assert (found.count, found.total, found.newest, found.faults) == (2, 2, midnight, [])
    for path in ("o3Value", "pm10Flag"):
        assert math.isnan(float(rows["광복동", path].value)), "a dash is no value"
        assert rows["광복동", path].quality is Quality.BAD


def test_the_same_in_xml_is_the_same() -> None:
    shape = ItemShape(items_path="response.body.items.item", source_path="stationName", time_path="dataTime",
                      total_path="response.body.totalCount", zone=AIR.zone)  # fmt: skip
    found = items_of(AIR_XML, shape)
    values = [(row.source, row.value) for row in found.readings if row.path == "pm10Value"]
    assert values == [("광복동", 35.0), ("초량동", 36.0)]


def test_xml_in_the_old_korean_encoding_is_read_by_its_own_word_or_the_headers() -> None:
    text = AIR_XML.replace("UTF-8", "euc-kr")
    assert read_body(text.encode("cp949"), "", 10**6) == tree_of(AIR_XML)
    assert read_body(AIR_XML.encode("cp949"), "EUC-KR", 10**6) == tree_of(AIR_XML)


@pytest.mark.parametrize(
    ("items", "count"),
    [
        ('{"stationName": "a", "v": 1}', 1),
        ('""', 0),
        ("null", 0),
        ("[]", 0),
    ],
)
def test_one_item_or_none_need_not_be_a_list(items: str, count: int) -> None:
    text = f'{{"response": {{"body": {{"items": {items}, "totalCount": {count}}}}}}}'
    assert items_of(text).count == count


def test_a_list_that_is_not_there_is_a_fault_unless_nothing_is_announced() -> None:
    assert items_of('{"response": {"body": {"totalCount": 0}}}').count == 0
    with pytest.raises(DecodeError, match="missing"):
        items_of('{"response": {"body": {"totalCount": 3}}}')
    with pytest.raises(DecodeError, match="missing"):
        items_of("{}")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (GATEWAY, ServiceFault("credentials", "30 SERVICE_KEY_IS_NOT_REGISTERED_ERROR")),
        (GATEWAY.replace("30<", "22<"), ServiceFault("quota", "22 SERVICE_KEY_IS_NOT_REGISTERED_ERROR")),
        ('{"response": {"header": {"resultCode": "99", "resultMsg": "UNKNOWN"}}}',
         ServiceFault("unavailable", "99 UNKNOWN")),
        ('{"response": {"header": {"resultCode": 10, "resultMsg": "BAD PARAMETER"}}}',
         ServiceFault("request", "10 BAD PARAMETER")),
        ('{"response": {"header": {"resultCode": "03", "resultMsg": "NODATA_ERROR"}}}', None),
        (AIR_JSON, None),
        ('{"a": 1}', None),
    ],
)  # fmt: skip
def test_a_refusal_with_status_200_is_a_refusal(text: str, fault: ServiceFault | None) -> None:
    """The portal's gateway answers in XML, also where JSON was asked for."""
    assert find_fault(tree_of(text)) == fault


def test_rows_that_name_their_only_value() -> None:
    text = '{"items": [{"category": "T1H", "obsrValue": "12.3", "baseDate": "20261122", "baseTime": "0600"}]}'
    shape = ItemShape(items_path="items", source="daegok", values_path="obsrValue", name_path="category",
                      time_path="baseDate+baseTime", zone=AIR.zone)  # fmt: skip
    at = read_time("2026-11-21T21:00:00Z")
    assert items_of(text, shape).readings == [Reading("daegok", "T1H", 12.3, at)]


def test_an_item_without_a_name_or_with_a_wrong_time_costs_only_itself() -> None:
    text = '{"items": [{"v": 1}, {"id": "a", "v": 2, "t": "soon"}, {"id": 7, "v": 3}]}'
    found = items_of(text, ItemShape(items_path="items", source_path="id", time_path="t"))
    assert found.faults == [("item 0.id", "missing"), ("item 1.t", "time")]
    values = [(row.source, row.path, row.value, row.quality) for row in found.readings if row.path == "v"]
    assert values == [("a", "v", 2, Quality.UNCERTAIN), ("7", "v", 3, Quality.GOOD)]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b'<!DOCTYPE a [<!ENTITY x "xxxxxxxx">]><a>&x;</a>', "doctype"),
        (b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', "doctype"),
        (b"<a><b></a>", "not_xml"),
        (b"<a>&undefined;</a>", "not_xml"),
        (b"<", "not_xml"),
        (b"<a>" * (MAX_DEPTH + 1), "too_deep"),
        (b"<a>" + b"<b/>" * 200_001 + b"</a>", "too_many"),
        (b"x" * 2_000_001, "too_large"),
        (b"\xff\xfe\xfd", "encoding"),
        (b"hello", "not_json"),
        (b"", "not_json"),
    ],
)
def test_a_bad_body_is_named(body: bytes, reason: str) -> None:
    """SEC-26: no entity is ever expanded, nothing is unbounded."""
    with pytest.raises(DecodeError) as caught:
        read_body(body, "", 2_000_000)
    assert caught.value.reason == reason


def test_an_unknown_encoding_is_named() -> None:
    with pytest.raises(DecodeError, match="encoding"):
        read_body(b"{}", "martian", 100)


def test_attributes_and_mixed_text_are_kept() -> None:
    tree = read_body(b'<a x="1">t<ns:b>2</ns:b><ns:b>3</ns:b></a>', "", 1000)
    assert tree == {"a": {"@x": "1", "b": ["2", "3"], "#text": "t"}}


@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: f"<a>{text}</a>".encode()))
def test_no_body_is_more_than_a_fault(body: bytes) -> None:
    try:
        tree = read_body(body, "", 10_000)
        find_fault(tree)
        read_items(tree, AIR)
    except DecodeError as error:
        assert error.reason
