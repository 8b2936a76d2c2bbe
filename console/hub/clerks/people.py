"""Sign-in, sessions and accounts, for one seat."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TYPE_CHECKING

from console.core.alarm.acts import ActOutcome
from console.core.errors import IdentityRefused
from console.core.identity.accounts import Account
from console.core.identity.facts import SessionState
from console.core.identity.reasons import IdentityRefusal
from console.hub.clerks.handlers import Handlers
from console.hub.people.people import Wish
from console.hub.people.records import Happened, note
from console.hub.people.sessions import OpenSession
from console.hub.visit import Visit
from console.wire.messages import (
    AccountsReply,
    ChangePassword,
    CreateFirstAccount,
    DirectoryPrompt,
    LockSession,
    PutAccount,
    QueryAccounts,
    RemoveAccount,
    RevokeSessions,
    SignIn,
    SignOut,
    StartDirectorySignIn,
    StepUp,
    UnlockSession,
)

if TYPE_CHECKING:
    from console.hub.people.directory import DirectoryClient, Flow

_NS = 1_000_000_000


class PeopleClerk:
    """Serves what a person does about themselves, and what a manager does about accounts."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._hub = visit.hub
        self._directory: asyncio.Task[None] | None = None

    def handlers(self) -> Handlers:
        """What it takes."""
        return {
            SignIn: self._sign_in,
            SignOut: self._sign_out,
            LockSession: self._lock,
            UnlockSession: self._unlock,
            StepUp: self._step_up,
            ChangePassword: self._change_password,
            StartDirectorySignIn: self._start_directory,
            CreateFirstAccount: self._create_first,
            QueryAccounts: self._accounts,
            PutAccount: self._put,
            RemoveAccount: self._remove,
            RevokeSessions: self._revoke,
        }

    async def _sign_in(self, message: SignIn) -> None:
        async def act() -> str:
            account = await self._hub.people.sign_in(message.user, message.password, self._visit.station)
            self._enter(account)
            return ""

        await self._answer(message.request, "", act())

    async def _sign_out(self, message: SignOut) -> None:
        async def act() -> str:
            self._leave()
            return ""

        await self._answer(message.request, "", act())

    async def _lock(self, message: LockSession) -> None:
        async def act() -> str:
            self._hub.sessions.lock(self._session())
            return ""

        await self._answer(message.request, "", act())

    async def _unlock(self, message: UnlockSession) -> None:
        async def act() -> str:
            session = self._session()
            if session.machine.state is not SessionState.LOCKED:
                raise IdentityRefused(IdentityRefusal.NOT_LOCKED)
            await self._hub.people.prove_again(session.principal, message.password)
            self._hub.sessions.unlock(session)
            return ""

        await self._answer(message.request, "", act())

    async def _step_up(self, message: StepUp) -> None:
        async def act() -> str:
            session = self._session()
            if not session.machine.passwordless:
                await self._hub.people.prove_again(session.principal, message.password)
            self._hub.sessions.step_up(session)
            return ""

        await self._answer(message.request, "", act())

    async def _change_password(self, message: ChangePassword) -> None:
        async def act() -> str:
            session = self._session()
            if session.machine.passwordless:
                raise IdentityRefused(IdentityRefusal.NO_PASSWORD)
            await self._hub.people.change_password(session.principal, message.old, message.new)
            self._hub.sessions.revoke(session.principal.user, keep=session.id)
            return ""

        await self._answer(message.request, "", act())

    async def _create_first(self, message: CreateFirstAccount) -> None:
        async def act() -> str:
            wish = Wish(user=message.user, name=message.name, password=message.password)
            account = await self._hub.people.create_first(message.code, wish, self._visit.station)
            self._enter(account)
            return ""

        await self._answer(message.request, message.user, act())

    async def _accounts(self, message: QueryAccounts) -> None:
        facts = self._hub.people.facts(self._hub.sessions.count)
        await self._visit.say(AccountsReply(request=message.request, accounts=facts))

    async def _put(self, message: PutAccount) -> None:
        async def act() -> str:
            wish = Wish(
                user=message.user,
                name=message.name,
                person=message.person,
                grants=message.grants,
                enabled=message.enabled,
                password=message.password,
            )
            origin = self._visit.origin()
            reason = await self._hub.people.put(wish, origin)
            if message.password and self._hub.people.known(message.user).user != origin.who:
                # Whoever knew the old password must not stay.
                self._hub.sessions.revoke(self._hub.people.known(message.user).user)
            return reason

        await self._answer(message.request, message.user, act())

    async def _remove(self, message: RemoveAccount) -> None:
        act = self._hub.people.remove(message.user, self._visit.origin())
        await self._answer(message.request, message.user, act)

    async def _revoke(self, message: RevokeSessions) -> None:
        async def act() -> str:
            account = self._hub.people.known(message.user)
            count = self._hub.sessions.revoke(account.user)
            what = Happened.SESSIONS_REVOKED
            at, origin = self._hub.clock.at(), self._visit.origin()
            self._hub.people.book.note(note(origin, what, at, account.user, sessions=str(count)))
            return ""

        await self._answer(message.request, message.user, act())

    async def _start_directory(self, message: StartDirectorySignIn) -> None:
        if self._directory is not None:
            self._directory.cancel()
            self._directory = None
        client = self._hub.directory
        if client is None:
            await self._reply(message.request, "", IdentityRefusal.NO_DIRECTORY)
            return
        flow = self._by_directory(client, message.request)
        self._directory = self._visit.group.create_task(flow, name="directory sign-in")

    async def _by_directory(self, client: DirectoryClient, request: str) -> None:
        try:
            flow = await client.begin()
            self._prompt(flow, request)
            vouched = await client.finish(flow)
            account = await self._hub.people.take_from_directory(
                vouched.user, vouched.name, vouched.grants, self._visit.station
            )
        except IdentityRefused as refused:
            await self._reply(request, "", refused.reason_code)
            return
        self._enter(account)
        await self._reply(request, "", "")

    def _prompt(self, flow: Flow, request: str) -> None:
        expires = self._hub.clock.at() + round(flow.expires_s * _NS)
        self._visit.post(DirectoryPrompt(request=request, url=flow.url, code=flow.code, expires=expires))

    def _enter(self, account: Account) -> None:
        """Somebody has proved who they are: their session begins here, or goes on."""
        visit, sessions = self._visit, self._hub.sessions
        session = visit.session
        if (
            session is not None
            and session.principal.user == account.user
            and not session.machine.passwordless
        ):
            if session.machine.state is SessionState.LOCKED:
                sessions.unlock(session)
            elif account.directory:
                # Who has no password here says again at the directory who they are.
                sessions.step_up(session)
            return
        visit.enter(*sessions.open(account, visit.station))

    def _leave(self) -> None:
        visit, sessions = self._visit, self._hub.sessions
        session = visit.session
        if session is not None:
            if session.machine.passwordless:
                raise IdentityRefused(IdentityRefusal.NO_PASSWORD)
            sessions.sign_out(session)
        if self._hub.local:
            visit.sit_down_locally()

    def _session(self) -> OpenSession:
        session = self._visit.session
        if session is None:
            raise IdentityRefused(IdentityRefusal.NOT_SIGNED_IN)
        return session

    async def _answer(self, request: str, subject: str, act: Awaitable[str]) -> None:
        try:
            reason = await act
        except IdentityRefused as refused:
            await self._reply(request, subject, refused.reason_code)
        else:
            await self._reply(request, subject, reason)

    async def _reply(self, request: str, subject: str, reason: str) -> None:
        await self._visit.reply(request, [ActOutcome(subject, reason)])
