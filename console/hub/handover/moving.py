"""Responsibility follows the signatures: leases of areas, open procedures, and the log of the shift is closed.

Each part asks what is so already, so that a hub that was killed midway does the rest and nothing twice.
"""

from __future__ import annotations

from typing import Any

from console.core.handover.facts import HandoverFact
from console.hub.areas import AreaService
from console.hub.handover.notes import NotesSource
from console.hub.person import Person
from console.hub.procedures import ProcedureService


class Mover:
    """Moves what one handover is about."""

    def __init__(self, areas: AreaService, procedures: ProcedureService) -> None:
        self._areas = areas
        self._procedures = procedures

    async def move(self, fact: HandoverFact, session: str, notes: NotesSource) -> dict[str, Any]:
        """Everything that follows; gives the fields of the fact that say so once it is durable.

        `session` of the incoming person, empty if it is not known any more: then any of his will do.
        """
        incoming = fact.incoming
        assert incoming is not None
        person = Person(
            who=incoming.who,
            station=incoming.station,
            session=session,
            identity=incoming.human,
            name=incoming.name,
        )
        outgoing = fact.outgoing.who
        moved = tuple(area for area in fact.areas if self._areas.hand_over(area, outgoing, person))
        runs = self._procedures.hand_over(frozenset(fact.areas), outgoing, person)
        locked = await notes.lock(fact.ended_at, incoming.who)
        await self._areas.settled()
        await self._procedures.settled()
        return {
            "moved": moved,
            "kept": tuple(area for area in fact.areas if area not in moved),
            "runs": runs,
            "locked": locked,
        }
