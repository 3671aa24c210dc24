"""What is refused is a problem+json document, in the order of checks and in the reader's language."""

import json

import pytest
from rest_framework.test import APIClient

from api.tests.driving import ROOT, instant
from tickets.tests.making import filing, submitted

pytestmark = pytest.mark.django_db


@pytest.fixture
def ref(clock, as_, mei) -> str:
    clock("2026-03-10T20:52:00+08:00")
    return as_(mei).post(f"{ROOT}tickets/", filing(), format="json").json()["ref"]


def problem(response, status: int, code: str) -> dict:
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    body = response.json()
    assert {"type", "title", "status", "detail", "code"} <= body.keys()
    assert (body["status"], body["code"]) == (status, code)
    assert body["type"] == f"urn:supportdesk:problem:{code}"
    assert body["title"] and body["detail"]
    return body


def test_nobody_gets_401_with_the_way_in(as_, ref):
    response = as_().get(f"{ROOT}tickets/{ref}/")
    problem(response, 401, "unauthenticated")
    assert response["WWW-Authenticate"] == "Bearer"


def test_a_wrong_token_gets_401(as_, ref):
    client = as_()
    client.credentials(HTTP_AUTHORIZATION="Bearer nonsense")
    problem(client.get(f"{ROOT}tickets/"), 401, "unauthenticated")


def test_a_stranger_gets_404(as_, wang, ref):
    for path in ("", "timers/", "events/", "messages/", "evidence/"):
        problem(as_(wang).get(f"{ROOT}tickets/{ref}/{path}"), 404, "not_found")
    for path in ("actions/file/", "actions/nonsense/", "messages/", "evidence/"):
        problem(as_(wang).post(f"{ROOT}tickets/{ref}/{path}", {"kind": "order_number"}, format="json"), 404, "not_found")
    problem(as_(wang).patch(f"{ROOT}tickets/{ref}/", {}, format="json"), 404, "not_found")


def test_an_unknown_action_gets_404(as_, mei, ref):
    problem(as_(mei).post(f"{ROOT}tickets/{ref}/actions/fly/"), 404, "not_found")


def test_an_unknown_address_gets_a_problem(as_, mei):
    assert as_(mei).get(f"{ROOT}nothing/")["Content-Type"] == "application/problem+json"


def test_a_wrong_role_gets_403(as_, mei, lin, ref):
    problem(as_(mei).post(f"{ROOT}tickets/{ref}/actions/start_review/"), 403, "forbidden")
    problem(as_(lin).post(f"{ROOT}tickets/{ref}/actions/confirm_freeze/"), 403, "forbidden")
    problem(as_(mei).patch(f"{ROOT}tickets/{ref}/", {"assignee": "lin@example.com"}, format="json"), 403, "forbidden")


def test_an_admin_without_a_group_sees_no_ticket(as_, admin_person, ref):
    problem(as_(admin_person).get(f"{ROOT}tickets/{ref}/"), 404, "not_found")
    assert as_(admin_person).get(f"{ROOT}tickets/").json()["results"] == []


def test_a_wrong_method_gets_405(as_, mei, ref):
    response = as_(mei).put(f"{ROOT}tickets/{ref}/", {}, format="json")
    problem(response, 405, "method_not_allowed")
    assert "PATCH" in response["Allow"]


def test_another_format_gets_415(as_, mei):
    response = as_(mei).post(f"{ROOT}tickets/", b"<a/>", content_type="application/xml")
    problem(response, 415, "unsupported_media_type")


