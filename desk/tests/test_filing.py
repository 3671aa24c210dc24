"""Filing on behalf of a caller: two steps, the category's own questions, mistakes at their fields."""

from accounts.models import User
from desk.tests.reading import forms
from tickets.models import Ticket

FIRST = {"on_behalf_of": "caller@example.com", "channel": "phone"}


def second(client, category: str):
    page = client.get("/desk/file/", {**FIRST, "category": category}).content.decode()
    return next(form for form in forms(page) if form.action == "/desk/file/")


def test_the_first_step_asks_who_and_what(people, at) -> None:
    page = at(people.agent).get("/desk/file/").content.decode()
    form = next(form for form in forms(page) if form.action == "/desk/file/")
    assert form.method == "get"
    assert {"on_behalf_of", "channel", "category"} <= form.names


def test_a_caller_gets_a_complaint_and_an_account(people, at, clock) -> None:
    client = at(people.agent)
    typed = {
        "statement_symptom": "来电反映同一笔费用扣了两次，要求退还一笔。",
        "amount": "36.80",
        "incident_at": "2026-03-10T19:00",
        "issuer": "alipay_txn",
        "order_number": "2026031022001478120532",
        "demands": ["refund"],
        "fact_times_charged": "2",
        "fact_payee_display": "XX卡盟-支付宝",
    }
    response = client.post("/desk/file/", second(client, "billing_duplicate").filled(**typed))
    ticket = Ticket.objects.get()
    assert (response.status_code, response["Location"]) == (302, f"/desk/tickets/{ticket.ref}/")
    assert (ticket.owner.email, ticket.filed_by, ticket.channel, ticket.status) == (
        "caller@example.com", people.agent, "phone", "evidence_collection",
    )  # fmt: skip
    assert ticket.incident_at.isoformat() == "2026-03-10T11:00:00+00:00"
    assert ticket.facts == {"times_charged": 2, "payee_display": "XX卡盟-支付宝"}
    assert ticket.statement["symptom"] == typed["statement_symptom"]
    assert ticket.order_references.get().number == typed["order_number"]
    assert not User.objects.get(email="caller@example.com").has_usable_password()


def test_the_same_form_twice_files_once(people, at, clock) -> None:
    client = at(people.agent)
    form = second(client, "merchant_deduction").filled()
    first, again = client.post("/desk/file/", form), client.post("/desk/file/", form)
    assert first["Location"] == again["Location"] == f"/desk/tickets/{Ticket.objects.get().ref}/"
    client.post("/desk/file/", second(client, "merchant_deduction").filled())
    assert Ticket.objects.count() == 2  # the same caller again, with a form of its own


def test_a_form_that_was_refused_can_be_corrected_and_sent_again(people, at, clock) -> None:
    client = at(people.agent)
    form = second(client, "merchant_deduction").filled(amount="1,5x")
    assert client.post("/desk/file/", form).status_code == 400
    assert client.post("/desk/file/", {**form, "amount": "15"}).status_code == 302


def test_a_freeze_is_asked_for_in_the_same_call(people, at, clock) -> None:
    client = at(people.agent)
    typed = {"request_freeze": "on", "not_me": "on", "account": "douyin:13800001111"}
    assert client.post("/desk/file/", second(client, "billing_unauthorized").filled(**typed)).status_code == 302
    assert Ticket.objects.get().status == "freeze_pending"


def test_what_is_missing_is_said_at_its_field_and_what_was_typed_is_kept(people, at, clock) -> None:
    client = at(people.agent)
    typed = {"amount": "1,5x", "order_number": "12", "fact_tried": ["waited"], "statement_symptom": "付了两次"}
    response = client.post("/desk/file/", second(client, "pay_failed_deducted").filled(**typed))
    page = response.content.decode()
    assert response.status_code == 400
    for field in ("amount", "order_number"):
        assert f'href="#file-{field}"' in page, field
    form = next(form for form in forms(page) if form.action == "/desk/file/")
    assert (form.values["amount"], form.values["fact_tried"], form.values["statement_symptom"]) == (["1,5x"], ["waited"], ["付了两次"])

    response = client.post("/desk/file/", {**form.values, "amount": "15", "order_number": ""})
    page = response.content.decode()
    assert response.status_code == 400
    for fact in ("deducted_at", "channel_status", "platform_status"):
        assert f'href="#file-fact_{fact}"' in page, fact
    assert not Ticket.objects.exists()


def test_a_freeze_that_is_no_emergency_is_refused_at_its_box(people, at, clock) -> None:
    client = at(people.agent)
    typed = {"request_freeze": "on", "account": "x:1"}
    response = client.post("/desk/file/", second(client, "billing_duplicate").filled(**typed))
    assert response.status_code == 409
    assert 'href="#file-not_me"' in response.content.decode()


def test_a_wrong_address_is_said(people, at, clock) -> None:
    form = second(at(people.agent), "billing_duplicate")
    response = at(people.agent).post("/desk/file/", form.filled(on_behalf_of="nobody"))
    assert response.status_code == 400
    assert "mei@example.com" in response.content.decode()


def test_an_unknown_category_is_the_first_step_again(people, at, clock) -> None:
    assert at(people.agent).get("/desk/file/", {**FIRST, "category": "weather"}).status_code == 200
    assert at(people.agent).post("/desk/file/", {**FIRST, "category": "weather"}).status_code == 200
    assert not Ticket.objects.exists()
