"""Sentences of receivers put together to messages."""

from __future__ import annotations

import pytest
from ais_lines import lines, position, static, tagged
from hypothesis import given
from hypothesis import strategies as st

from console.core.errors import DecodeError
from console.feeds.ais.nmea import MAX_LINE, MAX_OPEN, PART_S, LineCutter, SentenceReader
from console.feeds.times import read_time


def test_one_sentence_is_a_message_and_two_are_one() -> None:
    reader = SentenceReader()
    whole = reader.take(position() + b"\r\n", 0.0)
    assert whole is not None
    assert (whole.sentence.ais_id, whole.at, whole.own) == (1, 0, False)
    first, second = static()
    assert reader.take(first, 0.0) is None
    both = reader.take(second, 0.1)
    assert both is not None
    assert both.sentence.decode().asdict()["shipname"] == "HANBADA"
    assert reader.given_up(99.0) == 0


def test_parts_may_come_in_any_order_and_between_others() -> None:
    reader = SentenceReader()
    one, two = static(seq_id=1), static(mmsi=440999000, seq_id=2)
    order = [one[1], two[0], position(), two[1], one[0]]
    found = [whole.sentence.decode().asdict()["mmsi"] for line in order if (whole := reader.take(line, 0.0))]
    assert found == [440123000, 440999000, 440123000]


def test_a_message_whose_part_never_comes_is_given_up_and_counted() -> None:
    reader = SentenceReader()
    first, second = static()
    reader.take(first, 0.0)
    assert reader.given_up(PART_S) == 0
    assert reader.given_up(PART_S + 0.1) == 1
    assert reader.take(second, PART_S + 0.2) is None
    assert reader.given_up(99.0) == 1


def test_a_new_message_under_the_number_of_an_unfinished_one_replaces_it() -> None:
    reader = SentenceReader()
    reader.take(static(mmsi=440999000)[0], 0.0)
    first, second = static()
    reader.take(first, 0.1)
    whole = reader.take(second, 0.1)
    assert whole is not None
    assert whole.sentence.decode().asdict()["mmsi"] == 440123000
    assert reader.given_up(0.2) == 1


def test_unfinished_messages_are_bounded() -> None:
    reader = SentenceReader()
    first = static()[0]
    for station in range(3 * MAX_OPEN):
        reader.take(tagged(first, b"s:r%d" % station), 0.0)
    assert reader.given_up(0.0) == 2 * MAX_OPEN


def test_a_tag_block_tells_the_time_and_the_parts_that_belong_together() -> None:
    reader = SentenceReader()
    whole = reader.take(tagged(position(), b"s:r003669945,c:1763792400"), 0.0)
    assert whole is not None
    assert whole.at == read_time("2025-11-22T06:20:00Z")
    first, second = static()
    assert reader.take(tagged(first, b"g:1-2-7,s:a,c:1763792400000"), 0.0) is None
    assert reader.take(tagged(static(mmsi=440999000)[0], b"g:1-2-8,s:a"), 0.0) is None
    both = reader.take(tagged(second, b"g:2-2-7"), 0.0)
    assert both is not None
    assert (both.at, both.sentence.decode().asdict()["mmsi"]) == (
        read_time("2025-11-22T06:20:00Z"),
        440123000,
    )


def test_the_receivers_own_message_is_told_apart() -> None:
    (line,) = lines(dict[str, object](type=1, mmsi=440123000, lat=35.1, lon=129.05), kind="VDO")
    whole = SentenceReader().take(line, 0.0)
    assert whole is not None
    assert whole.own


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"# a comment",
        b"$GPRMC,213950.00,A,5250.53669,N,00542.34920,E,0.020,,070420,,,A*7D",
        b"!ABVSI,x*00",
    ],
)
def test_other_sentences_are_passed_over(line: bytes) -> None:
    assert SentenceReader().take(line, 0.0) is None


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (position()[:-1] + b"?", "checksum"),
        (position().partition(b"*")[0], "checksum"),
        (position().replace(b",A,", b",B,"), "checksum"),
        (b"\\c:1428621738*00\\" + position(), "checksum"),
        (b"\\c:1428621738" + position(), "not_ais"),
        (b"hello", "not_ais"),
        (b"!AIVDM*6C", "checksum"),
        (b"!AIVDM,1,1,,A,,0*26", "not_ais"),
        (b"!AIVDM,1,9,,A,13aGua,0*59", "checksum"),
    ],
)
def test_a_damaged_line_is_named(line: bytes, reason: str) -> None:
    with pytest.raises(DecodeError) as caught:
        SentenceReader().take(line, 0.0)
    assert caught.value.reason == reason


@given(st.lists(st.binary(max_size=200) | st.sampled_from(static()), max_size=20))
def test_no_line_is_more_than_a_fault(lines: list[bytes]) -> None:
    """SEC-26: whatever a receiver sends is a message, nothing, or a named fault."""
    reader = SentenceReader()
    for line in lines:
        try:
            reader.take(line, 0.0)
        except DecodeError as error:
            assert error.reason


@given(st.lists(st.binary(max_size=300)), st.integers(1, 40))
def test_lines_are_the_same_however_the_bytes_are_cut(lines: list[bytes], step: int) -> None:
    clean = [line.replace(b"\n", b" ") for line in lines]
    stream = b"".join(line + b"\n" for line in clean)
    cutter = LineCutter()
    assert [line for i in range(0, len(stream), step) for line in cutter.cut(stream[i : i + step])] == clean


def test_a_line_without_end_is_left_out_once_and_what_follows_is_read() -> None:
    cutter = LineCutter()
    assert [cutter.cut(b"x" * 600) for _ in range(8)] == [[]] * 8
    assert cutter.oversized == 1
    assert cutter.cut(b"tail\nnext\n") == [b"next"]
    assert cutter.cut(b"y" * (MAX_LINE + 1) + b"\nlast\n") == [b"last"]
    assert cutter.oversized == 2
