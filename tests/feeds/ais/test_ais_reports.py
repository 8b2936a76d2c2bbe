"""What messages say, and what they only say they do not know."""

from __future__ import annotations

import json

import pytest
from ais_lines import SHIP, lines, position, static
from house import ROOT

from console.core.errors import DecodeError
from console.feeds.ais.nmea import SentenceReader
from console.feeds.ais.reports import KNOT, Kind, Report, read_message, report_of

DATA = ROOT.parent / "shared/data"


def read(*sentences: bytes) -> Report:
    reader = SentenceReader()
    whole = [found for line in sentences if (found := reader.take(line, 0.0))]
    report = read_message(whole[0].sentence)
    assert report is not None
    return report


def test_a_position_report_tells_place_and_motion() -> None:
    report = read(position())
    assert report.place == pytest.approx((35.1, 129.05))
    assert (report.mmsi, report.kind, report.ais_class) == (SHIP, Kind.VESSEL, "A")
    assert (report.heading, report.course, report.speed) == (95.0, 90.0, pytest.approx(10 * KNOT))
    assert report.facts == {"state": "motoring"}


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"lat": 91}, "place"),
        ({"lon": 181}, "place"),
        ({"second": 63}, "place"),
        ({"speed": 102.3}, "speed"),
        ({"course": 360}, "course"),
        ({"heading": 511}, "heading"),
        ({"turn": -128}, "turn"),
        ({"turn": 127}, "turn"),
        ({"turn": -127}, "turn"),
    ],
)
def test_a_value_that_only_means_unknown_is_never_a_value(fields: dict[str, object], name: str) -> None:
    assert getattr(read(position(**fields)), name) is None


def test_values_next_to_the_unknown_ones_are_values() -> None:
    report = read(position(lat=-90.0, lon=180.0, speed=102.2, course=359.9, heading=359))
    assert report.place == (-90.0, 180.0)
    assert (report.speed, report.course, report.heading) == (pytest.approx(102.2 * KNOT), 359.9, 359.0)


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"type": 4, "mmsi": 4401001, "lat": 35.0, "lon": 129.0}, Kind.BASE_STATION),
        ({"type": 9, "mmsi": 111440001, "lat": 35.0, "lon": 129.0, "speed": 1023, "alt": 4095}, Kind.SAR_AIRCRAFT),
        ({"type": 21, "mmsi": 994401001, "lat": 35.0, "lon": 129.0, "name": "ORYUKDO", "aid_type": 5}, Kind.ATON),
        ({"type": 1, "mmsi": 970123456, "lat": 35.0, "lon": 129.0}, Kind.DISTRESS),
        ({"type": 1, "mmsi": 972123456, "lat": 35.0, "lon": 129.0}, Kind.DISTRESS),
        ({"type": 18, "mmsi": 440123001, "lat": 35.0, "lon": 129.0}, Kind.VESSEL),
        ({"type": 27, "mmsi": 440123001, "lat": 35.0, "lon": 129.0, "speed": 63, "course": 511}, Kind.VESSEL),
    ],
)  # fmt: skip
def test_stations_are_told_apart(fields: dict[str, object], kind: Kind) -> None:
    report = read(*lines(fields))
    assert report.kind is kind
    assert report.place is not None
    if fields.get("type") in (9, 27):
        assert (report.speed, report.facts.get("altitude_m")) == (None, None)


def test_an_aid_to_navigation_says_what_it_is_and_whether_it_is_where_it_belongs() -> None:
    report = read(
        *lines(
            dict[str, object](
                type=21,
                mmsi=994401001,
                lat=35.0,
                lon=129.0,
                name="ORYUKDO",
                aid_type=5,
                off_position=1,
                virtual_aid=1,
            )
        )
    )
    assert report.name == "ORYUKDO"
    assert report.facts == {"aid_type": "5", "virtual": "true", "off_position": "true"}


def test_static_data_of_every_class_are_the_same_facts() -> None:
    report = read(*static())
    assert report.name == "HANBADA"
    assert not report.moves
    assert report.facts == {
        "callsign": "DSAA",
        "imo": "9111111",
        "shiptype": "Cargo ship",
        "shiptype_id": "70",
        "length_m": "120",
        "beam_m": "18",
        "draft_m": "7.5",
        "destination": "BUSAN",
        "eta": "11-23 06:30 UTC",
    }
    part_a = read(*lines(dict[str, object](type=24, mmsi=SHIP, partno=0, shipname="SMALL")))
    part_b = read(
        *lines(
            dict[str, object](type=24, mmsi=SHIP, partno=1, ship_type=37, callsign="XX", to_bow=5, to_stern=4)
        )
    )
    assert (part_a.name, part_a.ais_class) == ("SMALL", "B")
    assert part_b.facts == {"callsign": "XX", "shiptype": "Pleasure", "shiptype_id": "37", "length_m": "9"}
    extended = read(
        *lines(
            dict[str, object](
                type=19, mmsi=SHIP, lat=35.0, lon=129.0, shipname="YACHT", ship_type=36, to_bow=8
            )
        )
    )
    assert (extended.name, extended.facts["shiptype"], extended.facts["length_m"]) == (
        "YACHT",
        "Sailing",
        "8",
    )


