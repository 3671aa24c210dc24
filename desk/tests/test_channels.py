"""Where colleagues want to be told: one's own page, the admin's addresses with a test message, and messages that did not arrive."""

from __future__ import annotations

import pytest
from django.utils import timezone

from accounts.models import Phone
from accounts.roles import Role
from tickets.models import ChannelAddress, Delivery
from tickets.operations import file_ticket
from tickets.periodic import send_channel_messages
from tickets.tests.making import filing

pytestmark = pytest.mark.django_db
MINE = "/desk/channels/"
ADMIN = "/admin/tickets/channeladdress/"
WECOM = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-7aoc-4bc4-97a0-0ec2sifa5aaa"


# ---- One's own
def test_a_colleague_adds_an_address_tries_it_and_removes_it(people, at, chat) -> None:
    browser = at(people.operator)
    assert browser.post(MINE, {"channel": "wecom", "address": WECOM}).status_code == 302
    row = ChannelAddress.objects.get(user=people.operator)
    page = browser.get(MINE).content.decode()
    assert "WeCom group bot" in page
    assert WECOM not in page
    assert "Not tried yet" in page
    assert browser.post(f"{MINE}{row.pk}/test/").status_code == 302
    assert "测试消息" in chat.calls[0][1]["text"]["content"], "in the reader's own language"
    page = browser.get(MINE).content.decode()
    assert "The test message was taken." in page
    assert "Last taken" in page
    browser.post(f"{MINE}{row.pk}/test/")
    assert len(chat.calls) == 1, "not twice within a moment"
    assert browser.post(f"{MINE}{row.pk}/remove/").status_code == 302
    assert not ChannelAddress.objects.exists()


@pytest.mark.parametrize(
    ("posted", "said"),
    [
        ({"channel": "wecom", "address": "https://example.com/"}, "not the address of such a bot"),
        ({"channel": "wecom", "address": ""}, "Enter the address."),
        ({"channel": "webhook", "address": "ftp://example.com"}, "Enter an address that begins with"),
        ({"channel": "email", "address": "duty@example.com"}, "This channel is not for a person."),
        ({"channel": "pigeon", "address": "loft"}, "This channel is not for a person."),
    ],
)
def test_what_cannot_be_an_address_is_refused_in_words(people, at, posted, said) -> None:
    answer = at(people.operator).post(MINE, posted)
    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert not ChannelAddress.objects.exists()


def test_text_messages_want_a_proven_number(people, at, settings, tmp_path) -> None:
    settings.VAR_DIR = tmp_path
    settings.SMS_GATEWAY_URL = "file:"
    browser = at(people.operator)
    assert "There is no proven mobile number yet." in browser.post(MINE, {"channel": "text"}).content.decode()
    Phone.objects.create(user=people.operator, number="+8613900001234", verified_at=timezone.now())
    assert browser.post(MINE, {"channel": "text"}).status_code == 302
    assert "+8613900001234" not in browser.get(MINE).content.decode()
    assert "You have this address already." in browser.post(MINE, {"channel": "text"}).content.decode()


def test_a_colleagues_address_is_nobody_elses(people, at) -> None:
    row = ChannelAddress.objects.create(channel="wecom", user=people.operator, created_at=timezone.now())
    for action in ("test", "remove"):
        assert at(people.supervisor).post(f"{MINE}{row.pk}/{action}/").status_code == 404
        assert at(people.owner).post(f"{MINE}{row.pk}/{action}/").status_code == 403
        assert at(people.operator).get(f"{MINE}{row.pk}/{action}/").status_code == 405


# ---- The admin
def test_an_admin_sets_up_a_room_for_a_group_and_tries_it(at, admin_person, chat) -> None:
    browser = at(admin_person)
    posted = {"channel": "wecom", "audience": Role.FREEZE_OPERATOR.value, "typed": WECOM, "language": "en", "enabled": "on"}
    assert browser.post(f"{ADMIN}add/", posted).status_code == 302
    row = ChannelAddress.objects.get()
    assert (row.address, row.audience) == (WECOM, "freeze_operators")
    for page in (ADMIN, f"{ADMIN}{row.pk}/change/"):
        assert WECOM not in browser.get(page).content.decode()
    assert "Send a test message" in browser.get(f"{ADMIN}{row.pk}/change/").content.decode()
    assert browser.post(f"{ADMIN}{row.pk}/test/").status_code == 302
    assert len(chat.calls) == 1
    chat.status = 403
    answer = browser.post(ADMIN, {"action": "send_test_messages", "_selected_action": [row.pk]}, follow=True)
    assert "HTTP 403" in answer.content.decode()
    assert browser.post(f"{ADMIN}{row.pk}/change/", {**posted, "typed": "", "language": "zh-hans"}).status_code == 302
    row.refresh_from_db()
    assert (row.address, row.language) == (WECOM, "zh-hans"), "an address that is not typed again stays"