def test_a_body_too_large_gets_413(as_, mei, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    response = as_(mei).post(f"{ROOT}tickets/", json.dumps({"category": "x" * 200}), content_type="application/json")
    problem(response, 413, "too_large")


@pytest.mark.parametrize("raw", [b"{", b"[1]", b'"a"', b"null", b'{"a": NaN}', b'{"a": "\\ud800"}', b"\xff", b"[" * 5000])
def test_what_is_no_json_object_gets_400(as_, mei, ref, raw):
    for path in ("tickets/", f"tickets/{ref}/actions/refer_to_police/", f"tickets/{ref}/messages/", f"tickets/{ref}/evidence/"):
        body = problem(as_(mei).post(ROOT + path, raw, content_type="application/json"), 400, "invalid")
        assert body["errors"]


def test_patch_takes_an_object_too(as_, mei, ref):
    problem(as_(mei).patch(f"{ROOT}tickets/{ref}/", b"[1]", content_type="application/json"), 400, "invalid")


def test_a_broken_body_comes_after_404_403_and_409(as_, mei, wang, ref):
    def send(user, action):
        return as_(user).post(f"{ROOT}tickets/{ref}/actions/{action}/", b"{", content_type="application/json")

    problem(send(wang, "merge"), 404, "not_found")
    problem(send(mei, "merge"), 403, "forbidden")
    problem(send(mei, "supply_evidence"), 409, "WRONG_STATUS")
    problem(send(mei, "record_refund"), 400, "invalid")


def test_412_comes_before_409_and_400(as_, mei, ref):
    client = as_(mei)
    response = client.post(f"{ROOT}tickets/{ref}/actions/supply_evidence/", b"{", content_type="application/json", HTTP_IF_MATCH='"99"')
    problem(response, 412, "stale")


def test_fields_that_are_wrong_are_named(as_, mei):
    body = filing(
        amount="12.345", discovered_at="2026-03-10T20:40:00", nonsense=1, facts={"colour": "red", "auto_renewal": "maybe"}, lane="merchant"
    )
    errors = problem(as_(mei).post(f"{ROOT}tickets/", body, format="json"), 400, "invalid")["errors"]
    assert {"amount", "discovered_at", "nonsense", "facts.colour", "facts.auto_renewal", "facts"} <= errors.keys()


def test_the_future_and_the_order_of_times_are_refused(as_, mei, clock):
    clock("2026-03-10T20:52:00+08:00")
    late = filing(discovered_at="2026-03-10T20:53:00+08:00")
    assert "discovered_at" in problem(as_(mei).post(f"{ROOT}tickets/", late, format="json"), 400, "invalid")["errors"]
    swapped = filing(discovered_at="2026-03-10T20:00:00+08:00", incident_at="2026-03-10T20:01:00+08:00")
    assert "incident_at" in problem(as_(mei).post(f"{ROOT}tickets/", swapped, format="json"), 400, "invalid")["errors"]


def test_a_required_fact_is_named(as_, mei):
    errors = problem(as_(mei).post(f"{ROOT}tickets/", {"category": "withdrawal_anomaly"}, format="json"), 400, "invalid")["errors"]
    assert {"facts.requested_at", "facts.withdrawal_status"} <= errors.keys()


def test_a_missing_account_and_no_emergency(as_, mei):
    body = {"category": "mp_topup_stolen", "request_freeze": True}
    assert "account" in problem(as_(mei).post(f"{ROOT}tickets/", body, format="json"), 400, "invalid")["errors"]
    body = {"category": "withdrawal_restricted", "request_freeze": True, "account": "a:1380000"}
    problem(as_(mei).post(f"{ROOT}tickets/", body, format="json"), 409, "NOT_AN_EMERGENCY")
    assert as_(mei).post(f"{ROOT}tickets/", {**body, "not_me": True}, format="json").status_code == 201


def test_all_failing_guards_stand_in_blocked_by(as_, clock, mei):
    clock("2026-11-20T10:00:00+08:00")
    facts = {"deducted_at": "2026-11-20T09:30:00+08:00", "channel_status": "success", "platform_status": "pending"}
    ref = as_(mei).post(f"{ROOT}tickets/", {"category": "pay_failed_deducted", "facts": facts}, format="json").json()["ref"]
    body = problem(as_(mei).post(f"{ROOT}tickets/{ref}/actions/submit_appeal/"), 422, "MISSING_EVIDENCE")
    assert body["missing"] == ["order_number", "payment_voucher", "failure_prompt"]
    codes = [each["code"] for each in body["blocked_by"]]
    assert codes == ["MISSING_EVIDENCE", "STATEMENT_INCOMPLETE", "AUTO_REVERSAL_WAIT_RUNNING"]
    wait = body["blocked_by"][-1]
    assert instant(wait["available_from"]) == instant("2026-11-21T09:30:00+08:00")
    assert wait["available_from"].endswith("+08:00")


def test_the_words_follow_accept_language(as_, mei, wang, ref):
    def detail(language):
        return as_(wang).get(f"{ROOT}tickets/{ref}/", HTTP_ACCEPT_LANGUAGE=language).json()["detail"]

    assert "账户" in detail("zh-CN,zh;q=0.9")
    assert "account" in detail("en-GB,en;q=0.9")
    assert detail("fr") == detail("zh-hans")


def test_without_accept_language_the_readers_own_counts(as_, wang, ref):
    wang.language = "en"
    wang.save()
    assert "account" in as_(wang).get(f"{ROOT}tickets/{ref}/").json()["detail"]


def test_nobody_reviews_their_own_complaint(as_, clock, chen):
    clock("2026-03-10T20:52:00+08:00")
    own = submitted(chen)
    body = {"eta_at": "2026-03-12T18:00:00+08:00"}
    problem(as_(chen).post(f"{ROOT}tickets/{own.ref}/actions/start_review/", body, format="json"), 403, "CONFLICT_OF_INTEREST")


def test_answers_are_safe_for_a_browser(as_, mei, ref):
    response = as_(mei).get(f"{ROOT}tickets/{ref}/")
    assert response["Content-Type"] == "application/json"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, no-store"
    assert response["X-Frame-Options"] == "DENY"
    problem(as_(mei).get(f"{ROOT}tickets/?ordering=<script>alert(1)</script>"), 400, "invalid")


def test_what_never_was_a_number_is_no_fault_of_ours(as_, mei, ref):
    for path in ("evidence/99999999999999999999/", "evidence/99999999999999999999/content/"):
        problem(as_(mei).get(ROOT + path), 404, "not_found")
    assert as_(mei).get(f"{ROOT}tickets/%00/").status_code == 404
    assert as_(mei).get(f"{ROOT}tickets/?q=%00").status_code == 400


def test_a_session_without_csrf_token_is_403(mei, ref):
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(mei)
    assert client.get(f"{ROOT}tickets/{ref}/").status_code == 200
    problem(client.post(f"{ROOT}tickets/{ref}/actions/refer_to_police/"), 403, "forbidden")


def test_a_colleagues_program_hears_of_the_customer_and_the_customers_is_spoken_to(as_, ref, mei, lin):
    words = {}
    for person in (mei, lin):
        client = as_(person)
        for body in ({"target": "litigation"}, {"target": "litigation"}):
            told = client.post(f"{ROOT}tickets/{ref}/actions/escalate/", body, format="json", HTTP_ACCEPT_LANGUAGE="en").json()
        words[person] = told["detail"]
        assert told["code"] == "ALREADY_ESCALATED"
    assert words[mei].startswith("You have chosen this place already.")
    assert words[lin] == "The complaint is there already, or on its way."
    missing = as_(lin).get(f"{ROOT}tickets/TS-20200101-000001/", HTTP_ACCEPT_LANGUAGE="en").json()["detail"]
    assert missing == "There is nothing here under this reference, or nothing for this account to see."
