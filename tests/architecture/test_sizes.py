"""A file is one noun and a function fits a screen."""

from __future__ import annotations

import ast

from house import PROGRAM, python_files, source, tree

FILE_LINES = 400
FUNCTION_LINES = 40
MAIN_LINES = 60


def test_no_file_is_longer_than_its_limit() -> None:
    sizes = {path: source(path).count("\n") for path in python_files()}
    assert sizes, "no Python file was found"
    assert {str(path): size for path, size in sizes.items() if size > FILE_LINES} == {}


def test_main_stays_a_switchboard() -> None:
    (main,) = (path for path in python_files("main.py"))
    assert source(main).count("\n") <= MAIN_LINES


def test_no_function_is_longer_than_its_limit() -> None:
    long: list[str] = []
    for path in python_files(*PROGRAM):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > FUNCTION_LINES:
                    long.append(f"{path}:{node.lineno} {node.name} has {lines} lines")
    assert long == []
