"""Whatever stands in a profile's files, reading them ends with a site or with named faults (TST-08)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sound_profile import SOUND

from console.core.errors import ProfileErrors
from console.core.profile.faults import ProfileFault
from console.core.profile.parse import parse_site
from console.core.site import Site

FILES = sorted(SOUND)
PIECES = [
    "[",
    "]",
    "[[tag]]\n",
    '"""',
    "=",
    "\n",
    "nan",
    "-1e999",
    "true",
    "[]",
    "{}",
    "{a=1}",
    '""',
    "\u202e",
    "\x00",
    ",",
    "9" * 400,
    "1979-05-27",
    "'",
    "#",
]


def read(files: dict[str, str]) -> Site | tuple[ProfileFault, ...]:
    """The site, or the reasons of its faults."""
    try:
        return parse_site(files)
    except ProfileErrors as errors:
        assert errors.faults
        assert all(fault.line >= 0 and fault.file for fault in errors.faults)
        return tuple(ProfileFault(fault.reason) for fault in errors.faults)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(FILES), st.data())
def test_a_piece_in_the_wrong_place_is_a_named_fault_or_harmless(file: str, data: st.DataObject) -> None:
    text = SOUND[file]
    begin = data.draw(st.integers(0, len(text)))
    cut = data.draw(st.integers(0, 40))
    piece = data.draw(st.sampled_from(PIECES))
    assert read({**SOUND, file: text[:begin] + piece + text[begin + cut :]})


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(FILES), st.text(max_size=200))
def test_any_text_is_a_named_fault_or_harmless(file: str, text: str) -> None:
    assert read({**SOUND, file: text})


VALUES: list[Any] = [
    "7",
    "-0.0",
    "true",
    '"x"',
    "[]",
    "[1]",
    "{}",
    "{ ko = 1, en = 2 }",
    "1979-05-27",
    "[[1]]",
    "[{ a = 1 }]",
]


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("file", [name for name in FILES if name.endswith(".toml")])
def test_a_value_of_any_type_at_any_key_is_a_named_fault_or_harmless(file: str, value: str) -> None:
    lines = SOUND[file].splitlines()
    for index, line in enumerate(lines):
        key, equals, _ = line.partition(" = ")
        if equals:
            changed = [*lines[:index], f"{key} = {value}", *lines[index + 1 :]]
            assert read({**SOUND, file: "\n".join(changed)})
