"""Acts on commands, areas, tags, procedures and people: one message each, answered once, refused without a link."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from console.client.link import Seat
from console.client.link_fact import LinkFact, LinkState
from console.core.command.control_facts import ConfirmText, LeaseFact, RunFact, RunState, TagFact, TagKind
from console.core.command.facts import CommandRequest, CommandState
from console.core.identity.facts import AccountFact, SessionFact, SessionState
from console.core.identity.principal import Grant
from console.core.identity.roles import Permission, Role
from console.core.ledger.facts import LedgerFact
from console.core.site import CommandClass
from console.core.words import Text
from console.desk.boards.tags import TagBoard
from console.desk.bridge import Bridge
from console.desk.confirmations import ConfirmAsked, GroupAsked
from console.desk.control_acts import GroupMember
from console.desk.hub_clock import HubClock
from console.desk.office import Office
from console.wire import messages as wire
from tests.client.small_city import command
from tests.desk.heard import heard

TEXT = ConfirmText(title=Text("가", "a"), lines=(), digest="d")
ASKED = ConfirmAsked("c1", TEXT, "tok", 9)
GROUP = GroupAsked("q", "g1", TEXT, "tok", 9, ())
GRANT = Grant(role=Role.OPERATOR, areas=("north",), top_class=CommandClass.C2)
ACCOUNT = AccountFact(user="lee", name="Lee", person="p", grants=(GRANT,))
NOBODY = Seat(user="", station="", secret="")

ACTS: list[tuple[Callable[[Office], str], wire.Asked, str]] = [
    (
        lambda o: o.control.execute(ASKED),
        wire.ExecuteCommand(request="", command_id="c1", token="tok"),
        "execute",
    ),
    (lambda o: o.control.cancel("c1"), wire.CancelCommand(request="", command_id="c1"), "cancel"),
    (
        lambda o: o.control.decide("c1", "d", False, "no"),
        wire.DecideCommand(request="", command_id="c1", digest="d", approve=False, reason="no"),
        "decide",
    ),
    (
        lambda o: o.control.decide_as(("kim", "pw"), "c1", "d", True),
        wire.DecideCommand(request="", command_id="c1", digest="d", approve=True, user="kim", password="pw"),
        "decide",
    ),
    (
        lambda o: o.control.execute_group(GROUP, without_blocked=True),
        wire.ExecuteGroup(request="", group_id="g1", token="tok", without_blocked=True),
        "execute_group",
    ),
    (
        lambda o: o.control.place_tag("suyeong", TagKind.CAUTION, "x", 7),
        wire.PlaceTag(request="", asset="suyeong", kind=TagKind.CAUTION, text="x", until=7),
        "place_tag",
    ),
    (
        lambda o: o.control.remove_tag("t", "why"),
        wire.RemoveTag(request="", tag="t", reason="why"),
        "remove_tag",
    ),
    (lambda o: o.control.take_area("north"), wire.TakeArea(request="", area="north"), "take_area"),
    (lambda o: o.control.release_area("north"), wire.ReleaseArea(request="", area="north"), "release_area"),
    (
        lambda o: o.control.answer_takeover("north", grant=True),
        wire.AnswerTakeover(request="", area="north", grant=True),
        "answer_takeover",
    ),
    (
        lambda o: o.control.force_area("north", "flood"),
        wire.ForceArea(request="", area="north", reason="flood"),
        "force_area",
    ),
    (
        lambda o: o.control.start_procedure("storm", dry=True),
        wire.StartProcedure(request="", procedure="storm", dry=True),
        "start_procedure",
    ),
    (
        lambda o: o.control.act_on_run("r", "execute", "", ASKED),
        wire.ActOnRun(request="", run="r", act="execute", token="tok"),
        "act_on_run",
    ),
    (lambda o: o.people.sign_in("lee", "pw"), wire.SignIn(request="", user="lee", password="pw"), "sign_in"),
    (lambda o: o.people.sign_out(), wire.SignOut(request=""), "sign_out"),
    (lambda o: o.people.lock(), wire.LockSession(request=""), "lock"),
    (lambda o: o.people.unlock("pw"), wire.UnlockSession(request="", password="pw"), "unlock"),
    (lambda o: o.people.step_up("pw"), wire.StepUp(request="", password="pw"), "step_up"),
    (
        lambda o: o.people.change_password("a", "b"),
        wire.ChangePassword(request="", old="a", new="b"),
        "change_password",
    ),
    (lambda o: o.people.start_directory(), wire.StartDirectorySignIn(request=""), "directory"),
    (
        lambda o: o.people.create_first_account("code", "lee", "Lee", "pw"),
        wire.CreateFirstAccount(request="", code="code", user="lee", name="Lee", password="pw"),
        "first_account",
    ),
    (lambda o: o.people.query_accounts(), wire.QueryAccounts(request=""), "accounts"),
    (
        lambda o: o.people.put_account(ACCOUNT, "pw"),
        wire.PutAccount(request="", user="lee", name="Lee", person="p", grants=(GRANT,), password="pw"),
        "put_account",
    ),
    (lambda o: o.people.remove_account("lee"), wire.RemoveAccount(request="", user="lee"), "remove_account"),
    (lambda o: o.people.revoke("lee"), wire.RevokeSessions(request="", user="lee"), "revoke"),
]


@pytest.mark.parametrize(("act", "message", "kind"), ACTS)
def test_each_act_sends_its_message_and_hears_its_outcome(
    live_office: Office, act: Callable[[Office], str], message: wire.Asked, kind: str
) -> None:
    sent: list[wire.Asked] = []
    live_office.acts.attach(sent.append)
    outcomes = heard(live_office.acts.act_answered)
    request = act(live_office)
    assert sent == [msgspec.structs.replace(message, request=request)]
    live_office.acts.receive(wire.ActReply(request=request, results=(wire.ActResult("x", "NOT_AUTHORIZED"),)))
    assert [(o.request, o.kind.value, o.done) for o in outcomes] == [(request, kind, False)]


def test_before_anybody_is_signed_in_only_acts_of_people_go_out(office: Office) -> None:
    """Nothing is live before sign-in, but the hub listens."""
    sent: list[wire.Asked] = []
    office.acts.attach(sent.append, lambda: True)
    office.control.take_area("north")
    office.people.sign_in("lee", "pw")
    assert [type(message) for message in sent] == [wire.SignIn]


def test_the_bridge_lets_sign_in_through_once_the_hub_has_spoken(office: Office) -> None:
    bridge = Bridge(office, NOBODY, str)
    sent: list[wire.Asked] = []
    office.acts.attach(sent.append, bridge.hears_us)
    office.people.sign_in("lee", "pw")
    bridge.mailbox.put(wire.SessionChanged(session=SessionFact(state=SessionState.SIGNED_OUT)))
    bridge.frame()
    office.people.sign_in("lee", "pw")
    bridge.mailbox.put(LinkFact(state=LinkState.LOST, frozen_at_ns=1))
    bridge.frame()
    office.people.sign_in("lee", "pw")
    assert len(sent) == 1


def test_facts_reach_their_boards_through_the_bridge(live_office: Office) -> None:
    office = live_office
    tags, areas = heard(office.tags.tags_changed), heard(office.areas.leases_changed)
    runs, sessions = heard(office.runs.runs_changed), heard(office.session.session_changed)
    ledger = heard(office.ledger.ledger_changed)
    bridge = Bridge(office, NOBODY, str)
    tag = TagFact(id="t", asset="suyeong", kind=TagKind.INFO, text="x", owner="lee", owner_name="Lee", at=1)
    session = SessionFact(state=SessionState.ACTIVE, user="lee", grants=(GRANT,))
    run = RunFact(id="r", procedure="storm", state=RunState.RUNNING, by="lee", started=3)
    for message in (
        wire.TagsChanged(sequence=1, tags=(tag,)),
        wire.LeasesChanged(sequence=2, leases=(LeaseFact(area="north", holder="lee"),)),
        wire.RunsChanged(sequence=3, runs=(run,)),
        wire.SessionChanged(session=session),
        wire.LedgerChanged(sequence=4, ledger=LedgerFact(records=4)),
    ):
        bridge.mailbox.put(message)
    bridge.frame()
    bridge.frame()
    assert (tags, areas, runs) == ([{"suyeong"}], [{"north"}], [{"r"}])
    assert sessions == [session]
    assert [fact.records for fact in ledger] == [4]
    assert office.tags.of_asset("suyeong") == [tag]
    assert office.areas.held_by("lee") == ["north"]
    assert office.runs.of_procedure("storm") == run
    assert office.session.may(Permission.COMMAND, "north", CommandClass.C2)
    assert not office.session.may(Permission.COMMAND, "north", CommandClass.C3)
    assert not office.session.may(Permission.COMMAND, "eco", CommandClass.C1)


def test_a_confirmation_is_kept_until_it_is_used_or_the_link_is_lost(live_office: Office) -> None:
    arrived = heard(live_office.control.confirm_arrived)
    bridge = Bridge(live_office, NOBODY, str)
    fact = command(1, state=CommandState.SELECTED)
    key = fact.request.command_id
    message = wire.CommandConfirm(command_id=key, text=TEXT, token="tok", expires=9)
    bridge.mailbox.put(message)
    bridge.frame()
    assert arrived == [ConfirmAsked(key, TEXT, "tok", 9)]
    live_office.commands.push([fact])
    assert live_office.control.confirm_of(key) is not None
    live_office.commands.push([msgspec.structs.replace(fact, state=CommandState.SENT)])
    assert live_office.control.confirm_of(key) is None
    bridge.mailbox.put(message)
    bridge.mailbox.put(LinkFact(state=LinkState.LOST, frozen_at_ns=1))
    bridge.frame()
    assert live_office.control.confirms() == []


def test_a_group_is_asked_for_under_ids_of_its_own_and_its_answer_is_no_outcome(live_office: Office) -> None:
    sent: list[wire.Asked] = []
    live_office.acts.attach(sent.append)
    outcomes, groups = heard(live_office.acts.act_answered), heard(live_office.control.group_arrived)
    members = [GroupMember("suyeong", "start"), GroupMember("gamcheon", "start", 2.0)]
    request, named = live_office.control.send_group(members)
    (message,) = sent
    assert isinstance(message, wire.SendGroup)
    assert message.commands == tuple(
        CommandRequest(command_id=key, asset=m.asset, command=m.command, value=m.value)
        for key, m in named.items()
    )
    assert [*named.values()] == members
    bridge = Bridge(live_office, NOBODY, str)
    bridge.mailbox.put(
        wire.GroupConfirm(
            request=request, group_id=message.group_id, text=TEXT, token="tok", expires=9, members=()
        )
    )
    bridge.frame()
    live_office.acts.link_lost()
    assert [group.request for group in groups] == [request]
    assert outcomes == []


def test_answers_of_their_own_kind_arrive_for_people(live_office: Office) -> None:
    live_office.acts.attach(list[wire.Asked]().append)
    prompts, lists = heard(live_office.people.prompt_arrived), heard(live_office.people.accounts_arrived)
    outcomes = heard(live_office.acts.act_answered)
    bridge = Bridge(live_office, NOBODY, str)
    first, second = live_office.people.start_directory(), live_office.people.query_accounts()
    bridge.mailbox.put(wire.DirectoryPrompt(request=first, url="https://x.test", code="AB", expires=9))
    bridge.mailbox.put(wire.AccountsReply(request=second, accounts=(ACCOUNT,)))
    bridge.frame()
    live_office.acts.link_lost()
    assert [(p.request, p.code) for p in prompts] == [(first, "AB")]
    assert [(a.request, a.accounts) for a in lists] == [(second, (ACCOUNT,))]
    assert outcomes == []


def test_tags_of_an_asset_stand_in_the_order_of_what_they_block(office: Office) -> None:
    """CMD-08: several at once, from several owners."""

    def tag(key: str, kind: TagKind, at: int) -> TagFact:
        return TagFact(id=key, asset="suyeong", kind=kind, text="x", owner=key, owner_name=key, at=at)

    board: TagBoard = office.tags
    board.push([tag("c", TagKind.INFO, 1), tag("b", TagKind.INHIBIT_ON, 9), tag("a", TagKind.INHIBIT_ON, 2)])
    assert [t.id for t in board.of_asset("suyeong")] == ["a", "b", "c"]
    assert office.signs.inhibited("suyeong")
    assert office.signs.in_words("suyeong")[-1] == "Note"
    board.push([msgspec.structs.replace(t, removed=10) for t in board.of_asset("suyeong")])
    assert board.tagged() == set()


def test_the_hubs_clock_goes_by_its_quickest_heartbeat() -> None:
    now = [1_000_000_000_000]
    clock = HubClock(lambda: now[0])
    assert clock.now_ns() == now[0]
    clock.heard(now[0] + 5_000_000_000)
    clock.heard(now[0] + 4_000_000_000)
    assert clock.now_ns() == now[0] + 5_000_000_000
    assert clock.left_s(clock.now_ns() + 2_500_000_000) == 2.5
    assert clock.left_s(1) == 0.0
    now[0] += 61_000_000_000
    clock.heard(now[0] + 4_000_000_000)
    assert clock.now_ns() == now[0] + 4_000_000_000
