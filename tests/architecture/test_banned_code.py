"""Habits that cost large Qt programs dearly, kept out by reading the syntax trees."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from house import PROGRAM, python_files, tree

# The supervisor of the desktop's link and the runner of the hub's feeds: what they catch they log and restart.
BROAD_EXCEPT = {"console/desk/bridge.py", "console/feeds/runner.py"}
# What a person asked for on the command line.
PRINTS = ("main.py", "packaging/", "tests/bench/", "console/hub/profile.py")


def _places(*roots: str) -> Iterator[tuple[Path, ast.AST]]:
    for path in python_files(*(roots or PROGRAM)):
        for node in ast.walk(tree(path)):
            yield path, node


def _called(node: ast.AST) -> str:
    return ast.unparse(node.func) if isinstance(node, ast.Call) else ""


def test_no_signal_is_connected_to_a_lambda() -> None:
    found = [
        f"{path}:{node.lineno}"
        for path, node in _places()
        if isinstance(node, ast.Call) and _called(node).endswith(".connect")
        for argument in node.args
        if isinstance(argument, ast.Lambda)
    ]
    assert found == []


def test_nobody_asks_for_the_global_application_object() -> None:
    banned = ("QApplication.instance", "QGuiApplication.instance", "QCoreApplication.instance")
    found = [
        f"{path}:{node.lineno}"
        for path, node in _places()
        if isinstance(node, ast.Call) and _called(node) in banned
    ]
    assert found == []


def test_nobody_climbs_from_parent_to_parent() -> None:
    found = [
        f"{path}:{node.lineno}"
        for path, node in _places()
        if isinstance(node, ast.Call) and _called(node).endswith(".parent().parent")
    ]
    assert found == []


def test_errors_are_caught_by_name() -> None:
    broad = {"Exception", "BaseException"}
    found: list[str] = []
    for path, node in _places():
        if not isinstance(node, ast.ExceptHandler) or str(path) in BROAD_EXCEPT:
            continue
        kinds = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
        names = {ast.unparse(kind) for kind in kinds if kind is not None}
        # Cleaning up before the same error goes on hides nothing.
        passes_on = isinstance(node.body[-1], ast.Raise) and node.body[-1].exc is None
        if (node.type is None or names & broad) and not passes_on:
            found.append(f"{path}:{node.lineno}")
    assert found == []


def test_nothing_is_left_to_be_written() -> None:
    found = [
        f"{path}:{node.lineno}"
        for path, node in _places()
        if isinstance(node, ast.Raise) and node.exc is not None and "NotImplemented" in ast.unparse(node.exc)
    ]
    assert found == []


def test_nothing_is_printed() -> None:
    found = [
        f"{path}:{node.lineno}"
        for path, node in _places(*PROGRAM, "tests")
        if isinstance(node, ast.Call) and _called(node) == "print" and not str(path).startswith(PRINTS)
    ]
    assert found == []


def test_log_lines_are_formatted_only_when_they_are_written() -> None:
    levels = ("debug", "info", "warning", "error", "exception", "critical")
    found = [
        f"{path}:{node.lineno}"
        for path, node in _places()
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in levels
        and "log" in ast.unparse(node.func.value).lower()
        and node.args
        and isinstance(node.args[0], ast.JoinedStr | ast.BinOp)
    ]
    assert found == []


def test_loggers_are_topics() -> None:
    topics = {"alarm", "command", "feed", "link", "history", "map", "ui", "app"}
    found: list[str] = []
    for path, node in _places():
        if isinstance(node, ast.Call) and _called(node) in {"logging.getLogger", "getLogger"}:
            name = node.args[0].value if node.args and isinstance(node.args[0], ast.Constant) else None
            # No name is the root logger and a variable somebody else's, which the entry points configure.
            if name is not None and str(name).partition(".")[0] not in topics:
                found.append(f"{path}:{node.lineno} {ast.unparse(node)}")
    assert found == []


def test_no_test_is_without_a_statement_of_truth() -> None:
    """A test asserts, expects an error, waits for something, or calls a function that does."""
    telling = ("assert", "check", "expect", "raises", "wait", "fail", "verify", "run", "run_state_machine")
    empty: list[str] = []
    for path, node in _places("tests"):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or not node.name.startswith("test_"):
            continue
        inside = list(ast.walk(node))
        asserts = any(isinstance(part, ast.Assert) for part in inside)
        calls = [
            _called(part).rpartition(".")[2].lstrip("_").lower()
            for part in inside
            if isinstance(part, ast.Call)
        ]
        if not asserts and not any(call.startswith(telling) for call in calls):
            empty.append(f"{path}:{node.lineno} {node.name}")
    assert empty == []
