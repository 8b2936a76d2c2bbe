"""Secrets of sources by name: environment, then a keyring that keeps them, never in the open."""

from __future__ import annotations

import pytest

from console.feeds.base import FeedDown
from console.feeds.secrets import check_name, find_secret, variable


class Keeper:
    """A keyring with one entry."""

    priority = 5.0

    def __init__(self, fault: type[BaseException] | None = None) -> None:
        self._fault = fault

    def get_password(self, service: str, name: str) -> str | None:
        """As a backend of keyring."""
        if self._fault is not None:
            raise self._fault
        return "kept" if (service, name) == ("gwanje", "city-broker") else None


class OpenKeeper(Keeper):
    """A keyring that keeps in the open says so by its priority."""

    priority = 0.5


def test_the_environment_comes_before_the_keyring() -> None:
    """SEC-33"""
    assert variable("city-broker.1") == "GWANJE_FEED_CITY_BROKER_1"
    assert find_secret("city-broker", {"GWANJE_FEED_CITY_BROKER": "told"}, Keeper()) == "told"
    assert find_secret("city-broker", {}, Keeper()) == "kept"
    assert find_secret("", {}, Keeper()) == ""


@pytest.mark.parametrize("backend", [OpenKeeper(), Keeper(RuntimeError), Keeper(OSError)])
def test_a_keyring_that_is_unsafe_or_broken_gives_nothing(backend: Keeper) -> None:
    """SEC-33"""
    with pytest.raises(FeedDown) as caught:
        find_secret("city-broker", {}, backend)
    assert (caught.value.why, caught.value.refused) == ("no_secret", True)


def test_a_secret_that_is_not_there_is_named_but_never_shown() -> None:
    with pytest.raises(FeedDown) as caught:
        find_secret("other", {"GWANJE_FEED_CITY_BROKER": "told"}, Keeper())
    assert caught.value.detail == "other"


def test_a_profile_names_a_secret_and_does_not_carry_it() -> None:
    assert check_name("f", "secret", "city-broker.1") == "city-broker.1"
    assert check_name("f", "secret", "") == ""
    for wrong in ("p@ss word", "-x", "x" * 70, "한글"):
        with pytest.raises(ValueError, match="f: option secret"):
            check_name("f", "secret", wrong)
