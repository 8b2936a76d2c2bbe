"""Any JSON, read by a shape that stands in the profile."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.core.errors import DecodeError
from console.core.quality import Quality
from console.feeds.base import DeviceAnswer, DeviceCommand, Reading
from console.feeds.json_guard import load
from console.feeds.json_paths import MISSING, find, leaves
from console.feeds.json_ws.codec import Shape, read_frame
from console.feeds.templates import check_template, knows_tests, write_command
from console.feeds.times import read_time

AT = read_time("2026-11-22T07:00:00Z")


def shape(**fields: Any) -> Shape:
    base: dict[str, Any] = {"source_path": "id", "time_path": "ts", "values_path": "v"}
    return Shape(**(base | fields))


def test_one_frame_with_one_machine_is_read() -> None:
    frame = load(
        '{"id": "press-1", "ts": 1795330800000, "v": {"cycle": 42.5, "state": "run", "ok": true, "t": {"x": 1}}}'
    )
    assert read_frame(frame, shape()).readings == [
        Reading("press-1", "cycle", 42.5, AT),
        Reading("press-1", "state", "run", AT),
        Reading("press-1", "ok", True, AT),
        Reading("press-1", "t.x", 1, AT),
    ]


def test_a_list_of_machines_shares_the_time_of_the_frame() -> None:
    frame = {
        "when": "2026-11-22T16:00:00,000+09:00",
        "machines": [{"n": 1, "v": {"a": 1}}, {"n": 2, "v": {"a": 2}}],
    }
    found = read_frame(frame, shape(each_path="machines", source_path="n", time_path="^when"))
    assert found.readings == [Reading("1", "a", 1, AT), Reading("2", "a", 2, AT)]


def test_a_plain_value_is_named_by_its_last_key() -> None:
    """As Eclipse Ditto sends it."""
    frame = {"topic": "org.x/pump", "value": 21.5}
    found = read_frame(frame, Shape(source_path="topic", values_path="value"))
    assert found.readings == [Reading("org.x/pump", "value", 21.5)]


def test_numbers_may_arrive_as_texts() -> None:
    frame = {"id": "m", "v": {"a": "25.1", "b": " -3e2 ", "c": "NaN", "d": "1_000", "e": "0x10", "f": "on"}}
    by_text = {r.path: r.value for r in read_frame(frame, shape(text_numbers=True)).readings}
    assert by_text == {"a": 25.1, "b": -300.0, "c": "NaN", "d": "1_000", "e": "0x10", "f": "on"}
    assert read_frame(frame, shape()).readings[0].value == "25.1"


def test_null_is_a_bad_value_and_not_a_fault() -> None:
    found = read_frame({"id": "m", "v": {"a": None}}, shape())
    assert math.isnan(float(found.readings[0].value))
    assert (found.readings[0].quality, found.faults) == (Quality.BAD, [])


def test_an_unreadable_time_is_named_and_the_value_kept_as_uncertain() -> None:
    found = read_frame({"id": "m", "ts": "soon", "v": {"a": 1}}, shape())
    assert found.faults == [("frame.ts", "time")]
    assert found.readings == [Reading("m", "a", 1, 0, Quality.UNCERTAIN)]


def test_a_bad_item_costs_only_itself() -> None:
    frame = {"m": [{"id": "a", "v": {"x": 1}}, {"v": {"x": 2}}, {"id": "c"}, 7, {"id": "d", "v": {"x": 4}}]}
    found = read_frame(frame, shape(each_path="m"))
    assert found.faults == [("m[1].id", "missing"), ("m[2].v", "missing"), ("m[3].id", "missing")]
    assert [reading.source for reading in found.readings] == ["a", "d"]


@pytest.mark.parametrize("frame", [{}, [], 5, None, {"id": ""}, {"id": True, "v": {}}, {"id": "m"}])
def test_a_frame_of_another_shape_is_refused_by_name(frame: object) -> None:
    with pytest.raises(DecodeError) as caught:
        read_frame(frame, shape())
    assert caught.value.reason == "missing"
    with pytest.raises(DecodeError):
        read_frame(frame, shape(each_path="items"))


def test_frames_that_are_not_data_are_passed_over() -> None:
    made = shape(type_path="kind", data_type="telemetry")
    assert read_frame({"kind": "heartbeat"}, made).data is False
    assert read_frame({"kind": "telemetry", "id": "m", "v": {"a": 1}}, made).data is True


def answering(**fields: Any) -> Shape:
    base = {"answer_id_path": "req", "answer_path": "result.code", "answer_detail_path": "result.text"}
    return shape(**(base | {"answer_progress_path": "result.part"} | fields))


@pytest.mark.parametrize(
    ("result", "answer"),
    [
        ({"code": "done", "text": "ok"}, DeviceAnswer("done", detail="ok")),
        ({"code": "nak", "text": 17}, DeviceAnswer("rejected", detail="17")),
        ({"code": True}, DeviceAnswer("accepted_final")),
        ({"code": 503}, DeviceAnswer("busy")),
        ({"code": "progress", "part": 0.4}, DeviceAnswer("progress", progress=0.4)),
        ({"code": "progress", "part": 40}, DeviceAnswer("progress", progress=1.0)),
        ({"code": "progress", "part": math.nan}, DeviceAnswer("progress")),
    ],
)
def test_an_answer_is_found_where_the_shape_says(result: dict[str, object], answer: DeviceAnswer) -> None:
    words = {"nak": "rejected", "true": "accepted_final", "503": "busy"}
    found = read_frame({"req": "01J", "result": result}, answering(answer_words=words))
    assert found.answer == ("01J", answer)
    assert found.data is False


def test_an_answer_may_name_its_cause_and_that_it_was_a_test() -> None:
    """CMD-15; a test is told only by true."""
    shape = answering(
        answer_words={"local": "rejected"},
        answer_causes={"local": "BLOCKED_BY_MODE"},
        answer_test_path="test",
    )
    for said, test in ((True, True), ("true", False), (1, False)):
        found = read_frame({"req": "01J", "result": {"code": "local"}, "test": said}, shape)
        assert found.answer == ("01J", DeviceAnswer("rejected", cause="BLOCKED_BY_MODE", test=test))


def test_a_test_is_written_where_the_template_has_its_place() -> None:
    command = DeviceCommand("01J", "m1", "speed", 50.0, test=True)
    assert not knows_tests('{"set": {value}}')
    assert write_command('{"set": {value}, "test": {test}}', command) == '{"set": 50, "test": true}'


def test_an_unknown_word_of_an_answer_is_a_fault() -> None:
    with pytest.raises(DecodeError) as caught:
        read_frame({"req": "01J", "result": {"code": "perhaps"}}, answering())
    assert (caught.value.where, caught.value.reason) == ("result.code", "unknown_word")


def test_data_is_not_taken_for_an_answer() -> None:
    assert read_frame({"id": "m", "v": {"a": 1}}, answering()).data is True


TEMPLATE = '{"cmd": {"id": {id}, "machine": {source}, "item": {path}, "to": {value}}}'


@given(st.text(), st.text(), st.text(), st.floats(allow_nan=False, allow_infinity=False) | st.text())
def test_a_command_is_its_template_with_every_place_encoded(
    request: str, source: str, path: str, value: float | str
) -> None:
    """SEC-27: no name or value can write more than itself into the frame."""
    sent = load(write_command(TEMPLATE, DeviceCommand(request, source, path, value)))
    assert sent == {"cmd": {"id": request, "machine": source, "item": path, "to": value}}


def test_a_template_that_is_not_json_is_refused() -> None:
    check_template(TEMPLATE)
    for template in ('{"to": {val}}', '{"to": "{value}"}', "{id} {value}"):
        with pytest.raises(ValueError, match="not JSON"):
            check_template(template)


@pytest.mark.parametrize(
    ("path", "found"),
    [("a.b", 1), ("", {"a": {"b": 1}, "l": [5, {"k": 6}]}), ("l.0", 5), ("l.1.k", 6), ("^top", 9), ("l.2", MISSING),
     ("l.-1", MISSING), ("a.b.c", MISSING), ("x", MISSING), ("^", {"top": 9})],
)  # fmt: skip
def test_a_path_leads_to_its_node_or_nowhere(path: str, found: object) -> None:
    assert find(path, {"a": {"b": 1}, "l": [5, {"k": 6}]}, {"top": 9}) == found


def test_leaves_are_named_by_dotted_paths() -> None:
    assert leaves({"a": {"b": [1, {"c": None}]}, "d": "x"}) == {"a.b.0": 1, "a.b.1.c": None, "d": "x"}
    assert leaves(5) == {}


def test_leaves_end_at_a_depth() -> None:
    tree: object = 1
    for _ in range(50):
        tree = {"a": tree}
    assert leaves(tree) == {}
