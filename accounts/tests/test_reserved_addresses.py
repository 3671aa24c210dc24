"""Reserved addresses can be had by nobody, at no door: what we rely on ourselves has names that nobody else can take."""

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from accounts.anonymising import anonymise
from accounts.models import User
from accounts.reserved_addresses import is_reserved
from accounts.tests.conftest import PASSWORD, person, prove

RESERVED = ("freeze-adapter@localhost", "erased-1@erased.invalid", "a@desk.invalid", "me@desk.our-company.cn")
FREEZE = {"account": "douyin:13800001111", "category": "billing_unauthorized", "not_me": "on"}


@pytest.fixture(autouse=True)
def ours(settings):
    settings.SITE_URL, settings.REPLY_ADDRESS = "https://desk.our-company.cn", "answers@our-company.cn"
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, ".help.our-company.cn", "10.1.2.3", "*"]


@pytest.mark.parametrize(
    "email", [*RESERVED, "A@Localhost", "a@x.localhost", "a@help.our-company.cn", "a@b.help.our-company.cn", "a@[10.1.2.3]"]
)
def test_a_reserved_address_is_known(email):
    assert is_reserved(email)


@pytest.mark.parametrize("email", ["answers@our-company.cn", "Answers+TS-1@our-company.cn"])
def test_the_mailbox_we_write_from_is_nobodys(email):
    assert is_reserved(email)


@pytest.mark.parametrize(
    "email", ["lin@our-company.cn", "mei@example.com", "a@desk.test", "a@shop.example", "a@invalid.org", "a@xhelp.our-company.cn"]
)
def test_other_addresses_are_free(email):
    assert not is_reserved(email)


def test_own_hosts_where_people_have_mailboxes_are_free(settings):
    settings.MAILBOX_DOMAINS = ["desk.our-company.cn"]
    assert not is_reserved("lin@desk.our-company.cn")


@pytest.mark.parametrize("email", RESERVED)
@pytest.mark.parametrize("door", ["/accounts/signup/", "/freeze/"])
def test_no_page_makes_an_account_of_one(client, db, email, door):
    answer = client.post(door, {"email": email, "name": "", "password1": "", **FREEZE})
    assert answer.status_code in (200, 400)
    assert "不能用这个地址开通账户" in answer.text
    assert not User.objects.filter(email=email, is_service=False).exists()


@pytest.mark.parametrize("email", RESERVED)
def test_nobody_moves_to_one(signed_in, mei, email):
    own = signed_in(mei)
    prove(own)
    own.post("/accounts/email/", {"action_add": "", "email": email})
    assert not mei.emailaddress_set.filter(email=email).exists()


@pytest.mark.parametrize("email", RESERVED)
def test_an_admin_makes_none_and_moves_nobody_there(signed_in, admin_user, mei, email):
    admin = signed_in(admin_user)
    data = {"email": email, "name": "", "usable_password": "true", "password1": PASSWORD, "password2": PASSWORD}
    assert admin.post(reverse("admin:accounts_user_add"), data).status_code == 200
    change = {"email": email, "name": "", "language": "", "timezone": "", "is_active": "on"}
    assert admin.post(reverse("admin:accounts_user_change", args=[mei.pk]), change).status_code == 200
    assert not User.objects.persons().filter(email=email).exists()


def test_an_address_from_before_may_stay_where_it_is(signed_in, admin_user):
    old = User.objects.create(email="me@desk.our-company.cn", name="before")
    change = {"email": old.email, "name": "after", "language": "", "timezone": "", "is_active": "on"}
    assert signed_in(admin_user).post(reverse("admin:accounts_user_change", args=[old.pk]), change).status_code == 302


@pytest.mark.parametrize("email", RESERVED)
def test_the_command_line_makes_none(db, email):
    with pytest.raises((ValueError, CommandError)):
        call_command("createsuperuser", email=email, interactive=False)
    assert not User.objects.persons().exists()


def test_whoever_sits_on_the_address_of_an_erased_person_stops_no_erasure(db):
    gone = person("gone@example.com")
    User.objects.create(email=f"erased-{gone.pk}@erased.invalid")
    anonymise(gone)
    assert not User.objects.filter(email="gone@example.com").exists()


@pytest.mark.parametrize("data", [{"by": "code"}, {"by": "password", "password": PASSWORD}])
def test_nobody_signs_in_as_a_service_user(client, db, mailoutbox, data):
    person("adapter@example.com", is_service=True)
    client.post("/accounts/login/", {"login": "adapter@example.com", **data})
    for code in [word for letter in mailoutbox for word in letter.body.split() if word.isdigit()]:
        client.post("/accounts/login/code/confirm/", {"code": code})
    assert "_auth_user_id" not in client.session
