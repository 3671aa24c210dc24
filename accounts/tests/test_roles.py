"""Roles come from the five groups; an admin and an adapter are something of their own."""

import pytest
from django.conf import settings
from django.contrib.auth import load_backend
from django.contrib.auth.models import AnonymousUser, Group

from accounts.models import User
from accounts.roles import STAFF_ROLES, Role, is_staff_member, roles_of
from accounts.seeding import ensure_groups
from accounts.tests.conftest import person


def test_migrate_made_the_five_groups(db):
    assert set(Group.objects.values_list("name", flat=True)) == set(STAFF_ROLES)


def test_ensure_groups_restores_what_is_missing_and_nothing_else(db):
    Group.objects.filter(name="reviewers").delete()
    ensure_groups()
    ensure_groups()
    assert Group.objects.count() == 5


def test_a_customer_holds_no_role(mei):
    assert roles_of(mei) == frozenset()
    assert not is_staff_member(mei)


def test_a_visitor_holds_no_role():
    assert roles_of(AnonymousUser()) == frozenset()


@pytest.mark.parametrize("role", STAFF_ROLES)
def test_a_group_is_a_role_and_contains_no_other(db, role):
    user = person("someone@example.com", role)
    assert roles_of(user) == {role}
    assert is_staff_member(user)


def test_one_person_may_hold_two(db):
    assert roles_of(person("two@example.com", Role.AGENT, Role.REVIEWER)) == {Role.AGENT, Role.REVIEWER}


def test_an_admin_is_no_member_of_any_group(admin_user):
    assert roles_of(admin_user) == {Role.ADMIN}
    assert not is_staff_member(admin_user)


def test_an_adapter_is_a_service(db):
    adapter = User.objects.create_user("freeze@example.com", is_service=True)
    assert roles_of(adapter) == {Role.SERVICE}
    assert is_staff_member(adapter)


def test_other_groups_mean_nothing(mei):
    mei.groups.add(Group.objects.create(name="book club"))
    assert roles_of(mei) == frozenset()


def test_roles_are_read_once_for_an_instance(agent, django_assert_num_queries):
    agent = User.objects.get(pk=agent.pk)
    with django_assert_num_queries(1):
        roles_of(agent)
        is_staff_member(agent)
        roles_of(agent)


def test_a_fresh_instance_sees_the_change(agent):
    roles_of(agent)
    agent.groups.clear()
    assert roles_of(agent) == {Role.AGENT}
    assert roles_of(User.objects.get(pk=agent.pk)) == frozenset()


@pytest.mark.parametrize("backend", settings.AUTHENTICATION_BACKENDS)
def test_a_session_reads_a_person_with_their_roles_in_one_query(backend, agent, django_assert_num_queries):
    agent.groups.add(Group.objects.get(name=Role.REVIEWER), Group.objects.create(name="book club"))
    with django_assert_num_queries(1):
        found = load_backend(backend).get_user(agent.pk)
        assert roles_of(found) == {Role.AGENT, Role.REVIEWER}
    plain = User.objects.get(pk=agent.pk)
    assert all(getattr(found, each.attname) == getattr(plain, each.attname) for each in User._meta.concrete_fields)


@pytest.mark.parametrize("backend", settings.AUTHENTICATION_BACKENDS)
def test_a_session_of_nobody_or_of_somebody_shut_out_names_nobody(backend, mei, admin_user):
    read = load_backend(backend).get_user
    assert roles_of(read(mei.pk)) == frozenset()
    assert roles_of(read(admin_user.pk)) == {Role.ADMIN}
    User.objects.filter(pk=mei.pk).update(is_service=True)
    assert roles_of(read(mei.pk)) == {Role.SERVICE}
    User.objects.filter(pk=mei.pk).update(is_active=False)
    assert read(mei.pk) is None
    assert read(2**40) is None


def test_who_leaves_a_group_is_shut_out_with_the_next_page(agent, client):
    client.force_login(agent, backend=settings.AUTHENTICATION_BACKENDS[0])
    assert client.get("/desk/").status_code == 200
    agent.groups.clear()
    assert client.get("/desk/").status_code == 403
