"""Groups of marks at far zoom."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from maps.clusters import ASSET_SINGLE_ZOOM, cluster_marks
from maps.marks import Mark


def mark(mark_id: str, lat: float = 35.1, lon: float = 129.0, **told: object) -> Mark:
    base: dict[str, object] = {"id": mark_id, "kind": "pump", "lat": lat, "lon": lon, "name": mark_id}
    return Mark(**(base | told))  # type: ignore[arg-type]


def groups(marks: list[Mark], zoom: float, selected: str | None = None) -> list[list[str]]:
    return sorted([one.id for one in cluster.members] for cluster in cluster_marks(marks, zoom, selected))


def test_marks_on_each_other_become_one() -> None:
    near = [mark("a"), mark("b", lon=129.001), mark("c", lon=129.3)]
    assert groups(near, 11.0) == [["a", "b"], ["c"]]


def test_close_zoom_shows_every_mark_alone() -> None:
    near = [mark("a"), mark("b")]
    assert groups(near, ASSET_SINGLE_ZOOM) == [["a"], ["b"]]


def test_movers_do_not_join_assets() -> None:
    assert groups([mark("a"), mark("v", kind="vessel")], 10.0) == [["a"], ["v"]]


def test_the_selected_mark_is_never_hidden_in_a_cluster() -> None:
    assert groups([mark("a"), mark("b"), mark("c")], 10.0, selected="b") == [["a", "c"], ["b"]]


def test_a_cluster_shows_its_worst_priority() -> None:
    (cluster,) = cluster_marks(
        [mark("a"), mark("b", state="alarm", priority=3), mark("c", state="alarm", priority=2)], 10.0
    )
    assert cluster.priority == 2


@given(
    st.lists(
        st.tuples(st.floats(34.9, 35.4), st.floats(128.7, 129.4), st.sampled_from(["pump", "vessel"])),
        max_size=60,
    ),
    st.floats(8, 17),
)
def test_every_mark_is_in_exactly_one_group_whatever_the_order(
    spots: list[tuple[float, float, str]], zoom: float
) -> None:
    marks = [mark(f"m{n:03}", lat, lon, kind=kind) for n, (lat, lon, kind) in enumerate(spots)]
    found = groups(marks, zoom)
    assert sorted(one for group in found for one in group) == [one.id for one in marks]
    assert groups(marks[::-1], zoom) == found
