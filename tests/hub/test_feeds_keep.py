"""What a feed keeps over restarts lies in the hub's own folder."""

from __future__ import annotations

from datetime import UTC
from pathlib import Path

import msgspec
from hub_room import small_site

from console.core.site import FeedDef
from console.core.words import Text
from console.feeds.rest.adapter import RestFeed
from console.feeds.rest.keeping import FILE
from console.feeds.rest.schedule import Budget
from console.hub.clock import SystemClock
from console.hub.datadir import DataDir
from console.hub.hub import Hub, Parts


def test_todays_requests_of_a_feed_are_counted_in_the_hubs_folder(tmp_path: Path) -> None:
    air = FeedDef(
        id="air:1",
        adapter="rest",
        url="http://127.0.0.1:9",
        label=Text("대기", "Air"),
        options={"source": "a", "daily": 9, "every_s": 60},
    )
    site = msgspec.structs.replace(small_site(), feeds=(air,))
    with DataDir(tmp_path) as data:
        folder = data.path / "feeds" / "air_1"
        folder.mkdir(parents=True)
        kept = Budget(9)
        kept.spend(SystemClock().at() / 1e9, UTC)
        (folder / FILE).write_bytes(msgspec.json.encode(kept))
        hub = Hub(Parts(site, data, SystemClock()))
        try:
            feed = hub.feeds.runners["air:1"]._feed
            assert isinstance(feed, RestFeed)
            assert feed.budget_left == 8
        finally:
            hub.close()
