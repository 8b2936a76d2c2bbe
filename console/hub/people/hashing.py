"""Password hashes: Argon2id in threads, at most two at once, so that sign-ins never starve the alarms (SEC-03)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import Type

from console.core.errors import IdentityRefused
from console.core.identity.passwords import LONGEST, normal
from console.core.identity.reasons import IdentityRefusal

MEMORY_KIB = 19 * 1024
TIME_COST = 2
AT_ONCE = 2
MOST_WAITING = 32
"""Hashes that wait; one more is told to try later."""

P = ParamSpec("P")
T = TypeVar("T")


class Hasher:
    """Makes and checks hashes. Raises IdentityRefused TRY_LATER when too many wait."""

    def __init__(self, memory_kib: int = MEMORY_KIB, time_cost: int = TIME_COST) -> None:
        self._argon = PasswordHasher(
            time_cost=time_cost, memory_cost=memory_kib, parallelism=1, hash_len=32, salt_len=16, type=Type.ID
        )
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="password")
        self._waiting = 0
        self._nobody = ""

    async def make(self, password: str) -> str:
        """A new hash of a password, in PHC form."""
        return await self._run(self._argon.hash, normal(password))

    async def right(self, known: str, password: str) -> bool:
        """Whether the password is the one; an empty `known` takes as long and is never right (SEC-06)."""
        if not self._nobody:
            self._nobody = await self._run(self._argon.hash, "nobody's")
        found = await self._run(self._checked, known or self._nobody, normal(password[: LONGEST + 1]))
        return found and bool(known)

    def outdated(self, known: str) -> bool:
        """Whether the hash was made with other parameters than today's."""
        return self._argon.check_needs_rehash(known)

    def close(self) -> None:
        """End the threads."""
        self._threads.shutdown(wait=True, cancel_futures=True)

    def _checked(self, known: str, password: str) -> bool:
        try:
            return self._argon.verify(known, password)
        except (VerificationError, InvalidHashError):
            return False

    async def _run(self, work: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
        if self._waiting >= MOST_WAITING:
            raise IdentityRefused(IdentityRefusal.TRY_LATER)
        self._waiting += 1
        try:
            call = partial(work, *arguments, **named)
            return await asyncio.get_running_loop().run_in_executor(self._threads, call)
        finally:
            self._waiting -= 1
