"""Where things stand in a TOML text."""

from __future__ import annotations

from console.core.profile.lines import Lines

TEXT = '''\
id = "x"
note = """
name = "not a key"
[[not_a_header]]
"""

[[tag]]
name = "a"
"odd key" = 1

[[tag]]
name = "b"   # [[tag]]
low.deep = 2

[[command]]
name = "c"
  [[command.param]]
  name = "p"
[[command]]
[[command.param]]
name = "q"
[table.inner]
key = 'single'
'''


def test_keys_and_headers_are_found_by_path() -> None:
    lines = Lines(TEXT)
    assert lines.of(("id",)) == 1
    assert lines.of(("note",)) == 2
    assert lines.of(("tag", 0)) == 7
    assert lines.of(("tag", 0, "odd key")) == 9
    assert lines.of(("tag", 1, "name")) == 12
    assert lines.of(("tag", 1, "low", "deep")) == 13
    assert lines.of(("command", 0, "param", 0, "name")) == 18
    assert lines.of(("command", 1, "param", 0, "name")) == 21
    assert lines.of(("table", "inner", "key")) == 23


def test_what_has_no_line_has_that_of_what_is_around_it() -> None:
    lines = Lines(TEXT)
    assert lines.of(("tag", 1, "missing")) == 11
    assert lines.of(("nowhere", 3)) == 0
    assert lines.of(("name",)) == 0
