"""`main.py hub account …`: accounts of a hub that is not running.

A running hub owns its data directory, so its accounts are changed in the console by a security admin; this
command then refuses and says so. The password comes from the terminal or, with --stdin, from standard input.
"""

from __future__ import annotations

import asyncio
import getpass
import os
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager

from console.core.errors import IdentityRefused
from console.core.identity.accounts import Account
from console.core.identity.facts import AccountFact
from console.core.identity.principal import EVERYWHERE, Grant
from console.core.identity.reasons import IdentityRefusal
from console.core.identity.roles import Role
from console.core.site import CommandClass
from console.core.words import Words, parse_words
from console.hub.backbone.local import LocalBackbone
from console.hub.clock import SystemClock
from console.hub.datadir import DataDir
from console.hub.failure import DataInUse, HubFailure
from console.hub.journal import Journal
from console.hub.ledger.opening import sign_with_own_key
from console.hub.people.people import NOT_RECORDED, People, Wish
from console.hub.people.records import Origin, grant_text
from console.hub.profile import lang_of
from console.setup.arguments import AccountOptions
from resources import read_words_sources

WHO = "local:terminal"
_ROLES = {role.value: role for role in Role}
_CLASSES = {kind.value: kind for kind in CommandClass}


class BadGrant(HubFailure):
    """Fields: `text`."""

    key = "bad_grant"
    exit_code = 2


class Differ(HubFailure):
    """The password was typed twice, and not the same."""

    key = "differ"


class Unsaid(HubFailure):
    """No password came: there is no terminal to ask at, or nobody answered."""

    key = "unsaid"
    exit_code = 2


class Absent(HubFailure):
    """There is no data of a hub in the folder. Fields: `folder`."""

    key = "absent"
    exit_code = 2


class _Terminal:
    """Says words in the language of the terminal, and asks for passwords."""

    def __init__(self) -> None:
        names = ("people.toml", "desk.toml", "hub.toml")
        self._words: Words = parse_words({name: read_words_sources()[name] for name in names})
        self._lang = lang_of(os.environ)

    def say(self, key: str, **fields: object) -> None:
        sys.stdout.write(self._words.say(key, self._lang, **fields) + "\n")

    def words(self, key: str, **fields: object) -> str:
        return self._words.say(f"people.account.{key}", self._lang, **fields)

    def refusal(self, user: str, code: str) -> int:
        why = self._words.say(f"reasons.{code}", self._lang)
        sys.stderr.write(self.words("refused", user=user, why=why) + "\n")
        return 1

    def complain(self, failure: HubFailure) -> int:
        if isinstance(failure, DataInUse):
            words = self.words("hub_runs", **failure.fields)
        elif isinstance(failure, (BadGrant, Differ, Unsaid, Absent)):
            words = self.words(failure.key, **failure.fields)
        else:
            words = self._words.say(f"hub.fail.{failure.key}", self._lang, **failure.fields)
        sys.stderr.write(words + "\n")
        return failure.exit_code

    def password(self, *, piped: bool) -> str:
        """From standard input, else asked for twice without showing it. Raises Differ, Unsaid."""
        if piped:
            return sys.stdin.readline().rstrip("\r\n")
        try:
            first, again = getpass.getpass(self.words("ask")), getpass.getpass(self.words("again"))
        except EOFError as error:
            raise Unsaid from error
        if again != first:
            raise Differ
        return first


def main(options: AccountOptions) -> int:
    """Do what was asked; the exit code."""
    terminal = _Terminal()
    try:
        return asyncio.run(_run(options, terminal))
    except IdentityRefused as refused:
        return terminal.refusal(options.user, refused.reason_code)
    except HubFailure as failure:
        return terminal.complain(failure)


