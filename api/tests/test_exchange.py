"""The platform lets its customers in: on its signed word alone, once, as customers, and each refusal has a name."""

from __future__ import annotations

import base64
import uuid
from datetime import timedelta
from typing import Any
from urllib.parse import unquote

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import EntryLink, Phone, PlatformIdentity, UsedAssertion, User
from accounts.periodic import DUTIES
from api.authentication import make_token
from api.models import Token
from api.tests.driving import ROOT
from tickets.models import Notification, Ticket
from tickets.operations import file_ticket
from tickets.tests.making import filing

pytestmark = pytest.mark.django_db
ADDRESS = f"{ROOT}auth/exchange/"
RSA, EC = rsa.generate_private_key(65537, 2048), ec.generate_private_key(ec.SECP256R1())
OTHER = ec.generate_private_key(ec.SECP256R1())


def public(key: Any) -> str:
    return base64.b64encode(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)).decode()


@pytest.fixture(autouse=True)
def keys(settings):
    settings.PLATFORM_JWT_KEYS = [f"r1:{public(RSA)}", f"e1:{public(EC)}"]
    settings.PLATFORM_JWT_ISSUER, settings.PLATFORM_JWT_AUDIENCE = "https://wallet.example", "https://desk.example"


@pytest.fixture
def machine(adapter) -> APIClient:
    return by(make_token(adapter, "wallet", ["auth:exchange"])[1])


