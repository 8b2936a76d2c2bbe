"""Seeded chance and the few movements that all physics here is made of."""

from __future__ import annotations

import math
import zlib

import numpy as np

_BLOCK = 128


class Chance:
    """A device's own source of randomness: the same seed and name give the same life, whoever else lives."""

    __slots__ = ("_name", "_normals", "_rng", "_seed", "_uniforms")

    def __init__(self, seed: int, name: str) -> None:
        self._seed, self._name = seed, name
        self._rng = np.random.default_rng([seed, zlib.crc32(name.encode())])
        # Drawn in blocks: one call into numpy costs as much as a hundred numbers.
        self._normals: list[float] = []
        self._uniforms: list[float] = []

    def sibling(self, name: str) -> Chance:
        """Another source for the same device."""
        return Chance(self._seed, f"{self._name}/{name}")

    def normal(self) -> float:
        """Standard normal, cut at four sigma so that no sensor ever leaves its range by luck."""
        if not self._normals:
            self._normals = self._rng.standard_normal(_BLOCK).clip(-4.0, 4.0).tolist()
        return self._normals.pop()

    def uniform(self, low: float = 0.0, high: float = 1.0) -> float:
        """Uniform in [low, high)."""
        if not self._uniforms:
            self._uniforms = self._rng.random(_BLOCK).tolist()
        return low + (high - low) * self._uniforms.pop()

    def happens(self, per_s: float, dt: float) -> bool:
        """Whether an event of this rate happens within `dt` seconds."""
        return self.uniform() < 1.0 - math.exp(-per_s * dt)

    def drift(self, value: float, dt: float, tau_s: float, sigma: float) -> float:
        """Next value of a slow wander around 0 with this standard deviation (Ornstein-Uhlenbeck, exact for any dt)."""
        keep = math.exp(-dt / tau_s)
        return value * keep + sigma * math.sqrt(1.0 - keep * keep) * self.normal()


def approach(value: float, target: float, dt: float, tau_s: float) -> float:
    """First-order lag, exact for any dt."""
    return target + (value - target) * math.exp(-dt / tau_s)


def ramp(value: float, target: float, per_s: float, dt: float) -> float:
    """Towards the target at no more than this rate."""
    step = per_s * dt
    return target if abs(target - value) <= step else value + math.copysign(step, target - value)


def clamp(value: float, low: float, high: float) -> float:
    """The nearest value of the closed range."""
    return low if value < low else min(value, high)