def grant_of(text: str) -> Grant:
    """A grant of `role[:area+area][:class]`; raises BadGrant."""
    role, *rest = text.split(":")
    top = CommandClass.C0
    if rest and rest[-1] in _CLASSES:
        top = _CLASSES[rest.pop()]
    if role not in _ROLES or len(rest) > 1 or (rest and not all(rest[0].split("+"))):
        raise BadGrant(text=text)
    areas = tuple(rest[0].split("+")) if rest else (EVERYWHERE,)
    return Grant(role=_ROLES[role], areas=areas, top_class=top)


@asynccontextmanager
async def _people(options: AccountOptions) -> AsyncGenerator[People]:
    with DataDir(options.data) as data:
        journal = Journal(data.file("journal.db"))
        try:
            sign_with_own_key(journal)
            people = People(data, LocalBackbone(journal, data.path), SystemClock(), None)
            try:
                await people.restore()
                writing = asyncio.create_task(people.book.run(), name="record people")
                try:
                    yield people
                    await people.book.settled()
                finally:
                    writing.cancel()
                    await asyncio.gather(writing, return_exceptions=True)
            finally:
                people.close()
        finally:
            journal.close()


async def _run(options: AccountOptions, terminal: _Terminal) -> int:
    grants = tuple(grant_of(text) for text in options.roles)
    if options.action != "add" and not (options.data / "hub").is_dir():
        # Only the first account makes a folder; a mistyped one must not look like a hub without accounts.
        raise Absent(folder=str(options.data))
    async with _people(options) as people:
        if options.action == "list":
            _list(people, terminal)
            return 0
        reason = await _ACTIONS[options.action](_Task(people, options, grants, terminal))
    if reason not in ("", NOT_RECORDED):
        return terminal.refusal(options.user, reason)
    terminal.say("people.account.done", user=options.user)
    return 0


class _Task:
    """One change."""

    def __init__(
        self, people: People, options: AccountOptions, grants: tuple[Grant, ...], terminal: _Terminal
    ) -> None:
        self.people = people
        self.options = options
        self.grants = grants
        self._terminal = terminal
        self.origin = Origin(who=WHO)

    def password(self) -> str:
        return self._terminal.password(piped=self.options.stdin)

    def wish(self, account: Account, *, enabled: bool) -> Wish:
        return Wish(
            user=account.user,
            name=account.name,
            person=account.person,
            grants=account.grants,
            enabled=enabled,
        )


async def _add(task: _Task) -> str:
    options = task.options
    if task.people.book.find(options.user) is not None:
        raise IdentityRefused(IdentityRefusal.ACCOUNT_EXISTS)
    wish = Wish(
        user=options.user,
        name=options.name,
        person=options.person,
        grants=task.grants,
        password=task.password(),
    )
    return await task.people.put(wish, task.origin)


async def _remove(task: _Task) -> str:
    return await task.people.remove(task.options.user, task.origin)


async def _password(task: _Task) -> str:
    account = task.people.known(task.options.user)
    await task.people.set_password(account.user, task.password(), task.origin)
    return ""


async def _disable(task: _Task) -> str:
    account = task.people.known(task.options.user)
    return await task.people.put(task.wish(account, enabled=False), task.origin)


async def _enable(task: _Task) -> str:
    account = task.people.known(task.options.user)
    return await task.people.put(task.wish(account, enabled=True), task.origin)


_ACTIONS: dict[str, Callable[[_Task], Awaitable[str]]] = {
    "add": _add,
    "remove": _remove,
    "password": _password,
    "disable": _disable,
    "enable": _enable,
}


def _list(people: People, terminal: _Terminal) -> None:
    facts = people.facts(lambda _user: 0)
    if not facts:
        terminal.say("people.account.none")
    for fact in facts:
        roles = ", ".join(grant_text(grant) for grant in fact.grants) or "-"
        state = terminal.words(_state(fact))
        told = {"user": fact.user, "name": fact.name, "person": fact.person, "state": state, "roles": roles}
        terminal.say("people.account.listed", **told)


def _state(fact: AccountFact) -> str:
    if not fact.enabled:
        return "disabled"
    return "directory" if fact.directory else "enabled"
