"""Rules of accounts: names, areas, roles that stay apart, the last who manages (SEC-01, SEC-10)."""

from __future__ import annotations

import itertools

import msgspec
import pytest

from console.core.control import Directory, DirectoryGroup
from console.core.errors import IdentityRefused
from console.core.identity.accounts import (
    LOCAL_GRANTS,
    Account,
    check_account,
    check_last_admin,
    check_name,
    controls,
    directory_grants,
    folded,
)
from console.core.identity.principal import Grant, Principal
from console.core.identity.roles import APART, GRANTS, UNSCOPED, Permission, Role
from console.core.site import CommandClass

AREAS = {"a", "b"}
ADMIN = Grant(role=Role.SECURITY_ADMIN, areas=("*",))


def account(user: str = "kim", *grants: Grant, enabled: bool = True) -> Account:
    return Account(user=user, name="Kim", person="p1", grants=grants, enabled=enabled)


def reason(made: Account) -> str:
    try:
        check_account(made, AREAS)
    except IdentityRefused as refused:
        return refused.reason_code
    return ""


@pytest.mark.parametrize("role", sorted(APART))
def test_who_manages_accounts_holds_nothing_that_acts_on_the_city(role: Role) -> None:
    """SEC-10."""
    assert reason(account("kim", ADMIN, Grant(role=role, areas=("a",)))) == "ROLES_CONFLICT"
    assert not GRANTS[Role.SECURITY_ADMIN] & {
        Permission.COMMAND,
        Permission.ACK,
        Permission.APPROVE,
        Permission.FORCE,
    }


def test_areas_have_to_exist() -> None:
    assert reason(account("kim", Grant(role=Role.OPERATOR, areas=("a", "nowhere")))) == "UNKNOWN_AREA"
    assert reason(account("kim", Grant(role=Role.OPERATOR, areas=("a", "b")))) == ""


@pytest.mark.parametrize(
    "name", ["", " ", "Kim", "kim lee", "kim@city", "system:hub", "local:x", "k\u202eim", "a/b", "x" * 81]
)
def test_names_that_could_be_taken_for_others_are_refused(name: str) -> None:
    with pytest.raises(IdentityRefused) as refused:
        check_name(name)
    assert refused.value.reason_code == "FORMAT"


def test_a_name_is_one_however_it_is_typed() -> None:
    assert folded("  KIM ") == "kim"
    check_name("김철수")
    check_name("kim@id.city", directory=True)


def test_a_person_needs_a_name_and_not_too_many_grants() -> None:
    assert reason(msgspec.structs.replace(account(), name=" ")) == "FORMAT"
    assert reason(account("kim", *[Grant(role=Role.VIEWER)] * 40)) == "FORMAT"


def test_the_last_who_manages_accounts_stays() -> None:
    accounts = {"root": account("root", ADMIN), "kim": account("kim")}
    for change in (
        account("root"),
        account("root", ADMIN, enabled=False),
        msgspec.structs.replace(account("root", ADMIN), removed=True),
    ):
        with pytest.raises(IdentityRefused) as refused:
            check_last_admin(accounts, change)
        assert refused.value.reason_code == "LAST_ADMIN"
    check_last_admin(accounts, account("root", ADMIN))
    check_last_admin(accounts, account("kim"))
    accounts["ada"] = account("ada", ADMIN)
    check_last_admin(accounts, account("root"))


def test_a_manager_whom_only_the_directory_vouches_for_does_not_count() -> None:
    far = msgspec.structs.replace(account("ada", ADMIN), directory=True)
    with pytest.raises(IdentityRefused):
        check_last_admin({"root": account("root", ADMIN), "ada": far}, account("root"))


@pytest.mark.parametrize(("role", "permission"), list(itertools.product(Role, Permission)))
def test_a_right_is_held_exactly_where_and_as_far_as_it_was_granted(
    role: Role, permission: Permission
) -> None:
    """SEC-10: deny by default."""
    grant = Grant(role=role, areas=("a",), top_class=CommandClass.C1)
    who = Principal(user="kim", person="p", name="Kim", station="s", session="", grants=(grant,))
    held = permission in GRANTS[role]
    unscoped = permission in UNSCOPED
    assert who.may(permission, "a", CommandClass.C1) == held
    assert who.may(permission, "b") == (held and unscoped)
    assert who.may(permission, "") == (held and unscoped)
    classed = permission in {Permission.COMMAND, Permission.APPROVE, Permission.PROCEDURE}
    assert who.may(permission, "a", CommandClass.C2) == (held and not classed)


def test_area_and_class_are_not_taken_from_two_grants() -> None:
    grants = (
        Grant(role=Role.OPERATOR, areas=("a",), top_class=CommandClass.C3),
        Grant(role=Role.OPERATOR, areas=("b",), top_class=CommandClass.C1),
    )
    who = Principal(user="kim", person="p", name="Kim", station="s", session="", grants=grants)
    assert who.may(Permission.COMMAND, "a", CommandClass.C3)
    assert not who.may(Permission.COMMAND, "b", CommandClass.C3)


def test_only_who_can_change_something_takes_control() -> None:
    assert controls((Grant(role=Role.OPERATOR, areas=("a",)),))
    assert not controls((Grant(role=Role.VIEWER, areas=("a",)), Grant(role=Role.AUDITOR)))
    assert controls(LOCAL_GRANTS)


def test_groups_of_the_directory_give_the_roles_that_the_site_says_and_no_others() -> None:
    directory = Directory(
        issuer="https://id.city",
        client_id="gwanje",
        groups=(
            DirectoryGroup(group="ops", role="operator", areas=("a",), top_class="C2"),
            DirectoryGroup(group="odd", role="emperor"),
            DirectoryGroup(group="far", role="viewer", top_class="C9"),
        ),
    )
    assert directory_grants(directory, ("ops", "else")) == (
        Grant(role=Role.OPERATOR, areas=("a",), top_class=CommandClass.C2),
    )
    for groups in ((), ("else",), ("odd", "far")):
        with pytest.raises(IdentityRefused) as refused:
            directory_grants(directory, groups)
        assert refused.value.reason_code == "DIRECTORY_DENIED"
