"""Whatever bytes a client sends: the broker and the edge node read them, or refuse them, and never fail."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from console.city.broker.broker import Broker
from console.city.broker.conversation import Conversation
from console.city.broker.wire import Code
from console.city.sparkplug.payload import read_orders
from console.city.sparkplug.protobuf import Unreadable

HELLO = {
    4: b"\x10\x0d\0\4MQTT\4\2\0\0\0\1x",
    5: b"\x10\x0e\0\4MQTT\5\2\0\0\0\0\1x",
}


class Line:
    """A connection that takes everything."""

    full = False

    def __init__(self) -> None:
        self.said = bytearray()
        self.ended: list[Code] = []

    def write(self, data: bytes) -> None:
        """As Link."""
        self.said += data

    def end(self, code: Code) -> None:
        """As Link."""
        self.ended.append(code)


@st.composite
def packets(draw: st.DrawFn) -> bytes:
    """Something with the head of a packet and a body that is nearly one."""
    parts = st.one_of(
        st.binary(max_size=12),
        st.sampled_from(
            [b"\0\1", b"\0\1a", b"\0\3a/+", b"\0\1#", b"\0", b"\2", b"\x23\0\1", b"\x26\0\1k\0\1v"]
        ),
    )
    body = b"".join(draw(st.lists(parts, max_size=6)))[:120]
    return bytes([draw(st.integers(0, 255)), len(body)]) + body


@settings(max_examples=400, deadline=None)
@given(st.sampled_from([4, 5]), st.lists(packets(), max_size=8), st.booleans())
def test_a_client_that_says_anything_is_answered_or_cut(
    version: int, said: list[bytes], greets: bool
) -> None:
    broker, line = Broker(now=lambda: 0.0), Line()
    talk = Conversation(broker, line, 0.0)
    if greets:
        talk.receive(HELLO[version], 0.0)
        assert line.said[:1] == b"\x20"
    for data in said:
        if not talk.over:
            talk.receive(data, 1.0)
    assert len(line.ended) <= 1
    assert talk.over == bool(line.ended)
    talk.lost()
    assert broker.connected == 0


@settings(max_examples=400, deadline=None)
@given(st.binary(max_size=80) | st.lists(st.binary(max_size=20), max_size=4).map(b"\x12".join))
def test_a_command_of_any_bytes_is_read_or_refused(data: bytes) -> None:
    try:
        orders = read_orders(data)
    except Unreadable:
        return
    assert all(order.value is None or isinstance(order.value, (int, float, bool, str)) for order in orders)


@settings(max_examples=200, deadline=None)
@given(st.binary(min_size=1, max_size=200), st.integers(1, 20))
def test_it_does_not_matter_how_a_stream_is_cut(data: bytes, size: int) -> None:
    def heard(step: int) -> tuple[bytes, list[Code]]:
        line = Line()
        talk = Conversation(Broker(now=lambda: 0.0), line, 0.0)
        whole = HELLO[4] + data
        for at in range(0, len(whole), step):
            if not talk.over:
                talk.receive(whole[at : at + step], 0.0)
        return bytes(line.said), line.ended

    assert heard(size) == heard(10_000)
