"""Who exists and what proves it: sign-in, passwords, the first account, and changes of accounts.

Sessions are elsewhere (`sessions`); they listen to `changed`. Every refusal is recorded, and a failed sign-in
never says which part was wrong (SEC-06).
"""

from __future__ import annotations

from collections.abc import Callable, Collection

import msgspec

from console.core.errors import IdentityRefused
from console.core.identity.accounts import Account, check_account, check_last_admin, folded
from console.core.identity.facts import AccountFact
from console.core.identity.principal import EVERYWHERE, Grant, Principal
from console.core.identity.reasons import IdentityRefusal
from console.core.identity.roles import Role
from console.core.journal import Record
from console.core.site import Site
from console.hub.backbone.base import Backbone
from console.hub.clock import Clock
from console.hub.datadir import DataDir
from console.hub.people.book import Book
from console.hub.people.prover import UNKNOWN, Prover
from console.hub.people.records import Happened, Origin, note
from console.hub.people.setupcode import SetupCode

NOT_RECORDED = "NOT_RECORDED"
"""The change has effect, but its record is not durable yet; the hub keeps trying."""
_SETUP = "local:setup"


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """An account as somebody wants it; an empty password keeps what there is."""

    user: str
    name: str
    person: str = ""
    grants: tuple[Grant, ...] = ()
    enabled: bool = True
    password: str = ""


