"""Which adapter reads which protocol."""

from __future__ import annotations

from importlib.metadata import EntryPoint

import pytest
from feed_stage import feed_def

from console.feeds.registry import GROUP, OWN, AdapterInfo, Registry


def entry(name: str, target: str) -> EntryPoint:
    return EntryPoint(name, target, GROUP)


OTHERS = (
    entry("modbus", "console.feeds.columns.adapter:make"),
    entry("ngsi_ld", "console.feeds.columns.adapter:make"),
    entry("gone", "console.feeds.no_such_room:make"),
)


def test_our_own_adapters_come_first_and_cannot_be_taken_over() -> None:
    found = Registry(frozenset({"gone"}), OTHERS).adapters()
    own = [*OWN]
    assert [info.name for info in found] == [*own, "gone", "modbus"]
    assert found[0] == AdapterInfo("ngsi_ld", "")
    assert [info.enabled for info in found] == [True] * len(own) + [False, True]
    made = Registry(found=OTHERS).make(feed_def("ngsi_ld", "ws://127.0.0.1:1"))
    assert type(made).__name__ == "NgsiLdFeed"


def test_an_adapter_of_a_package_is_found_by_its_name() -> None:
    made = Registry(found=OTHERS).make(feed_def("modbus", "ws://127.0.0.1:1"))
    assert type(made).__name__ == "ColumnsFeed"


@pytest.mark.parametrize(
    ("adapter", "fault"),
    [("opc", "feed: adapter opc is not one of"), ("modbus", "is disabled"), ("gone", "cannot be loaded")],
)
def test_an_adapter_that_cannot_be_used_is_named(adapter: str, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        Registry(frozenset({"modbus"}), OTHERS).make(feed_def(adapter, "ws://127.0.0.1:1"))


def test_the_installed_packages_are_listed() -> None:
    assert {info.name for info in Registry().adapters()} >= {"ngsi_ld", "signal_k", "json_ws", "columns"}


@pytest.mark.parametrize(
    ("adapter", "options", "fault"),
    [
        ("ngsi_ld", {"subscribtion": "s"}, "option subscribtion is not known to the adapter ngsi_ld"),
        ("ngsi_ld", {"entities": 5.0}, "option entities must be a text"),
        ("signal_k", {"gone_after_s": 0.0}, "option gone_after_s must be a number of at least 1"),
        ("signal_k", {"booleans": "yes"}, "option booleans must be true or false"),
        ("signal_k", {"zone": "Asia/Busan"}, "option zone: Asia/Busan is not a time zone"),
        ("json_ws", {}, "option source_path is missing"),
        ("json_ws", {"source_path": "id", "command_frame": "{"}, "option command_frame is not JSON"),
        ("json_ws", {"source_path": "id", "answer_words": "ok=fine"}, "option answer_words: fine"),
        ("columns", {"connect_s": True}, "option connect_s must be a number"),
        ("columns", {"max_frame_bytes": float("nan")}, "option max_frame_bytes must be a number"),
    ],
)
def test_a_wrong_option_is_named_with_its_feed(
    adapter: str, options: dict[str, str | float | bool], fault: str
) -> None:
    """A profile with a fault says where."""
    with pytest.raises(ValueError, match=f"feed: {fault}"):
        Registry().make(feed_def(adapter, "ws://127.0.0.1:1", options))


@pytest.mark.parametrize(
    "url",
    [
        "ftp://127.0.0.1:1",
        "ws://",
        "127.0.0.1:80",
        "ws://169.254.169.254/latest",
        "http://169.254.169.254/v1",
        "ws://[fe80::1]/",
        "",
    ],
)
def test_an_address_that_must_not_be_called_is_named(url: str) -> None:
    """SEC-43: no other scheme, no link-local address."""
    with pytest.raises(ValueError, match="feed: url"):
        Registry().make(feed_def("ngsi_ld", url))
