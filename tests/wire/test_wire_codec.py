"""Messages between hub and console: both sub-protocols, and every way a message can be wrong (SEC-25, SEC-26)."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.core.alarm.facts import AckItem, AlarmFact, AlarmState
from console.core.command.facts import CommandRequest
from console.core.errors import WireError
from console.wire.codec import console_codec, hub_codec
from console.wire.limits import MAX_TO_HUB, SUBPROTOCOL_JSON, SUBPROTOCOL_MSGPACK, SUBPROTOCOLS, WireFault
from console.wire.messages import (
    AckAlarms,
    AlarmsChanged,
    Hello,
    Message,
    Pong,
    QueryHistory,
    SendCommand,
    ToConsole,
    ToHub,
)

TO_HUB: tuple[type[Message], ...] = get_args(ToHub)
TO_CONSOLE: tuple[type[Message], ...] = get_args(ToConsole)

ACK = AckAlarms(request="r1", items=(AckItem(3, "01JD", 2),), comment="확인")


def fault_of(act: Callable[[], object]) -> str:
    with pytest.raises(WireError) as found:
        act()
    return found.value.code


def json_fault(text: str) -> str:
    return fault_of(lambda: hub_codec(SUBPROTOCOL_JSON).decode(text))


def pack_fault(data: bytes) -> str:
    return fault_of(lambda: hub_codec(SUBPROTOCOL_MSGPACK).decode(data))


def both_faults(tree: object) -> set[str]:
    """Fault of the same tree in both sub-protocols."""
    return {json_fault(json.dumps(tree)), pack_fault(msgspec.msgpack.encode(tree))}


@pytest.mark.parametrize("subprotocol", SUBPROTOCOLS)
@pytest.mark.parametrize(
    "message",
    [
        Hello(proof="s", user="kim"),
        ACK,
        Pong(sequence=7),
        SendCommand(
            request="r", command=CommandRequest(command_id="c", asset="p", command="open", value=2.5)
        ),
    ],
)
def test_messages_to_the_hub_survive_the_way(subprotocol: str, message: ToHub) -> None:
    data = console_codec(subprotocol).encode(message)
    assert isinstance(data, str) is (subprotocol == SUBPROTOCOL_JSON)
    assert hub_codec(subprotocol).decode(data) == message


@pytest.mark.parametrize("subprotocol", SUBPROTOCOLS)
def test_messages_to_the_console_survive_the_way(subprotocol: str) -> None:
    message = AlarmsChanged(
        sequence=2**40, alarms=(AlarmFact(alarm=1, state=AlarmState(cond=True, acked=False), priority=1),)
    )
    data = hub_codec(subprotocol).encode(message)
    assert console_codec(subprotocol).decode(data) == message


def test_every_message_has_a_tag_of_its_own() -> None:
    for union in (TO_HUB, TO_CONSOLE):
        tags = [kind.__struct_config__.tag for kind in union]
        assert len(set(tags)) == len(union) >= 11


def test_types_and_fields_nobody_knows_are_refused() -> None:
    assert both_faults({"t": "launch"}) == {WireFault.UNKNOWN_TYPE}
    assert both_faults({"t": 7}) == {WireFault.UNKNOWN_TYPE}
    assert both_faults({}) == {WireFault.UNKNOWN_TYPE}
    assert both_faults([]) == {WireFault.UNKNOWN_TYPE}
    assert both_faults("hello") == {WireFault.UNKNOWN_TYPE}
    assert both_faults({"t": "welcome"}) == {WireFault.UNKNOWN_TYPE}
    assert both_faults({"t": "pong", "sequence": 1, "admin": True}) == {WireFault.BAD_FIELD}
    assert both_faults({"t": "pong"}) == {WireFault.BAD_FIELD}
    assert both_faults({"t": "pong", "sequence": "1"}) == {WireFault.BAD_FIELD}
    assert both_faults({"t": "pong", "sequence": True}) == {WireFault.BAD_FIELD}
    assert both_faults({"t": "pong", "sequence": None}) == {WireFault.BAD_FIELD}


def test_a_fault_says_where_it_is() -> None:
    tree = {"t": "ackalarms", "request": "r", "items": [{"alarm": "x", "occurrence": "", "priority": 1}]}
    for decode, data in (
        (hub_codec(SUBPROTOCOL_JSON).decode, json.dumps(tree)),
        (hub_codec(SUBPROTOCOL_MSGPACK).decode, msgspec.msgpack.encode(tree)),
    ):
        with pytest.raises(WireError) as found:
            decode(data)
        assert (found.value.code, found.value.where) == (WireFault.BAD_FIELD, "items[0].alarm")


def test_numbers_that_are_none_are_refused() -> None:
    hello = '{"t":"subscribe","max_hz":%s}'
    for number in ("NaN", "Infinity", "-Infinity", "1e400"):
        assert json_fault(hello % number) == WireFault.NOT_FINITE
    for value in (math.nan, math.inf, -math.inf):
        data = msgspec.msgpack.encode({"t": "subscribe", "max_hz": value})
        assert pack_fault(data) == WireFault.NOT_FINITE


def test_integers_beyond_64_bits_are_refused() -> None:
    for number in (2**63, -(2**63) - 1, 10**300):
        assert json_fault(json.dumps({"t": "pong", "sequence": number})) == WireFault.BAD_FIELD
    assert pack_fault(msgspec.msgpack.encode({"t": "pong", "sequence": 2**64 - 1})) == WireFault.BAD_FIELD
    assert json_fault('{"t":"pong","sequence":1%s}' % ("0" * 10_000)) == WireFault.MALFORMED
    for number in (2**63 - 1, -(2**63)):
        message = Pong(sequence=number)
        for subprotocol in SUBPROTOCOLS:
            codec = hub_codec(subprotocol)
            assert codec.decode(codec.encode(message)) == message


def test_a_key_that_stands_twice_is_refused() -> None:
    assert json_fault('{"t":"pong","sequence":1,"sequence":2}') == WireFault.MALFORMED
    assert json_fault('{"t":"hello","t":"pong","sequence":2}') == WireFault.MALFORMED
    twice = b"\x83\xa1t\xa4pong\xa8sequence\x01\xa8sequence\x02"
    assert pack_fault(twice) == WireFault.MALFORMED


def test_text_that_is_no_utf_8_is_refused() -> None:
    codec = hub_codec(SUBPROTOCOL_JSON)
    assert codec.decode(b'{"t":"pong","sequence":1}') == Pong(sequence=1)
    for data in (b'{"t":"hello","user":"\xff"}', '{"t":"pong","sequence":1}'.encode("utf-16")):
        assert fault_of(lambda data=data: codec.decode(data)) == WireFault.MALFORMED
    assert json_fault('{"t":"hello","user":"\\ud800"}') == WireFault.MALFORMED
    assert json_fault('{"t":"pong","sequence":1,"\\ud800":1}') == WireFault.MALFORMED
    assert pack_fault(b"\x82\xa1t\xa5hello\xa4user\xa1\xff") == WireFault.MALFORMED


def test_names_carry_no_control_bidi_or_zero_width_characters() -> None:
    for character in ("\n", "\x00", "\u202e", "\u200b"):
        assert both_faults({"t": "hello", "user": f"kim{character}"}) == {WireFault.BAD_FIELD}
        area = {"t": "endmaintenance", "request": "1", "area": f"a{character}"}
        assert both_faults(area) == {WireFault.BAD_FIELD}
    for subprotocol in SUBPROTOCOLS:
        codec = hub_codec(subprotocol)
        free = msgspec.structs.replace(ACK, comment="two\nlines")
        assert codec.decode(codec.encode(free)) == free
        history = QueryHistory(request=1, tags=(), start=0, end=1)
        assert codec.decode(codec.encode(history)) == history


def nested(levels: int) -> dict[str, Any]:
    """A message of `levels` containers."""
    node: Any = 1
    for _ in range(levels - 1):
        node = [node]
    return {"t": "pong", "sequence": node}


def test_depth_ends_at_eight() -> None:
    """SEC-25: eight levels are read (and then refused by the schema), nine are not."""
    assert both_faults(nested(8)) == {WireFault.BAD_FIELD}
    assert both_faults(nested(9)) == {WireFault.TOO_DEEP}
    in_maps: dict[str, Any] = {"t": "pong"}
    for _ in range(8):
        in_maps = {"a": in_maps}
    assert both_faults(in_maps) == {WireFault.TOO_DEEP}
    assert json_fault('{"t":' + "[" * 30_000) in (WireFault.TOO_DEEP, WireFault.MALFORMED)
    assert json_fault("[" * 30_000 + "]" * 30_000) == WireFault.TOO_DEEP
    assert pack_fault(b"\x91" * 60_000) == WireFault.TOO_DEEP


def test_size_is_counted_in_bytes() -> None:
    """SEC-25: 64 KiB to the hub."""
    codec = hub_codec(SUBPROTOCOL_JSON)
    empty = len(codec.encode(msgspec.structs.replace(ACK, comment="")))
    fits = msgspec.structs.replace(ACK, comment="x" * (MAX_TO_HUB - empty))
    assert codec.decode(codec.encode(fits)) == fits
    too_large = msgspec.structs.replace(ACK, comment="x" * (MAX_TO_HUB - empty + 1))
    assert fault_of(lambda: codec.decode(codec.encode(too_large))) == WireFault.TOO_LARGE
    korean = msgspec.structs.replace(ACK, comment="가" * (MAX_TO_HUB // 3))
    assert fault_of(lambda: codec.decode(codec.encode(korean))) == WireFault.TOO_LARGE
    assert pack_fault(b"\xc0" * (MAX_TO_HUB + 1)) == WireFault.TOO_LARGE


def test_text_on_the_binary_sub_protocol_is_refused() -> None:
    for codec in (hub_codec(SUBPROTOCOL_MSGPACK), console_codec(SUBPROTOCOL_MSGPACK)):
        assert fault_of(lambda codec=codec: codec.decode('{"t":"pong","sequence":1}')) == WireFault.MALFORMED


def test_the_console_names_faults_of_its_hub_too() -> None:
    codec = console_codec(SUBPROTOCOL_MSGPACK)
    encode = msgspec.msgpack.encode
    assert fault_of(lambda: codec.decode(encode({"t": "launch"}))) == WireFault.UNKNOWN_TYPE
    assert fault_of(lambda: codec.decode(encode({"t": "snapshotdone", "x": 1}))) == WireFault.BAD_FIELD
    assert fault_of(lambda: codec.decode(b"\x81\xa1t")) == WireFault.MALFORMED
    assert fault_of(lambda: console_codec(SUBPROTOCOL_JSON).decode("{")) == WireFault.MALFORMED


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_a_message_or_a_named_fault(data: bytes) -> None:
    """TST-08: nothing but WireError leaves the codec."""
    for codec in (
        hub_codec(SUBPROTOCOL_MSGPACK),
        console_codec(SUBPROTOCOL_MSGPACK),
        hub_codec(SUBPROTOCOL_JSON),
    ):
        try:
            codec.decode(data)
        except WireError as error:
            assert error.code in set(WireFault)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_broken_message_is_never_half_read(data: st.DataObject) -> None:
    """TST-08: any cut and any changed byte of a sound message."""
    sound = msgspec.msgpack.encode(ACK)
    cut = data.draw(st.integers(0, len(sound) - 1))
    assert pack_fault(sound[:cut]) in set(WireFault)
    place = data.draw(st.integers(0, len(sound) - 1))
    changed = bytearray(sound)
    changed[place] = data.draw(st.integers(0, 255))
    try:
        message = hub_codec(SUBPROTOCOL_MSGPACK).decode(bytes(changed))
    except WireError as error:
        assert error.code in set(WireFault)
    else:
        assert isinstance(message, TO_HUB)