class People:
    """The only owner of accounts. `site` None: areas are not checked (on the command line)."""

    def __init__(self, data: DataDir, backbone: Backbone, clock: Clock, site: Site | None) -> None:
        self._clock = clock
        self._areas = None if site is None else frozenset(area.id for area in site.areas)
        self.book = Book(backbone)
        self.prover = Prover(data, self.book, clock, site)
        self.setup = SetupCode(data)
        self.changed: list[Callable[[str], None]] = []
        """Called with an account's name after each change of it, or when it is gone."""

    async def restore(self, *, accounts_needed: bool = False) -> None:
        """Read what was kept; without any account, write the code for the first if one is needed (SEC-01)."""
        await self.book.restore()
        self.prover.forget_strangers()
        if accounts_needed and self.needs_first_account:
            self.setup.open()
        else:
            self.setup.close()

    def close(self) -> None:
        """Close the stores."""
        self.prover.close()

    @property
    def needs_first_account(self) -> bool:
        """Whether nobody can sign in yet."""
        return not self.book.accounts

    async def sign_in(self, user: str, password: str, station: str) -> Account:
        """The account that user and password prove. Raises IdentityRefused SIGN_IN_FAILED or TRY_LATER."""
        account = await self.prover.proved(Happened.SIGN_IN, user, password, station)
        account = msgspec.structs.replace(account, last_sign_in=self._clock.at())
        self.book.mark(account, self._record(Origin(who=account.user, station=station), Happened.SIGN_IN))
        return account

    async def prove(self, user: str, password: str, station: str) -> Principal:
        """A second person at somebody else's seat, for one decision and without a session (CMD-06).

        Raises IdentityRefused SIGN_IN_FAILED or TRY_LATER.
        """
        account = await self.prover.proved(Happened.PROVED, user, password, station)
        self.book.note(self._record(Origin(who=account.user, station=station), Happened.PROVED))
        return principal_of(account, station)

    async def prove_again(self, principal: Principal, password: str) -> None:
        """The person who is signed in says the password again. Raises IdentityRefused."""
        await self.prover.proved(Happened.STEP_UP, principal.user, password, principal.station)

    async def change_password(self, principal: Principal, old: str, new: str) -> None:
        """Change one's own password; the other sessions of the account end. Raises IdentityRefused."""
        what = Happened.PASSWORD_CHANGED
        account = await self.prover.proved(what, principal.user, old, principal.station)
        await self.prover.set_password(account, new)
        self.book.note(self._record(origin_of(principal), what))

    async def create_first(self, code: str, wish: Wish, station: str) -> Account:
        """Make the first account, which manages the others. Raises IdentityRefused."""
        now, delays = self._clock.now(), self.prover.delays
        if delays.wait_s(_SETUP, station, now):
            raise IdentityRefused(IdentityRefusal.TRY_LATER)
        origin = Origin(who=UNKNOWN, station=station)
        if not self.needs_first_account or not self.setup.right(code):
            delays.failed(_SETUP, station, now)
            refused = IdentityRefusal.SETUP_CODE
            self.book.note(self._record(origin, Happened.ACCOUNT_MADE, result=refused))
            raise IdentityRefused(refused)
        grants = (Grant(role=Role.SECURITY_ADMIN, areas=(EVERYWHERE,)),)
        first = msgspec.structs.replace(wish, grants=grants, enabled=True)
        await self.put(first, Origin(who=folded(wish.user), station=station))
        self.setup.close()
        return self.book.accounts[folded(wish.user)]

    async def put(self, wish: Wish, origin: Origin) -> str:
        """Make or change an account; empty, or NOT_RECORDED. Raises IdentityRefused."""
        before = self.book.find(wish.user)
        after = _wished(wish, before)
        self._check(after)
        if wish.password and not after.directory:
            await self.prover.set_password(after, wish.password)
            # Somebody else may have changed accounts while the hash was computed.
            self._check(after)
        elif before is None:
            raise IdentityRefused(IdentityRefusal.PASSWORD_TOO_SHORT)
        what = Happened.ACCOUNT_CHANGED if before else Happened.ACCOUNT_MADE
        password = "set" if wish.password else ""
        record = self._record(origin, what, after.user)
        fields = {**record.fields, "name": after.name, "person": after.person, "password": password}
        return await self._keep(after, msgspec.structs.replace(record, fields=fields))

    async def set_password(self, user: str, password: str, origin: Origin) -> None:
        """Give an account a new password. Raises IdentityRefused."""
        account = self.known(user)
        await self.prover.set_password(account, password)
        self.book.note(self._record(origin, Happened.PASSWORD_CHANGED, account.user))
        self._tell(account.user)

    async def remove(self, user: str, origin: Origin) -> str:
        """Delete an account; empty, or NOT_RECORDED. Raises IdentityRefused UNKNOWN_ACCOUNT or LAST_ADMIN."""
        before = self.known(user)
        after = msgspec.structs.replace(before, removed=True, enabled=False, grants=())
        check_last_admin(self.book.accounts, after)
        self.prover.forget(before.user)
        return await self._keep(after, self._record(origin, Happened.ACCOUNT_REMOVED, before.user))

    async def take_from_directory(
        self, user: str, name: str, grants: tuple[Grant, ...], station: str
    ) -> Account:
        """The account of a person whom the site's directory vouches for. Raises IdentityRefused."""
        before = self.book.find(user)
        if before is not None and (not before.directory or not before.enabled):
            raise IdentityRefused(IdentityRefusal.DIRECTORY_DENIED)
        account = Account(
            user=folded(user),
            name=name,
            person=before.person if before else folded(user),
            grants=grants,
            directory=True,
            last_sign_in=self._clock.at(),
        )
        self._check(account)
        await self._keep(account, self._record(Origin(who=account.user, station=station), Happened.SIGN_IN))
        return account

    def known(self, user: str) -> Account:
        """The account; raises IdentityRefused UNKNOWN_ACCOUNT."""
        account = self.book.find(user)
        if account is None:
            raise IdentityRefused(IdentityRefusal.UNKNOWN_ACCOUNT)
        return account

    def facts(self, sessions: Callable[[str], int]) -> tuple[AccountFact, ...]:
        """Every account as its manager sees it; `sessions` counts those of an account."""
        accounts = sorted(self.book.accounts.values(), key=lambda account: account.user)
        return tuple(
            AccountFact(
                user=account.user,
                name=account.name,
                person=account.person,
                grants=account.grants,
                enabled=account.enabled,
                has_password=self.prover.has_password(account.user),
                directory=account.directory,
                last_sign_in=account.last_sign_in,
                sessions=sessions(account.user),
            )
            for account in accounts
        )

    def _check(self, after: Account) -> None:
        check_account(after, _named(after) if self._areas is None else self._areas)
        check_last_admin(self.book.accounts, after)

    async def _keep(self, after: Account, record: Record) -> str:
        durable = await self.book.change(after, record)
        self._tell(after.user)
        return "" if durable else NOT_RECORDED

    def _tell(self, user: str) -> None:
        for listener in tuple(self.changed):
            listener(user)

    def _record(self, origin: Origin, what: str, subject: str = "", result: str = "") -> Record:
        return note(origin, what, self._clock.at(), subject, result)


def _wished(wish: Wish, before: Account | None) -> Account:
    user = before.user if before else folded(wish.user)
    person = wish.person or (before.person if before else user)
    after = Account(user=user, name=wish.name, person=person, grants=wish.grants, enabled=wish.enabled)
    if before is None:
        return after
    return msgspec.structs.replace(after, directory=before.directory, last_sign_in=before.last_sign_in)


def _named(account: Account) -> Collection[str]:
    return {area for grant in account.grants for area in grant.areas}


def principal_of(account: Account, station: str, session: str = "") -> Principal:
    """Who an account is at a station."""
    return Principal(
        user=account.user,
        person=account.person,
        name=account.name,
        station=station,
        session=session,
        grants=account.grants,
    )


def origin_of(principal: Principal) -> Origin:
    """Who does something, for its record."""
    return Origin(who=principal.user, station=principal.station, session=principal.session)
