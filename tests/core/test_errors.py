"""The tree of errors: fields, not prose."""

from __future__ import annotations

import pytest

from console.core.errors import (
    AlarmRefused,
    CommandRefused,
    DecodeError,
    GwanjeError,
    ProfileError,
    ProfileErrors,
    Refused,
    WireError,
)


def test_every_error_is_of_one_tree_and_says_its_fields() -> None:
    profile = ProfileError("a.toml", 3, "missing", field="id")
    errors = [
        profile,
        ProfileErrors([profile]),
        DecodeError("data[2].level", "no_number", "x" * 500),
        WireError("BAD_FIELD"),
        AlarmRefused("ALREADY_ACKED"),
        CommandRefused("OUT_OF_RANGE", low="0"),
    ]
    assert all(isinstance(error, GwanjeError) for error in errors)
    assert str(profile) == "a.toml:3: missing {'field': 'id'}"
    assert str(errors[1]) == str(profile)
    assert str(errors[3]) == "BAD_FIELD at message"


def test_what_offended_is_kept_short() -> None:
    """A frame of ten megabytes is not copied into a log."""
    error = DecodeError("data", "no_number", "x" * 500)
    assert (error.where, error.reason, len(error.offending)) == ("data", "no_number", 200)


def test_a_refusal_carries_its_code_and_fields() -> None:
    for kind in (AlarmRefused, CommandRefused):
        with pytest.raises(Refused) as found:
            raise kind("OUT_OF_RANGE", low="0")
        assert (found.value.reason_code, found.value.fields) == ("OUT_OF_RANGE", {"low": "0"})
