"""Who is who among discovered points: names once given stay, and nothing grows without bound."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.core.discovery import (
    LONGEST_NAME,
    MOST_WORDS,
    RECORDED,
    DiscoveryBook,
    Found,
    Offer,
    ValueKind,
    cleaned,
    plain,
    slug,
)
from console.core.plaintext import first_forbidden

EDGE = "City/Line1"
NUMBER, FLAG, TEXT = ValueKind.NUMBER, ValueKind.FLAG, ValueKind.TEXT


def offer(path: str, kind: ValueKind = NUMBER, source: str = "City/Line1/Press", **more: object) -> Offer:
    return Offer(source=source, path=path, kind=kind, group=EDGE, **more)  # type: ignore[arg-type]


def take(book: DiscoveryBook, *offers: Offer, whole: tuple[str, ...] = (), most: int = 100) -> Found:
    """Look, and keep what would change."""
    found = book.look("plant", offers, whole, most)
    book.keep(found)
    return found


def test_a_source_becomes_an_asset_below_its_edge_node_and_its_points_tags() -> None:
    found = take(DiscoveryBook(), offer("Spindle/Temp"), offer("uptime", source=EDGE))
    assert [(one.id, one.parent, one.node) for one in found.assets] == [
        ("~city-line1", "", True),
        ("~city-line1-press", "~city-line1", False),
    ]
    assert [point.tag for point in found.points] == ["~city-line1-press.spindle_temp", "~city-line1.uptime"]


@pytest.mark.parametrize(
    ("said", "kept"), [(12.0, 12.0), (0.0, 0.0), (-1.0, 0.0), (float("nan"), 0.0), (1e12, 0.0)]
)
def test_a_silence_that_can_be_none_is_unsaid(said: float, kept: float) -> None:
    assert cleaned(offer("a", silent_s=said)).silent_s == kept


def test_what_is_offered_again_as_it_was_changes_nothing() -> None:
    book = DiscoveryBook()
    take(book, offer("a"), offer("b"))
    assert not take(book, offer("b"), offer("a"))
    assert [point.name for point in take(book, offer("b", unit="Cel")).points] == ["b"]


def test_names_that_come_out_alike_are_told_apart_for_good() -> None:
    book = DiscoveryBook()
    take(book, offer("Temp 1"), offer("temp/1"), offer("온도"), offer("온도", source="City/Line1/press"))
    again = DiscoveryBook(book.assets.values(), book.points.values())
    assert [point.tag for point in again.points.values()] == [
        "~city-line1-press.temp_1",
        "~city-line1-press.temp_1_2",
        "~city-line1-press.x",
        "~city-line1-press-2.x",
    ]
    assert not take(again, offer("temp/1"))


def test_what_a_rebirth_leaves_out_is_gone_and_comes_back_under_its_name() -> None:
    book = DiscoveryBook()
    take(book, offer("a"), offer("b"))
    found = take(book, offer("a"), whole=("City/Line1/Press",))
    assert [(point.name, point.gone) for point in found.points] == [("b", True)]
    assert book.living("plant") == 1
    back = take(book, offer("b"))
    assert [(point.name, point.gone) for point in back.points] == [("b", False)]
    assert book.living("plant") == 2


def test_another_kind_of_value_is_another_point() -> None:
    book = DiscoveryBook()
    take(book, offer("mode"))
    found = take(book, offer("mode", TEXT))
    assert [(point.name, point.offer.kind, point.gone) for point in found.points] == [
        ("mode", NUMBER, True),
        ("mode_2", TEXT, False),
    ]
    # To and fro makes no more than these.
    for _ in range(5):
        take(book, offer("mode"))
        take(book, offer("mode", TEXT))
    assert len(book.points) == 2
    assert book.living("plant") == 1


def test_no_more_than_so_many_points_live_at_a_time() -> None:
    book = DiscoveryBook()
    found = take(book, *(offer(f"m{n}") for n in range(100_000)), most=2_000)
    assert len(found.points) == 2_000
    assert found.refused == {"City/Line1/Press": 98_000}
    # What goes makes room, and another feed has its own.
    later = take(book, offer("m99"), offer("new"), whole=("City/Line1/Press",), most=2_000)
    assert not later.refused
    assert book.living("plant") == 2
    assert not book.look("other", [offer("m1")], (), 1).refused


def test_a_source_that_names_its_points_anew_each_time_comes_to_an_end() -> None:
    book = DiscoveryBook()
    for birth in range(20):
        found = take(book, *(offer(f"b{birth}m{n}") for n in range(10)), whole=("City/Line1/Press",), most=10)
        assert bool(found.refused) is (birth >= RECORDED)
    assert book.ever("plant") == 10 * RECORDED
    # What is known already is taken all the same.
    assert not take(book, offer("b0m1"), most=10).refused
    faded = book.faded("plant", 10)
    assert len(faded) == 10 * RECORDED - 1 - 10
    assert faded[0].name == "b0m0"
    tidied = book.without(faded)
    assert tidied.ever("plant") == 11
    assert not take(tidied, offer("new"), most=10).refused


def test_a_name_that_is_too_long_is_not_taken() -> None:
    found = take(DiscoveryBook(), offer("x" * LONGEST_NAME))
    assert (found.points, found.refused) == ([], {"City/Line1/Press": 1})


def test_words_are_learned_in_their_order_and_no_more_than_so_many() -> None:
    book = DiscoveryBook()
    take(book, offer("mode", TEXT, words=("auto",)))
    key = ("City/Line1/Press", "mode")
    found = book.learn("plant", {key: ["hand", "auto", "off"], ("City/Line1/Press", "none"): ["x"]})
    book.keep(found)
    assert [point.offer.words for point in found.points] == [("auto", "hand", "off")]
    book.keep(book.learn("plant", {key: [f"w{n}" for n in range(100)]}))
    assert len(next(iter(book.points.values())).offer.words) == MOST_WORDS
    assert not book.learn("plant", {key: ["one more"]})
    # A rebirth with the present word alone forgets none.
    assert not take(book, offer("mode", TEXT, words=("off",)))


@pytest.mark.parametrize(
    "span", [(5.0, 5.0), (9.0, 1.0), (float("nan"), 1.0), (0.0, float("inf")), (None, 4.0)]
)
def test_a_range_that_is_none_is_left_out(span: tuple[float | None, float | None]) -> None:
    made = cleaned(offer("a", low=span[0], high=span[1]))
    assert (made.low, made.high) == (None, None)


@given(st.text())
def test_texts_of_a_stranger_are_one_plain_line(text: str) -> None:
    assert not first_forbidden(plain(text))
    assert len(plain(text)) <= 120
    for mark in "-_":
        made = slug(text, mark)
        assert made
        assert set(made) <= set(f"abcdefghijklmnopqrstuvwxyz0123456789{mark}")
        assert len(made) <= 60


NAMES = st.sampled_from(["a", "A", "b/b", "b b", "c"])
OFFERS = st.lists(st.builds(offer, NAMES, st.sampled_from(ValueKind), st.sampled_from(["s/1", "s/2", EDGE])))


@given(st.lists(st.tuples(OFFERS, st.booleans()), max_size=8), st.integers(1, 6))
def test_whatever_is_offered_names_stay_apart_and_the_bound_holds(
    story: list[tuple[list[Offer], bool]], most: int
) -> None:
    book = DiscoveryBook()
    named: dict[tuple[str, str, str, ValueKind], str] = {}
    for offers, whole in story:
        take(book, *offers, whole=("s/1",) if whole else (), most=most)
        tags = {point.key: point.tag for point in book.points.values()}
        assert len({*tags.values()}) == len(tags)
        assert named.items() <= tags.items()
        named = tags
        living = [point for point in book.points.values() if not point.gone]
        assert len(living) == book.living("plant") <= most
        assert len({(point.offer.source, point.offer.path) for point in living}) == len(living)
