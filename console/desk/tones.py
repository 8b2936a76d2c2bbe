"""The tones of the priorities, made by arithmetic: a different figure for each, not only a different pitch (HMI-20)."""

from __future__ import annotations

import io
import math
import sys
import wave
from array import array
from typing import NamedTuple

RATE = 44_100
_PEAK = 0.6
_EDGE_S = 0.008
"""Each note swells and fades this long, so that it does not click."""
_OVERTONES = (1.0, 0.35, 0.15)
"""Strength of the fundamental and its next two odd harmonics: heard through a small loudspeaker."""


class Note(NamedTuple):
    """Hz (0: a rest) and seconds."""

    hz: float
    s: float


LINK_LOST = 0
"""The place of the tone that belongs to no priority: nothing more will be heard, for the link is lost."""

TONES: dict[int, tuple[Note, ...]] = {
    1: (Note(988, 0.12), Note(740, 0.12)) * 4,  # falling pairs, without a rest
    2: (Note(880, 0.16), Note(0, 0.07)) * 3,  # three equal strokes
    3: (Note(587, 0.22), Note(0, 0.06), Note(784, 0.26)),  # two steps up
    4: (Note(523, 0.35),),  # one low stroke
    LINK_LOST: (Note(392, 0.3), Note(330, 0.3), Note(262, 0.5)),  # three steps down
}


def wave_bytes(priority: int) -> bytes:
    """The tone of a priority as a WAV file: one channel of 16 bits at 44.1 kHz. Raises KeyError for no priority."""
    samples = array("h")
    for note in TONES[priority]:
        samples.extend(_note(note))
    if sys.byteorder == "big":
        samples.byteswap()
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(samples.tobytes())
    return file.getvalue()


def _note(note: Note) -> list[int]:
    n = round(note.s * RATE)
    if not note.hz:
        return [0] * n
    edge = _EDGE_S * RATE
    full = _PEAK * 32767 / sum(_OVERTONES)
    turn = 2 * math.pi * note.hz / RATE
    return [
        round(
            full
            * min(1.0, i / edge, (n - i) / edge)
            * sum(part * math.sin((2 * odd + 1) * turn * i) for odd, part in enumerate(_OVERTONES))
        )
        for i in range(n)
    ]