@pytest.mark.parametrize("owner", [{"audience": "supervisors"}, {"user": "of operator"}])
def test_an_address_goes_to_another_owner_only_when_it_is_typed_again(people, at, admin_person, owner) -> None:
    row = ChannelAddress(channel="wecom", audience=Role.FREEZE_OPERATOR, created_at=timezone.now())
    row.seal(WECOM)
    row.save()
    owner = {name: people.operator.pk if name == "user" else value for name, value in owner.items()}
    browser, page = at(admin_person), f"{ADMIN}{row.pk}/change/"
    answer = browser.post(page, {"channel": "wecom", "typed": "", "enabled": "on", **owner})
    assert "Enter the address." in answer.content.decode()
    assert ChannelAddress.objects.get().audience == Role.FREEZE_OPERATOR
    assert browser.post(page, {"channel": "wecom", "typed": WECOM, "enabled": "on", **owner}).status_code == 302
    assert ChannelAddress.objects.get().audience == owner.get("audience", "")


def test_an_address_goes_to_no_owner_who_may_not_have_such_a_one(people, at, admin_person) -> None:
    row = ChannelAddress(channel="email", audience=Role.FREEZE_OPERATOR, created_at=timezone.now())
    row.seal("duty@example.com")
    row.save()
    posted = {"channel": "email", "user": people.operator.pk, "enabled": "on", "typed": ""}
    assert "This channel is not for a person." in at(admin_person).post(f"{ADMIN}{row.pk}/change/", posted).content.decode()
    assert ChannelAddress.objects.get().user is None


@pytest.mark.parametrize(
    "posted", [{}, {"channel": "wecom", "typed": WECOM}, {"channel": "wecom", "audience": "on_call", "typed": "x"}, {"channel": "text"}]
)
def test_the_admin_refuses_what_is_not_whole(at, admin_person, posted) -> None:
    assert at(admin_person).post(f"{ADMIN}add/", posted).status_code == 200
    assert not ChannelAddress.objects.exists()


# ---- What did not arrive
@pytest.fixture
def failed(people, chat, clock) -> Delivery:
    row = ChannelAddress(channel="wecom", audience=Role.FREEZE_OPERATOR, created_at=timezone.now())
    row.seal(WECOM)
    row.save()
    chat.status = 410
    file_ticket(people.owner, filing(request_freeze=True, account="douyin:13812345678"))
    send_channel_messages(timezone.now())
    return Delivery.objects.get(state="failed")


def test_what_did_not_arrive_stands_in_the_desk_and_is_sent_again(people, at, chat, failed) -> None:
    browser = at(people.operator)
    page = browser.get("/desk/notices/").content.decode()
    assert "WeCom group bot · Freeze operators" in page
    assert "HTTP 410" in page
    assert at(people.owner).post("/desk/notices/retry/", {"message": failed.pk}).status_code == 403
    chat.status = 200
    assert browser.post("/desk/notices/retry/", {"message": failed.pk}).status_code == 302
    assert send_channel_messages(timezone.now()) == 1
    assert "HTTP 410" not in browser.get("/desk/notices/").content.decode()


def test_what_did_not_arrive_stands_in_the_admin_and_is_sent_again(at, admin_person, chat, failed) -> None:
    browser = at(admin_person)
    assert "1 message on a channel could not be sent." in browser.get("/admin/").content.decode()
    page = browser.get("/admin/tickets/delivery/?state__exact=failed").content.decode()
    assert "HTTP 410" in page
    assert browser.get(f"/admin/tickets/delivery/{failed.pk}/change/").status_code == 200
    browser.post("/admin/tickets/delivery/", {"action": "try_again", "_selected_action": [failed.pk]})
    failed.refresh_from_db()
    assert (failed.state, failed.attempts) == ("waiting", 0)
