"""Names say what is inside."""

from __future__ import annotations

from collections import Counter

from house import ROOT, kept_files, python_files

# Words that say nothing, so that anything lands there.
EMPTY_NAMES = {"util", "utils", "helper", "helpers", "common", "misc", "stuff", "tools"}


def test_no_file_or_folder_has_a_name_that_says_nothing() -> None:
    found = [
        str(path)
        for path in kept_files()
        if EMPTY_NAMES & {part.lower() for part in (*path.parts[:-1], path.stem)}
    ]
    assert found == []


def test_packaging_is_never_a_package() -> None:
    """It would hide the library of that name from everything that needs it."""
    assert not (ROOT / "packaging" / "__init__.py").exists()


def test_tests_are_no_package_and_their_names_are_unique() -> None:
    files = python_files("tests")
    assert [str(path) for path in files if path.name == "__init__.py"] == []
    names = Counter(path.name for path in files if path.name.startswith("test_"))
    assert {name: count for name, count in names.items() if count > 1} == {}


def test_every_room_is_a_package_with_a_docstring_file() -> None:
    rooms = {path.parent for path in python_files("console", "widgets", "maps")}
    assert [str(room) for room in rooms if not (ROOT / room / "__init__.py").exists()] == []
