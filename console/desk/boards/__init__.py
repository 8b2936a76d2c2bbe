"""Boards: read-only state the views look into; changed on the main thread only, by the bridge."""

from console.client.link_fact import LinkFact, LinkState
from console.client.mirror import MoverPosition
from console.desk.boards.alarms import AlarmBoard, AlarmCounts
from console.desk.boards.areas import AreaBoard
from console.desk.boards.commands import CommandBoard
from console.desk.boards.feeds import FeedBoard
from console.desk.boards.handover import HandoverBoard
from console.desk.boards.ledger import LedgerBoard
from console.desk.boards.link import LinkBoard
from console.desk.boards.modes import ModesBoard
from console.desk.boards.movers import MoverBoard
from console.desk.boards.runs import RunBoard
from console.desk.boards.session import SessionBoard
from console.desk.boards.tags import TagBoard
from console.desk.boards.values import ValueBoard

__all__ = [
    "AlarmBoard",
    "AlarmCounts",
    "AreaBoard",
    "CommandBoard",
    "FeedBoard",
    "HandoverBoard",
    "LedgerBoard",
    "LinkBoard",
    "LinkFact",
    "LinkState",
    "ModesBoard",
    "MoverBoard",
    "MoverPosition",
    "RunBoard",
    "SessionBoard",
    "TagBoard",
    "ValueBoard",
]