def by(text: str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {text}")
    return client


def signed(key: Any = EC, kid: str | None = "e1", algorithm: str = "ES256", **claims: Any) -> str:
    said = {
        "iss": "https://wallet.example",
        "aud": "https://desk.example",
        "sub": "u-17",
        "exp": timezone.now() + timedelta(minutes=4),
        "jti": uuid.uuid4().hex,
        **claims,
    }
    return jwt.encode({k: v for k, v in said.items() if v is not None}, key, algorithm, headers={"kid": kid} if kid else {})


def exchange(machine: APIClient, text: str, **more: Any):
    return machine.post(ADDRESS, {"token": text, **more}, format="json")


def test_a_signed_word_brings_a_short_token_and_an_address_that_signs_in_once(machine):
    answer = exchange(machine, signed(name="李 梅", email="Mei@Example.com", locale="zh-CN"), next="/tickets/")
    body = answer.json()
    assert answer.status_code == 201, body
    person = User.objects.get(email="mei@example.com")
    assert (person.name, person.language, body["external_id"]) == ("李 梅", "zh-hans", "u-17")
    assert by(body["token"]).get(f"{ROOT}tickets/").json()["results"] == []
    assert by(body["token"]).post(f"{ROOT}webhooks/", {}, format="json").status_code == 403
    token = Token.objects.get(user=person)
    assert token.expiry <= timezone.now() + timedelta(hours=1)
    assert token.handed_by.is_service
    path = "/" + body["entry_url"].split("/", 3)[3]
    phone = Client()
    opened = phone.get(path)
    assert (opened.status_code, opened["Location"]) == (302, "/tickets/")
    assert phone.get("/tickets/").status_code == 200
    again = Client()
    assert again.get(path)["Location"] == "/accounts/login/"
    assert again.get("/tickets/").status_code == 302


def test_rs256_is_taken_too_and_the_same_person_is_found_again(machine):
    first = exchange(machine, signed(RSA, "r1", "RS256"))
    assert first.status_code == 201
    assert exchange(machine, signed()).status_code == 201
    assert PlatformIdentity.objects.get().user == User.objects.get(is_service=False)


REFUSED = [
    ("ASSERTION_MALFORMED", lambda: "x.y.z"),
    ("ASSERTION_ALGORITHM", lambda: signed("k" * 64, "e1", "HS256")),
    ("ASSERTION_ALGORITHM", lambda: signed(None, "e1", "none")),
    ("ASSERTION_ALGORITHM", lambda: signed(RSA, "e1", "RS256")),
    ("ASSERTION_KEY_UNKNOWN", lambda: signed(kid="e2")),
    ("ASSERTION_KEY_UNKNOWN", lambda: signed(kid=None)),
    ("ASSERTION_SIGNATURE", lambda: signed(OTHER)),
    ("ASSERTION_ISSUER", lambda: signed(iss="https://evil.example")),
    ("ASSERTION_AUDIENCE", lambda: signed(aud="https://other.example")),
    ("ASSERTION_EXPIRED", lambda: signed(exp=timezone.now() - timedelta(seconds=1))),
    ("ASSERTION_NOT_YET", lambda: signed(nbf=timezone.now() + timedelta(minutes=2))),
    ("ASSERTION_TOO_LONG", lambda: signed(exp=timezone.now() + timedelta(minutes=6))),
    *[("ASSERTION_CLAIM_MISSING", lambda name=name: signed(**{name: None})) for name in ("iss", "aud", "sub", "exp", "jti")],
    ("ASSERTION_CLAIM_INVALID", lambda: signed(sub="two words")),
    ("ASSERTION_CLAIM_INVALID", lambda: signed(email="nobody")),
    ("ASSERTION_CLAIM_INVALID", lambda: signed(email="erased-1@erased.invalid")),
    ("ASSERTION_CLAIM_INVALID", lambda: signed(phone="12")),
]


@pytest.mark.parametrize(("code", "text"), REFUSED)
def test_each_refusal_has_a_name_and_leaves_nothing(code, text, machine):
    answer = exchange(machine, text())
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert (UsedAssertion.objects.count(), PlatformIdentity.objects.count(), EntryLink.objects.count()) == (0, 0, 0)


def test_a_word_is_taken_once(machine):
    text = signed()
    assert exchange(machine, text).status_code == 201
    again = exchange(machine, text)
    assert (again.status_code, again.json()["code"]) == (409, "ASSERTION_USED")


def test_without_a_key_of_the_platform_nobody_is_let_in(machine, settings):
    settings.PLATFORM_JWT_KEYS = []
    assert exchange(machine, signed()).json()["code"] == "EXCHANGE_OFF"


def test_only_a_machine_whose_token_names_it_exchanges(adapter, mei, lin):
    assert exchange(by(make_token(adapter, "wide", ["read", "write"])[1]), signed()).status_code == 403
    assert exchange(by(make_token(lin, "x", ["auth:exchange"])[1]), signed()).status_code == 403
    assert exchange(APIClient(), signed()).status_code == 401


def test_colleagues_and_closed_accounts_are_let_in_by_nobody(machine, lin, admin_person, adapter, wang):
    wang.is_active = False
    wang.save()
    for person in (lin, admin_person, adapter, wang):
        answer = exchange(machine, signed(sub=f"u-{person.pk}", email=person.email))
        assert (answer.status_code, answer.json()["code"]) == (403, "PERSON_REFUSED"), person
    assert not PlatformIdentity.objects.exists()


def test_a_customer_who_is_here_already_is_joined_and_hears_of_it(
    machine, mei, wang, mailoutbox, in_request, django_capture_on_commit_callbacks
):
    Phone.objects.create(user=wang, number="+8613800138000", verified_at=timezone.now())
    both = exchange(machine, signed(email=mei.email, phone="13800138000"))
    assert (both.status_code, both.json()["code"]) == (409, "PERSON_AMBIGUOUS")
    with django_capture_on_commit_callbacks(execute=True):
        assert exchange(machine, signed(phone="13800138000")).status_code == 201
    assert PlatformIdentity.objects.get().user == wang
    assert [letter.to for letter in mailoutbox] == [[wang.email]]


def test_what_was_filed_for_the_platform_s_name_goes_to_whoever_it_is(machine, adapter):
    filed = file_ticket(adapter, {**filing(), "on_behalf_of": "external:u-17"})
    other = file_ticket(adapter, {**filing("billing_duplicate"), "on_behalf_of": "external:u-18"})
    body = exchange(machine, signed()).json()
    person = PlatformIdentity.objects.get().user
    assert (Ticket.objects.get(pk=filed.pk).owner, Ticket.objects.get(pk=filed.pk).contact) == (person, "")
    assert Ticket.objects.get(pk=other.pk).contact == "external:u-18"
    shown = by(body["token"]).get(f"{ROOT}tickets/").json()["results"]
    assert [(row["ref"], row["owner"]) for row in shown] == [(filed.ref, None)]
    assert file_ticket(adapter, {**filing("merchant_deduction"), "on_behalf_of": "external:u-17"}).owner == person
    assert Notification.objects.filter(recipient=person).exists()


def test_nobody_is_led_elsewhere(machine):
    for following in ("https://evil.example/", "//evil.example/", "javascript:alert(1)", "\\\\evil"):
        assert exchange(machine, signed(), next=following).json()["errors"].keys() == {"next"}


def test_the_address_does_not_outlive_its_minute_and_looking_at_its_head_uses_nothing(machine, clock, settings):
    clock("2026-03-10T20:52:00+08:00")
    path = "/" + exchange(machine, signed()).json()["entry_url"].split("/", 3)[3]
    assert Client().head(path).status_code == 405
    assert EntryLink.objects.count() == 1
    clock("2026-03-10T20:53:01+08:00")
    assert Client().get(path)["Location"] == "/accounts/login/"
    clock("2026-03-12T20:53:01+08:00")
    assert DUTIES["words of the platform forgotten"](timezone.now()) == 2


def test_whoever_was_signed_in_at_that_phone_is_not_carried_over(machine, mei):
    phone = Client()
    phone.force_login(mei)
    path = "/" + exchange(machine, signed(email="new@example.com")).json()["entry_url"].split("/", 3)[3]
    phone.get(path)
    assert int(phone.session["_auth_user_id"]) == User.objects.get(email="new@example.com").pk


PAYMENT = {
    "order_numbers": [{"issuer": "other", "number": "A-77001"}],
    "amount": "36.80",
    "currency": "CNY",
    "incident_at": "2026-03-10T20:15:00+08:00",
    "respondent": "某某商店",
}


def test_a_complaint_begins_with_the_payment_at_which_the_app_opened_the_desk(machine, clock, wang):
    clock("2026-03-10T20:52:00+08:00")
    answer = exchange(machine, signed(email="mei@example.com"), payment=PAYMENT)
    assert answer.status_code == 201, answer.json()
    phone = Client()
    page = phone.get("/" + answer.json()["entry_url"].split("/", 3)[3])["Location"]
    assert page.startswith("/file/?payment=")
    assert "36.80" not in page
    assert "A-77001" not in page
    shown = phone.get(page).content.decode()
    assert "36.80" in shown
    assert "A-77001" in shown
    assert "某某商店" in shown
    assert not Ticket.objects.exists()  # whoever only looks has no complaint
    sealed = unquote(page.partition("payment=")[2])
    begun = phone.post("/file/", {"category": "billing_duplicate", "payment": sealed})
    draft = Ticket.objects.get()
    assert begun["Location"] == f"/file/{draft.ref}/"
    assert (str(draft.amount), draft.respondent, draft.order_references.get().number) == ("36.80", "某某商店", "A-77001")
    assert draft.incident_at.isoformat() == "2026-03-10T12:15:00+00:00"
    assert Client().get(page).status_code == 200  # a visitor sees the page, and nothing of the payment
    assert "A-77001" not in Client().get(page).content.decode()
    other = Client()
    other.force_login(wang)
    assert "A-77001" not in other.get(page).content.decode()
    clock("2026-03-11T20:53:00+08:00")
    assert "A-77001" not in phone.get(page).content.decode()


WRONG = [
    ({**PAYMENT, "amount": "-1"}, {"payment.amount"}),
    ({**PAYMENT, "incident_at": "2099-01-01T00:00:00+08:00"}, {"payment.incident_at"}),
    ({**PAYMENT, "order_numbers": "A-77001"}, {"payment.order_numbers"}),
    ({**PAYMENT, "account": "x"}, {"payment.account"}),
    ("A-77001", {"payment"}),
]


@pytest.mark.parametrize(("said", "named"), WRONG)
def test_a_payment_that_cannot_be_one_is_refused_by_the_field_and_uses_no_word(machine, said, named):
    answer = exchange(machine, signed(), payment=said)
    assert (answer.status_code, set(answer.json()["errors"])) == (400, named)
    assert not UsedAssertion.objects.exists()
