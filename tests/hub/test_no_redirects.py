"""Whoever is called over HTTP cannot send us elsewhere, and has a deadline (SEC-43)."""

from __future__ import annotations

import ast

from house import python_files, tree

VERBS = {"get", "post", "put", "head", "patch", "delete", "request", "send"}
CALLERS = {"requests", "session"}


def _calls() -> list[tuple[str, ast.Call]]:
    return [
        (f"{path}:{node.lineno}", node)
        for path in python_files("console")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in VERBS
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in CALLERS
    ]


def test_no_call_over_http_follows_a_redirect() -> None:
    """SEC-43."""
    calls = _calls()
    assert calls, "nothing is called over HTTP any more: this test looks in the wrong place"
    following = [
        place
        for place, call in calls
        if not any(
            word.arg == "allow_redirects"
            and isinstance(word.value, ast.Constant)
            and word.value.value is False
            for word in call.keywords
        )
    ]
    assert following == []


def test_every_call_over_http_has_a_deadline() -> None:
    """SEC-25, SEC-43."""
    without = [place for place, call in _calls() if not any(word.arg == "timeout" for word in call.keywords)]
    assert without == []
