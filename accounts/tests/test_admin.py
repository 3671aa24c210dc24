"""People in the admin: made, grouped, logged; what an agent must say on a ticket is only read there."""

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.urls import reverse

from accounts.models import User
from accounts.roles import STAFF_ROLES
from accounts.tests.conftest import PASSWORD

ADD = "/admin/accounts/user/add/"


@pytest.fixture
def admin(signed_in, admin_user):
    return signed_in(admin_user)


def edit(user):
    return f"/admin/accounts/user/{user.pk}/change/"


def fields(user, **changed):
    return {"email": user.email, "name": user.name, "language": "", "timezone": "", "is_active": "on", **changed}


def test_a_user_is_made_with_a_proven_lower_case_address_and_logged(admin):
    admin.post(ADD, {"email": "Chen@Example.com", "name": "陈静", "usable_password": "true", "password1": PASSWORD, "password2": PASSWORD})
    user = User.objects.get(email="chen@example.com")
    assert user.check_password(PASSWORD)
    assert EmailAddress.objects.get(user=user).verified
    assert LogEntry.objects.get().object_id == str(user.pk)


def test_groups_are_given_and_logged(admin, mei):
    admin.post(edit(mei), fields(mei, groups=[Group.objects.get(name="reviewers").pk]))
    assert list(mei.groups.values_list("name", flat=True)) == ["reviewers"]
    assert LogEntry.objects.filter(object_id=mei.pk).exists()


def test_an_adapter_is_marked(admin, mei):
    admin.post(edit(mei), fields(mei, is_service="on"))
    mei.refresh_from_db()
    assert mei.is_service


def test_real_name_match_cannot_be_ticked(admin, mei):
    admin.post(edit(mei), fields(mei, real_name_match="on"))
    mei.refresh_from_db()
    assert not mei.real_name_match


def test_a_changed_address_replaces_the_old_one(admin, mei):
    admin.post(edit(mei), fields(mei, email="Mei.Li@example.com"))
    assert list(EmailAddress.objects.filter(user=mei).values_list("email", "verified")) == [("mei.li@example.com", True)]


def test_a_taken_address_is_refused_in_words(admin, mei, agent):
    answer = admin.post(edit(mei), fields(mei, email="LIN@example.com"))
    assert "此电子邮箱已被使用" in answer.text


def test_the_admin_has_no_sign_in_of_its_own(client, db):
    assert client.get("/admin/").url == "/admin/login/?next=/admin/"
    assert client.get("/admin/login/?next=/admin/").url.startswith("/accounts/login/")


def test_a_customer_gets_403_there(signed_in, mei):
    assert signed_in(mei).get("/admin/login/").status_code == 403


def test_a_second_factor_can_be_taken_away_but_not_read(admin, mei):
    TOTP.activate(mei, "JBSWY3DPEHPK3PXP")
    factor = Authenticator.objects.get()
    page = admin.get(reverse("admin:accounts_secondfactor_change", args=[factor.pk])).text
    assert "secret" not in page
    admin.post(reverse("admin:accounts_secondfactor_delete", args=[factor.pk]), {"post": "yes"})
    assert not Authenticator.objects.exists()


@pytest.mark.parametrize("page", ["/admin/", "/admin/accounts/user/", ADD, "/admin/auth/group/", "/admin/accounts/secondfactor/"])
def test_its_pages_open(admin, page):
    answer = admin.get(page)
    assert answer.status_code == 200
    assert "投诉服务台管理后台" in answer.text


GROUPS = "/admin/auth/group/"


@pytest.mark.parametrize("name", STAFF_ROLES)
def test_the_group_of_a_role_keeps_its_name(admin, name):
    group = Group.objects.get(name=name)
    assert f'value="{name}"' not in admin.get(f"{GROUPS}{group.pk}/change/").text
    admin.post(f"{GROUPS}{group.pk}/change/", {"name": "operators", "permissions": []})
    assert Group.objects.get(pk=group.pk).name == name


def test_the_group_of_a_role_cannot_be_deleted_alone_or_among_others(admin, agent):
    group, other = Group.objects.get(name="agents"), Group.objects.create(name="night shift")
    admin.post(f"{GROUPS}{group.pk}/delete/", {"post": "yes"})
    admin.post(GROUPS, {"action": "delete_selected", "_selected_action": [group.pk, other.pk], "post": "yes"})
    assert set(STAFF_ROLES) < set(Group.objects.values_list("name", flat=True))
    assert list(agent.groups.all()) == [group]


def test_a_group_of_ones_own_is_renamed_and_deleted(admin):
    other = Group.objects.create(name="night shift")
    admin.post(f"{GROUPS}{other.pk}/change/", {"name": "day shift", "permissions": []})
    assert Group.objects.filter(name="day shift").exists()
    admin.post(f"{GROUPS}{other.pk}/delete/", {"post": "yes"})
    assert not Group.objects.filter(name="day shift").exists()
