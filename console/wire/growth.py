"""What a catalogue gains at run time, on its way to consoles."""

from __future__ import annotations

from console.core.growth import Growth
from console.wire.base import Message


class CatalogueGrew(Message, frozen=True, kw_only=True):
    """A part of what sources have declared beyond the profile: in a snapshot all of it, in parts and at least one,
    before any value; later what is new or has changed. Indices that are known already are told anew.
    """

    sequence: int
    growth: Growth
    total: int
    """Grown tags there are once this is taken, with all parts of a snapshot before it."""
