"""Guarded administration: from the first case on, roles, addresses, factors, contacts and rules change only with a second admin."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from accounts.guarded import agree, carry_out_due, propose, take_back
from accounts.models import GuardedChange, SecondFactor, User
from accounts.roles import Role, roles_of
from evidence.people import erase_person, request_deletion
from supportdesk import doctor
from tickets.operations import file_ticket
from tickets.tests.making import filing
from tickets.workflow import Refusal

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]
State = GuardedChange.State
CHANGES = "/admin/accounts/guardedchange/"


@pytest.fixture
def root(db: None) -> User:
    return User.objects.create_superuser("root@example.com", None, name="Root", language="en")


@pytest.fixture
def second(root: User) -> User:
    return User.objects.create_superuser("second@example.com", None, name="Second", language="en")


@pytest.fixture
def case(mei: User, clock: Any) -> object:
    clock("2026-07-06T10:00:00+08:00")
    return file_ticket(mei, filing())


def browser(person: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(person)
    return client


def edit(client: Client, person: User, **changed: object) -> Any:
    stands: dict[str, object] = {"email": person.email, "name": person.name, "language": person.language, "timezone": "", "is_active": "on"}
    stands |= {name: "on" for name in ("is_staff", "is_superuser") if getattr(person, name)}
    stands |= {"groups": [group.pk for group in person.groups.all()]}
    sent = {name: value for name, value in {**stands, **changed}.items() if value is not None}
    return client.post(f"/admin/accounts/user/{person.pk}/change/", sent, follow=True)


def group(name: str) -> Group:
    return Group.objects.get(name=name)


def waiting() -> GuardedChange:
    return GuardedChange.objects.get(state=State.WAITING)


# ---- Two admins
def test_a_role_is_given_by_two(case: object, root: User, second: User, mei: User, mailoutbox: Any) -> None:
    edit(browser(root), mei, groups=[group("reviewers").pk], name="李梅梅")
    mei.refresh_from_db()
    assert (list(mei.groups.all()), mei.name) == ([], "李梅梅")
    change = waiting()
    assert (change.kind, change.old, change.new, change.by, change.person) == (
        "person",
        {"groups": []},
        {"groups": ["reviewers"]},
        root,
        mei,
    )
    assert [letter.to for letter in mailoutbox[-1:]] == [["second@example.com"]]
    page = browser(second).get(f"{CHANGES}{change.pk}/change/").content.decode()
    assert "reviewers" in page
    assert mei.email in page
    browser(second).post(f"{CHANGES}{change.pk}/agree/")
    change.refresh_from_db()
    assert (change.state, change.agreed_by, list(mei.groups.all())) == (State.DONE, second, [group("reviewers")])
    logged = LogEntry.objects.filter(object_id=str(mei.pk)).latest("pk")
    assert "reviewers" in logged.change_message
    assert logged.user == second


def test_nobody_agrees_to_their_own_and_no_one_else_than_an_admin(case: object, root: User, second: User, mei: User, zhao: User) -> None:
    edit(browser(root), mei, groups=[group("agents").pk])
    change = waiting()
    for person in (root, zhao):
        browser(person).post(f"{CHANGES}{change.pk}/agree/")
        with pytest.raises(ValidationError):
            agree(person, change.pk)
        assert not mei.groups.exists()


def test_both_show_a_fresh_second_factor_in_a_browser(case: object, root: User, second: User, mei: User) -> None:
    root.fresh_factor = second.fresh_factor = lambda: False
    with pytest.raises(ValidationError):
        propose(root, "person", mei, {"groups": ["agents"]})
    root.fresh_factor = None
    change = propose(root, "person", mei, {"groups": ["agents"]})
    with pytest.raises(ValidationError):
        agree(second, change.pk)
    with pytest.raises(ValidationError):
        take_back(second, change.pk)
    assert waiting() == change
    assert not mei.groups.exists()


def test_an_address_is_changed_by_two_and_told_to_the_old_and_the_new_one(
    case: object, root: User, second: User, mei: User, mailoutbox: Any
) -> None:
    edit(browser(root), mei, email="mei.li@example.com")
    mei.refresh_from_db()
    assert mei.email == "mei@example.com"
    mailoutbox.clear()
    agree(second, waiting().pk)
    mei.refresh_from_db()
    assert mei.email == "mei.li@example.com"
    assert EmailAddress.objects.get(user=mei).email == "mei.li@example.com"
    assert {address for letter in mailoutbox for address in letter.to} >= {"mei@example.com", "mei.li@example.com"}


@pytest.mark.parametrize("flag", ["is_staff", "is_superuser", "is_service"])
def test_flags_are_given_by_two(flag: str, case: object, root: User, second: User, mei: User) -> None:
    edit(browser(root), mei, **{flag: "on"})
    assert not getattr(User.objects.get(pk=mei.pk), flag)
    agree(second, waiting().pk)
    assert getattr(User.objects.get(pk=mei.pk), flag)


def test_a_colleague_is_shut_out_by_two(case: object, root: User, second: User, lin: User) -> None:
    edit(browser(root), lin, is_active=None)
    assert User.objects.get(pk=lin.pk).is_active
    agree(second, waiting().pk)
    assert not User.objects.get(pk=lin.pk).is_active


@pytest.mark.parametrize("way", ["page", "list"])
def test_a_second_factor_is_taken_away_by_two(way: str, case: object, root: User, second: User, lin: User, mailoutbox: Any) -> None:
    TOTP.activate(lin, "JBSWY3DPEHPK3PXP")
    factor = SecondFactor.objects.get()
    if way == "page":
        browser(root).post(f"/admin/accounts/secondfactor/{factor.pk}/delete/", {"post": "yes"})
    else:
        chosen = {"action": "delete_selected", "_selected_action": [factor.pk], "post": "yes"}
        browser(root).post("/admin/accounts/secondfactor/", chosen)
    assert SecondFactor.objects.exists()
    mailoutbox.clear()
    agree(second, waiting().pk)
    assert not SecondFactor.objects.exists()
    assert [letter.to for letter in mailoutbox] == [[lin.email]]


def test_nobody_sets_another_s_password(case: object, root: User, second: User, mei: User) -> None:
    said = {"password1": "a quiet heron 77", "password2": "a quiet heron 77", "usable_password": "true"}
    browser(root).post(f"/admin/accounts/user/{mei.pk}/password/", said)
    assert not User.objects.get(pk=mei.pk).check_password("a quiet heron 77")


def test_what_a_group_may_do_is_changed_by_two(case: object, root: User, second: User) -> None:
    may = Permission.objects.get(codename="change_user")
    browser(root).post(f"/admin/auth/group/{group('agents').pk}/change/", {"permissions": [may.pk]})
    assert not group("agents").permissions.exists()
    agree(second, waiting().pk)
    assert list(group("agents").permissions.all()) == [may]


def test_nobody_is_deleted_once_there_are_cases(case: object, root: User, second: User) -> None:
    assert browser(root).post(f"/admin/accounts/user/{second.pk}/delete/", {"post": "yes"}).status_code == 403
    assert User.objects.filter(pk=second.pk).exists()


# ---- Dates, changed minds, changed rows
def test_it_takes_effect_on_its_date(case: object, root: User, second: User, mei: User, clock: Any) -> None:
    change = propose(root, "person", mei, {"groups": ["agents"]})
    agree(second, change.pk, timezone.now() + timedelta(days=2))
    assert carry_out_due(timezone.now()) == 0
    assert not mei.groups.exists()
    clock("2026-07-08T10:00:00+08:00")
    assert carry_out_due(timezone.now()) == 1
    assert mei.groups.exists()


def test_a_date_has_a_bound(case: object, root: User, second: User, mei: User) -> None:
    change = propose(root, "person", mei, {"groups": ["agents"]})
    with pytest.raises(ValidationError):
        agree(second, change.pk, timezone.now() + timedelta(days=91))


def test_what_was_changed_meanwhile_is_left_alone(case: object, root: User, second: User, mei: User) -> None:
    change = propose(root, "person", mei, {"groups": ["agents"]})
    mei.groups.add(group("reviewers"))
    assert agree(second, change.pk).state == State.REFUSED
    assert list(mei.groups.all()) == [group("reviewers")]


def test_it_is_taken_back(case: object, root: User, second: User, mei: User) -> None:
    change = propose(root, "person", mei, {"groups": ["agents"]})
    take_back(second, change.pk)
    with pytest.raises(ValidationError):
        agree(second, change.pk)
    assert not mei.groups.exists()


# ---- One admin
def test_a_lone_admin_waits_a_day_and_all_staff_are_told(
    case: object, root: User, mei: User, lin: User, zhao: User, clock: Any, mailoutbox: Any
) -> None:
    edit(browser(root), mei, groups=[group("agents").pk])
    assert {address for letter in mailoutbox for address in letter.to} >= {lin.email, zhao.email}
    assert not mei.groups.exists()
    clock("2026-07-07T09:59:00+08:00")
    assert carry_out_due(timezone.now()) == 0
    clock("2026-07-07T10:00:00+08:00")
    assert carry_out_due(timezone.now()) == 1
    assert list(mei.groups.all()) == [group("agents")]


# ---- Before the first case, nothing of it
def test_before_the_first_case_one_is_enough(root: User, mei: User) -> None:
    edit(browser(root), mei, groups=[group("agents").pk])
    assert (list(mei.groups.all()), GuardedChange.objects.count()) == ([group("agents")], 0)


# ---- An admin holds no staff role; the last one stays
def test_an_admin_holds_no_staff_role_by_the_form(root: User, zhao: User) -> None:
    edit(browser(root), zhao, is_superuser="on")
    assert not User.objects.get(pk=zhao.pk).is_superuser
    edit(browser(root), root, groups=[group("supervisors").pk])
    assert not root.groups.exists()


def test_nor_by_a_proposal(case: object, root: User, second: User, zhao: User) -> None:
    with pytest.raises(ValidationError):
        propose(root, "person", zhao, {"is_superuser": True})
    with pytest.raises(ValidationError):
        propose(second, "person", root, {"groups": ["agents"]})


def test_nor_by_what_stands_in_the_database(case: Any, root: User) -> None:
    root.groups.add(*Group.objects.all())
    assert roles_of(User.objects.get(pk=root.pk)) == {Role.ADMIN}
    assert browser(root).get(f"/desk/tickets/{case.ref}/").status_code == 403
    assert "1 administrators are in groups of staff" in " ".join(found.words for found in doctor.EXAMINATIONS["people"]())


@pytest.mark.parametrize("left", [{"is_superuser": None}, {"is_active": None}, {"is_staff": None}])
def test_the_last_admin_cannot_leave(left: dict[str, None], root: User) -> None:
    edit(browser(root), root, **left)
    stands = User.objects.get(pk=root.pk)
    assert (stands.is_superuser, stands.is_active, stands.is_staff) == (True, True, True)


@pytest.mark.parametrize("in_admin", [True, False])
def test_nor_by_having_the_account_deleted(in_admin: bool, root: User) -> None:
    User.objects.filter(pk=root.pk).update(is_staff=in_admin)
    admin_person = User.objects.get(pk=root.pk)
    for leave in (lambda: request_deletion(admin_person), lambda: erase_person(admin_person, admin_person)):
        with pytest.raises(Refusal):
            leave()
    assert User.objects.get(pk=root.pk).is_active


def test_the_last_admin_cannot_leave_by_a_proposal_of_two(case: object, root: User, second: User) -> None:
    one, other = propose(root, "person", second, {"is_superuser": False}), propose(second, "person", root, {"is_superuser": False})
    assert agree(second, one.pk).state == State.DONE
    with pytest.raises(ValidationError):
        agree(User.objects.get(pk=second.pk), other.pk)
    assert User.objects.get(pk=root.pk).is_superuser
