"""Under which number a tag's history is kept."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from console.core.batch import batch_of
from console.hub.failure import StoreDamaged
from console.hub.historian.numbers import Numbering, TagNumbers


def opened(folder: Path) -> TagNumbers:
    return TagNumbers(folder / "history.db")


def test_a_tag_keeps_its_number_and_a_new_one_gets_a_fresh_one(tmp_path: Path) -> None:
    numbers = opened(tmp_path)
    assert numbers.of(["a", "b", "c"]).tolist() == [0, 1, 2]
    numbers.close()
    numbers = opened(tmp_path)
    # The number of what has gone is never given again.
    assert numbers.of(["new", "c", "a"]).tolist() == [3, 2, 0]
    assert numbers.of(["newer", "b"]).tolist() == [4, 1]
    numbers.close()


def test_an_heir_goes_on_with_the_number_once(tmp_path: Path) -> None:
    numbers = opened(tmp_path)
    numbers.of(["a", "~found.temp"])
    assert numbers.of(["a", "press.temp"], {"press.temp": "~found.temp"}).tolist() == [0, 1]
    # What is discovered again begins anew, and does not take it back.
    assert numbers.of(["~found.temp", "press.temp"], {"press.temp": "~found.temp"}).tolist() == [2, 1]
    numbers.close()
    numbers = opened(tmp_path)
    assert numbers.of(["press.temp", "~found.temp"]).tolist() == [1, 2]
    numbers.close()


def test_a_name_that_is_free_again_begins_a_history_of_its_own(tmp_path: Path) -> None:
    numbers = opened(tmp_path)
    numbers.of(["a", "~found.temp"])
    numbers.retire(["~found.temp", "never there"])
    assert numbers.of(["~found.temp", "a"]).tolist() == [2, 0]
    numbers.close()
    numbers = opened(tmp_path)
    assert numbers.of(["~found.temp#1", "~found.temp"]).tolist() == [1, 2]
    numbers.close()


def test_rows_are_kept_by_number_and_copied_only_where_that_differs() -> None:
    rows = batch_of([0, 1], [1, 2], [3.0, 4.0], [0, 0])
    numbering = Numbering(np.array([0, 1], np.uint32))
    assert numbering.stored(rows) is rows
    numbering.grow(np.array([9], np.uint32))
    assert numbering.number(2) == 9
    assert numbering.stored(batch_of([2, 0], [1, 2], [3.0, 4.0], [0, 0])).tag.tolist() == [9, 0]


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "history.db").write_bytes(b"this is no database, and never was one" * 9)
    with pytest.raises(StoreDamaged):
        opened(tmp_path)