def test_static_data_that_say_nothing_are_no_facts() -> None:
    report = read(*static(shipname="", callsign="", imo=0, ship_type=0, to_bow=0, to_stern=0, to_port=0,
                          to_starboard=0, draught=0, destination="", month=0, day=0, hour=24, minute=60))  # fmt: skip
    assert (report.name, report.facts) == ("", {})


@pytest.mark.parametrize(
    ("number", "fields", "reason"),
    [
        (1, {"mmsi": None}, "too_short"),
        (1, {"mmsi": 0, "lat": 35.0, "lon": 129.0}, "mmsi"),
        (1, {"mmsi": 1_000_000_000, "lat": 35.0, "lon": 129.0}, "mmsi"),
        (1, {"mmsi": SHIP, "lat": 95.0, "lon": 129.0, "course": 1.0, "second": 1}, "out_of_range"),
    ],
)
def test_a_message_that_cannot_be_is_named(number: int, fields: dict[str, object], reason: str) -> None:
    with pytest.raises(DecodeError) as caught:
        report_of(number, fields)
    assert caught.value.reason == reason


@pytest.mark.parametrize("sentence", [position(), *static()[:1]], ids=["type 1", "type 5"])
def test_a_sentence_that_lost_its_end_is_refused_whole(sentence: bytes) -> None:
    payload = sentence.split(b",")[5][:22]
    body = b"AIVDM,1,1,,A," + payload + b",0"
    total = 0
    for byte in body:
        total ^= byte
    with pytest.raises(DecodeError, match="too_short"):
        read(b"!" + body + b"*%02X" % total)


def recording(name: str) -> list[bytes]:
    path = DATA / name
    if not path.is_file():
        pytest.skip(f"{name} is not on this machine")
    return path.read_bytes().splitlines()


def test_a_real_recording_says_what_another_decoder_heard() -> None:
    """The oracle is gpsd's own decoding of the same sentences."""
    chk = recording("gpsd/ais-nmea.log.chk")
    compared = {1, 2, 3, 4, 5, 9, 18, 19, 21, 27}  # of type 24 gpsd tells only pairs
    expected = [json.loads(line) for line in chk if line.startswith(b'{"class":"AIS"')]
    reader = SentenceReader()
    found: list[Report] = []
    for line in recording("gpsd/ais-nmea.log"):
        whole = reader.take(line, 0.0)
        if (
            whole is not None
            and whole.sentence.ais_id in compared
            and (report := read_message(whole.sentence))
        ):
            found.append(report)
    told = [one for one in expected if one["type"] in compared]
    assert len(found) == len(told) > 100
    for mine, theirs in zip(found, told, strict=True):
        assert mine.mmsi == theirs["mmsi"]
        if theirs["type"] == 5:
            assert (mine.name, mine.facts.get("callsign", "")) == (theirs["shipname"], theirs["callsign"])
        elif theirs["type"] in (1, 2, 3):
            unknown = theirs["lon"] == 181 * 600_000 or theirs["second"] == 63
            place = (theirs["lat"] / 600_000, theirs["lon"] / 600_000)
            assert mine.place == (None if unknown else pytest.approx(place, abs=1e-6))
            assert mine.heading == (None if theirs["heading"] == 511 else theirs["heading"])
            assert mine.course == (None if theirs["course"] == 3600 else pytest.approx(theirs["course"] / 10))


@pytest.mark.parametrize(
    ("name", "at_least"),
    [
        ("signalk-samples/samples/nais400-merrimac.log", 300),
        ("signalk-samples/samples/nais300-merrimac.log", 100),
        ("pyais/nmea_data_sample.txt", 700),
        ("pyais/mixed.txt", 5),
    ],
)
def test_a_real_recording_is_read_and_its_damage_is_counted(name: str, at_least: int) -> None:
    """Nothing raises but named faults, and no drawn place is impossible."""
    reader, reports, faults = SentenceReader(), 0, 0
    for line in recording(name):
        try:
            whole = reader.take(line, 0.0)
            report = read_message(whole.sentence) if whole is not None else None
        except DecodeError:
            faults += 1
            continue
        if report is not None:
            reports += 1
            if report.place is not None:
                assert abs(report.place[0]) <= 90
                assert abs(report.place[1]) <= 180
    assert reports >= at_least, (reports, faults)
