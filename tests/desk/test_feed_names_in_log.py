"""A record about a feed says what the feed is called, not its id."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QObject

from console.client.mirror import Mirror
from console.core.catalogue import Catalogue
from console.core.journal import Record, RecordKind
from console.core.site import FeedDef, Site
from console.core.words import Text, parse_words
from console.desk.boards.feeds import FeedBoard
from console.desk.catalogues import CatalogueBoard
from console.desk.models.log_words import LogWords
from console.desk.words import Speech
from resources import read_words_sources

SITE = Site(
    id="s", name=Text("가", "a"), time_zone="Asia/Seoul", south=0, west=0, north=1, east=1, areas=(), types=(),
    assets=(),
    feeds=(FeedDef(id="sensors", adapter="mqtt", url="", label=Text("센서 수집", "Sensor intake"), movers=""),
           FeedDef(id="port", adapter="ais", url="", label=Text("항만", "Port"), movers="vessel")),
)  # fmt: skip


@pytest.mark.parametrize(("lang", "name"), [("ko", "센서 수집"), ("en", "Sensor intake")])
def test_the_log_names_a_feed_in_the_language_of_the_screen(qapp: QObject, lang: str, name: str) -> None:
    mirror = Mirror()
    mirror.set_catalogue(Catalogue(SITE))
    speech = Speech(parse_words(read_words_sources()), lang)
    board = CatalogueBoard(mirror)
    record = Record(sequence=1, at=1, kind=RecordKind.FEED, who="system:hub", subject="sensors", what="STATE")
    assert LogWords(board, speech).where(record) == name


def test_a_board_knows_names_and_which_feeds_bring_movers() -> None:
    mirror = Mirror()
    board = FeedBoard(mirror)
    assert board.label("sensors") == Text("sensors", "sensors")
    mirror.set_catalogue(Catalogue(SITE))
    assert board.label("sensors").ko == "센서 수집"
    assert board.label("nobody") == Text("nobody", "nobody")
    assert [board.brings_movers(feed) for feed in ("sensors", "port", "nobody")] == [False, True, False]
