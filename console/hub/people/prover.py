"""What proves a person: the password against its hash, with a growing wait after failures (SEC-03, SEC-04, SEC-06)."""

from __future__ import annotations

from collections.abc import Callable

from console.core.errors import IdentityRefused
from console.core.identity.accounts import MAX_NAME, Account, folded
from console.core.identity.delays import SignInDelays
from console.core.identity.passwords import check_password, normal
from console.core.identity.reasons import IdentityRefusal
from console.core.site import Site
from console.hub.clock import Clock
from console.hub.datadir import DataDir
from console.hub.people.book import Book
from console.hub.people.breached import FILE as BREACHED
from console.hub.people.breached import breached
from console.hub.people.hashing import Hasher
from console.hub.people.records import Origin, note
from console.hub.people.vault import Vault

VAULT = "people.db"
UNKNOWN = "unknown"
"""Recorded for a name that no account has: it may be a password typed into the wrong field."""


class Prover:
    """The only reader of password hashes; `vault` also keeps sessions for `Sessions`."""

    def __init__(self, data: DataDir, book: Book, clock: Clock, site: Site | None) -> None:
        self._book = book
        self._clock = clock
        self._site_words = _words_of(site)
        self._breached = data.path / BREACHED
        self.vault = Vault(data.file(VAULT))
        self._hasher = Hasher()
        self.delays = SignInDelays()
        self.last_position: Callable[[str], bool] = lambda _station: False
        """Whether a station is the only one from which the city could be controlled."""

    def close(self) -> None:
        """Close the stores."""
        self._hasher.close()
        self.vault.close()

    def has_password(self, user: str) -> bool:
        """Whether an account can sign in with a password."""
        return user in self.vault

    def forget(self, user: str) -> None:
        """An account is gone."""
        self.vault.drop(user)

    def forget_strangers(self) -> None:
        """Hashes without an account are left from a change that was cut off."""
        for user in set(self.vault.users()) - set(self._book.accounts):
            self.vault.drop(user)

    async def proved(self, what: str, user: str, password: str, station: str) -> Account:
        """The account that user and password prove; raises IdentityRefused SIGN_IN_FAILED or TRY_LATER."""
        account = self._book.find(user)
        # What a stranger types is remembered only so far.
        key = account.user if account else folded(user)[:MAX_NAME]
        now = self._clock.now()
        if self.delays.wait_s(key, station, now, last_position=self.last_position(station)):
            raise self._failed(what, account, station, IdentityRefusal.TRY_LATER)
        # Counted before it is known: a burst of guesses must not be tried before the first is judged.
        self.delays.failed(key, station, now)
        usable = account is not None and account.enabled
        known = self.vault.get(key) if usable else ""
        if not await self._hasher.right(known, password) or account is None:
            raise self._failed(what, account, station, IdentityRefusal.SIGN_IN_FAILED)
        present = self._book.accounts.get(key)
        if present is None or not present.enabled or self.vault.get(key) != known:
            # Changed while the hash was computed.
            raise self._failed(what, account, station, IdentityRefusal.SIGN_IN_FAILED)
        self.delays.succeeded(key, station)
        if self._hasher.outdated(known):
            self.vault.put(key, await self._hasher.make(password), self._clock.at())
        return present

    async def set_password(self, account: Account, password: str) -> None:
        """Keep a new password; raises IdentityRefused if it is not good enough (SEC-03)."""
        check_password(password, (account.user, account.name, account.person, *self._site_words))
        if breached(normal(password), self._breached):
            raise IdentityRefused(IdentityRefusal.PASSWORD_KNOWN)
        known = await self._hasher.make(password)
        self.vault.put(account.user, known, self._clock.at())

    def _failed(self, what: str, account: Account | None, station: str, reason: str) -> IdentityRefused:
        who = account.user if account else UNKNOWN
        self._book.note(note(Origin(who=who, station=station), what, self._clock.at(), result=reason))
        return IdentityRefused(reason)


def _words_of(site: Site | None) -> tuple[str, ...]:
    """Words that everybody at the site knows."""
    if site is None:
        return ()
    areas = (word for area in site.areas for word in (area.id, area.name.ko, area.name.en))
    return (site.id, site.name.ko, site.name.en, *areas)
