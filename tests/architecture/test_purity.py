"""The pure core reads no clock; the set-up runs on a bare Python; rooms keep to themselves."""

from __future__ import annotations

import ast
import subprocess
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest
from house import ROOT, imports, is_within, module_name, python_files, tree

QT = ("PySide6", "PySide6QtAds", "shiboken6", "pyqtgraph", "qtpy")
QT_ROOMS = ("console.desk", "console.app", "widgets")
# The two views of the map, each with its parts beside it: maps.view_web and the like.
QT_PREFIXES = ("maps.view", "maps.native")
CLOCKS = {
    "datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.monotonic",
    "time.time_ns", "uuid.uuid4", "uuid.uuid1", "uuid4", "open", "input",
}  # fmt: skip


def _is_qt_room(name: str) -> bool:
    return any(is_within(name, room) for room in QT_ROOMS) or name.startswith(QT_PREFIXES)


def test_qt_is_imported_only_where_pixels_are() -> None:
    found = [
        f"{path}:{line} {name}"
        for path in python_files("console", "maps", "resources", "packaging")
        if not _is_qt_room(module_name(path))
        for line, name in imports(path)
        if name.partition(".")[0] in QT
    ]
    assert found == []


@pytest.mark.parametrize("room", ["console.core", "console.wire"])
def test_the_pure_rooms_read_no_clock_and_open_no_file(room: str) -> None:
    files = [path for path in python_files("console") if is_within(module_name(path), room)]
    assert files, f"{room} has no files"
    found = [
        f"{path}:{node.lineno} {ast.unparse(node.func)}"
        for path in files
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and ".".join(ast.unparse(node.func).split(".")[-2:]) in CLOCKS
    ]
    assert found == []


def test_the_set_up_needs_nothing_but_python() -> None:
    files = [
        Path("main.py"),
        *(path for path in python_files("console") if path.parts[1] in {"setup", "__init__.py"}),
    ]
    late = {"keyring"}  # the doctor asks it by name, inside the environment
    found = [
        f"{path}:{line} {name}"
        for path in files
        if path != Path("main.py")
        for line, name in imports(path)
        if name.partition(".")[0] not in {*sys.stdlib_module_names, *late}
        and not is_within(name, "console.setup")
    ]
    assert found == []


def test_the_set_up_starts_on_a_python_without_any_package() -> None:
    """-I -S: no site-packages, no user site, no environment variables."""
    modules = "launch, gate, doctor, parser"
    program = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from console.setup import {modules}"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", program], capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    assert done.returncode == 0


def test_feed_rooms_do_not_import_one_another() -> None:
    """A folder in `console/feeds` is one upstream protocol; the files beside the folders are shared."""
    files = [path for path in python_files("console") if path.parts[1] == "feeds"]
    rooms = {module_name(path.parent) for path in files if len(path.parts) > 3}
    crossing = [
        f"{path}:{line} {name}"
        for path in files
        for own in [next((room for room in rooms if is_within(module_name(path), room)), None)]
        if own is not None
        for line, name in imports(path)
        if any(is_within(name, room) for room in rooms - {own})
    ]
    assert crossing == []


def test_there_is_no_import_cycle() -> None:
    files = {module_name(path): path for path in python_files("console", "widgets", "maps", "resources")}
    arrows = {
        name: {target for _, target in imports(path) if target in files and target != name}
        for name, path in files.items()
    }
    try:
        order = list(TopologicalSorter(arrows).static_order())
    except CycleError as error:
        pytest.fail(f"import cycle: {' -> '.join(error.args[1])}")
    assert len(order) == len(files)
