"""What is sent is never lost and never taken for something else: spellings of addresses, parameters, tags, methods, names of requests."""

import json
import logging
import re

import pytest
from django.test import Client
from django.urls import get_resolver

from api.authentication import make_token
from api.tests.driving import ROOT
from api.urls import urlpatterns
from supportdesk.logs import JSONFormatter
from tickets.models import Event, Message, Ticket
from tickets.tests.making import filing, under_review

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]
LISTS = (
    "categories/", "categories/mp_topup_stolen/", "escalation-targets/", "tickets/", "tickets/count/", "tickets/{ref}/",
    "tickets/{ref}/messages/", "tickets/{ref}/events/", "tickets/{ref}/timers/", "tickets/{ref}/evidence/", "tickets/{ref}/receipt/",
    "incidents/", "availability/", "availability/me/", "roster/", "reports/", "reports/backlog/", "webhooks/", "schema/", "docs/",
)  # fmt: skip


@pytest.fixture(autouse=True)
def now(clock):
    return clock("2026-03-10T20:52:00+08:00")


@pytest.fixture
def everybody(zhao, lin):
    """Somebody who may read everything but what is the admins'."""
    zhao.groups.add(*lin.groups.all())
    return zhao


@pytest.fixture
def reader_of(everybody, admin_person):
    return lambda path: admin_person if path == "webhooks/" else everybody


# ---- Spellings
def test_a_filing_without_the_last_slash_is_a_filing(as_, mei):
    made = as_(mei).post(f"{ROOT}tickets", filing(), format="json")
    assert made.status_code == 201
    ref = made.json()["ref"]
    assert as_(mei).patch(f"{ROOT}tickets/{ref}", {"demands": ["investigate"]}, format="json").json()["demands"] == ["investigate"]
    assert as_(mei).post(f"{ROOT}tickets/{ref}/messages", {"body": "还在吗？"}, format="json").status_code == 201
    assert as_(mei).get(f"{ROOT}tickets").json()["results"][0]["ref"] == ref
    assert Message.objects.get().body == "还在吗？"


def test_the_same_key_under_both_spellings_is_the_same_request(as_, mei):
    path = f"{ROOT}tickets"
    for address in (path, f"{path}/"):
        assert as_(mei).post(address, filing(), format="json", HTTP_IDEMPOTENCY_KEY="k").status_code == 201
    assert Ticket.objects.count() == 1


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete", "head", "options"])
def test_no_method_is_ever_redirected(as_, everybody, mei, method):
    ref = as_(mei).post(f"{ROOT}tickets/", filing(), format="json").json()["ref"]
    for address in {route.pattern._route.partition("<")[0].rstrip("/") for route in urlpatterns if hasattr(route.pattern, "_route")}:
        answer = getattr(as_(everybody), method)(f"{ROOT}{address}")
        assert not 300 <= answer.status_code < 400, address
    assert getattr(as_(everybody), method)(f"{ROOT}tickets/{ref}").status_code != 301


def test_what_a_browser_sends_is_not_lost_either(mei):
    """Django would redirect, and the browser would ask for the page instead."""
    client = Client()
    client.force_login(mei)
    named = [key for key in get_resolver().reverse_dict if key == "home"]
    assert client.post("/i18n/setlang", {"language": "en"}).status_code == 302, named
    assert client.cookies["django_language"].value == "en"
    assert client.get("/follow").status_code == 301
    assert client.post("/nothing/at/all").status_code == 404


def test_what_is_sent_by_http_is_led_to_https_with_what_was_sent(settings, as_):
    settings.SECURE_SSL_REDIRECT = True
    assert Client().post(f"{ROOT}tickets/").status_code == 308
    assert Client().get(f"{ROOT}categories/").status_code == 301


# ---- Parameters
@pytest.mark.parametrize("path", LISTS)
def test_an_unknown_parameter_is_named(as_, reader_of, mei, path):
    ref = as_(mei).post(f"{ROOT}tickets/", filing(), format="json").json()["ref"]
    path = path.format(ref=ref)
    reader = reader_of(path)
    assert as_(reader).get(ROOT + path).status_code == 200
    refused = as_(reader).get(f"{ROOT}{path}?staus=closed")
    assert refused.status_code == 400
    assert set(refused.json()["errors"]) == {"staus"}


def test_no_address_that_is_read_lets_a_misspelt_parameter_pass(as_, reader_of, mei):
    """Every one there is, derived from the addresses: what answers to its plain spelling refuses a parameter that nobody knows."""
    made = as_(mei).post(f"{ROOT}tickets/", filing(), format="json").json()
    said = {"kind": "cs_conversation", "text": "客服说三天内退款。"}
    item = as_(mei).post(f"{ROOT}tickets/{made['ref']}/evidence/", said, format="json").json()
    known = {"ref": made["ref"], "key": "mp_topup_stolen", "item_id": str(item["id"])}
    read = set()
    for route in urlpatterns:
        if not hasattr(route.pattern, "_route") or not hasattr(getattr(route.callback, "view_class", None), "get"):
            continue
        path = re.sub(r"<(?:\w+:)?(\w+)>", lambda name: known.get(name[1], "1"), route.pattern._route)
        reader = as_(reader_of("webhooks/" if path.startswith("webhooks") else path))
        if reader.get(ROOT + path).status_code == 200:
            refused = reader.get(f"{ROOT}{path}?staus=closed")
            assert (refused.status_code, set(refused.json()["errors"])) == (400, {"staus"}), path
            read.add(path)
    assert len(read) >= 18, read


def test_what_is_sent_takes_no_parameter(as_, mei):
    refused = as_(mei).post(f"{ROOT}tickets/?dry_run=1", filing(), format="json")
    assert (refused.status_code, set(refused.json()["errors"])) == (400, {"dry_run"})
    assert not Ticket.objects.exists()


@pytest.mark.parametrize(
    "query",
    [
        "status=done", "status=closed,done", "stage=x", "category=nonsense", "waiting_on=me", "lane=fast", "assignee=lin", "breached=maybe",
        "due_before=tomorrow", "updated_after=2026-03-10T10:00:00", "ordering=name", "page_size=0", "cursor=x", "status=", "status=%20",
        "ordering=due_at&ordering=amount",
    ],
)  # fmt: skip
def test_a_wrong_value_is_named(as_, lin, query):
    name = query.partition("=")[0]
    for path in ("tickets/", "tickets/count/"):
        if path == "tickets/count/" and name in ("ordering", "page_size", "cursor"):
            continue
        refused = as_(lin).get(f"{ROOT}{path}?{query}")
        assert (refused.status_code, set(refused.json()["errors"])) == (400, {name})


@pytest.mark.parametrize("query", ["status=closed,frozen&status=resolved", "category=mp_topup_stolen", "assignee=me", "q="])
def test_a_right_value_is_taken(as_, lin, query):
    assert as_(lin).get(f"{ROOT}tickets/?{query}").status_code == 200


def test_who_asks_what_nobody_may_is_told_that_first(as_, mei):
    assert as_().get(f"{ROOT}tickets/?staus=closed").status_code == 401
    assert as_(mei).get(f"{ROOT}nothing/?staus=closed").status_code == 404


# ---- Versions
def test_what_is_known_already_is_not_sent_again(as_, mei):
    made = as_(mei).post(f"{ROOT}tickets/", filing(), format="json")
    path = f"{ROOT}tickets/{made.json()['ref']}/"
    for known in (made["ETag"], f"W/{made['ETag']}", f'"0", {made["ETag"]}', "*"):
        answer = as_(mei).get(path, HTTP_IF_NONE_MATCH=known)
        assert (answer.status_code, answer.content, answer["ETag"]) == (304, b"", made["ETag"])
    assert as_(mei).get(path, HTTP_IF_NONE_MATCH='"0"').status_code == 200
    as_(mei).patch(path, {"demands": ["investigate"]}, format="json")
    assert as_(mei).get(path, HTTP_IF_NONE_MATCH=made["ETag"]).status_code == 200


def test_what_the_clock_has_moved_is_sent_though_no_sweep_has_come_by(as_, mei, clock):
    facts = {"deducted_at": "2026-03-10T20:30:00+08:00", "channel_status": "success", "platform_status": "pending"}
    made = as_(mei).post(f"{ROOT}tickets/", {"category": "pay_failed_deducted", "facts": facts}, format="json")
    clock("2026-03-11T20:31:00+08:00")
    answer = as_(mei).get(f"{ROOT}tickets/{made.json()['ref']}/", HTTP_IF_NONE_MATCH=made["ETag"])
    assert (answer.status_code, answer.json()["status"]) == (200, "evidence_collection")


def test_a_list_has_a_tag_of_its_own(as_, mei):
    first = as_(mei).get(f"{ROOT}tickets/")
    assert as_(mei).get(f"{ROOT}tickets/", HTTP_IF_NONE_MATCH=first["ETag"]).status_code == 304
    as_(mei).post(f"{ROOT}tickets/", filing(), format="json")
    assert as_(mei).get(f"{ROOT}tickets/", HTTP_IF_NONE_MATCH=first["ETag"]).status_code == 200


def test_a_correction_that_changes_nothing_changes_no_version(as_, mei, lin):
    body = filing(demands=["refund"])
    made = as_(mei).post(f"{ROOT}tickets/", body, format="json")
    path, events = f"{ROOT}tickets/{made.json()['ref']}/", Event.objects.count()
    same = {name: body[name] for name in ("facts", "statement", "demands", "order_numbers") if name in body}
    for who, said in ((mei, {}), (mei, same), (lin, {"amount": made.json()["amount"], "tags": [], "complained_about": []})):
        answer = as_(who).patch(path, said, format="json", HTTP_IF_MATCH=made["ETag"])
        assert (answer.status_code, answer["ETag"]) == (200, made["ETag"]), answer.json()
    assert Event.objects.count() == events
    moved = as_(lin).patch(path, {"assignee": lin.email}, format="json", HTTP_IF_MATCH=made["ETag"])
    assert moved["ETag"] != made["ETag"]
    assert as_(lin).patch(path, {"assignee": lin.email}, format="json")["ETag"] == moved["ETag"]


# ---- Names of requests, limits, scopes, methods
def test_a_request_has_a_name(as_, mei):
    assert as_(mei).get(f"{ROOT}tickets/", HTTP_X_REQUEST_ID="wallet-7:abc")["X-Request-Id"] == "wallet-7:abc"
    made = as_(mei).get(f"{ROOT}tickets/")["X-Request-Id"]
    assert len(made) == 32
    for strange in ('a"b', "a\nb", "x" * 200, "", "名"):
        assert as_(mei).get(f"{ROOT}nothing/", HTTP_X_REQUEST_ID=strange)["X-Request-Id"] != strange


def test_the_name_stands_in_the_log(as_, mei, settings, capsys):
    handler = logging.StreamHandler()
    handler.setFormatter(JSONFormatter())
    from lib.request_id import RequestIdFilter

    handler.addFilter(RequestIdFilter())
    logger = logging.getLogger("django.request")
    logger.addHandler(handler)
    try:
        as_(mei).get(f"{ROOT}nothing/", HTTP_X_REQUEST_ID="wallet-8")
    finally:
        logger.removeHandler(handler)
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines() if line.startswith("{")]
    assert [line["request_id"] for line in lines] == ["wallet-8"]


def test_every_answer_says_how_much_is_left(as_, mei, settings):
    settings.THROTTLE_USER, settings.THROTTLE_ADDRESS = "3/min", "100/min"
    told = [as_(mei).get(f"{ROOT}tickets/") for _ in range(4)]
    assert [(answer["RateLimit-Limit"], answer["RateLimit-Remaining"]) for answer in told] == [
        ("3", "2"),
        ("3", "1"),
        ("3", "0"),
        ("3", "0"),
    ]
    assert all(0 < int(answer["RateLimit-Reset"]) <= 60 for answer in told)
    assert told[-1].status_code == 429
    assert told[-1]["Retry-After"] == told[-1]["RateLimit-Reset"]
    for answer in (
        as_().get(f"{ROOT}tickets/"),
        as_().get(f"{ROOT}nothing/"),
        as_().get(f"{ROOT}schema/"),
        as_().options(f"{ROOT}tickets/"),
    ):
        assert "RateLimit-Remaining" in answer.headers, answer.status_code


def test_a_token_that_may_not_write_is_told_so(mei):
    client = Client(headers={"authorization": f"Bearer {make_token(mei, 'p', ['read'])[1]}"})
    refused = client.post(f"{ROOT}tickets/", filing(), content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    assert refused["WWW-Authenticate"] == 'Bearer error="insufficient_scope", scope="tickets:file"'
    assert client.get(f"{ROOT}tickets/").status_code == 200


def test_options_says_what_an_address_can_do(as_, mei, chen):
    answer = as_().options(f"{ROOT}tickets/")
    assert (answer.status_code, answer.content) == (204, b"")
    assert {each.strip() for each in answer["Allow"].split(",")} == {"GET", "POST", "HEAD", "OPTIONS"}
    assert "Access-Control-Allow-Origin" not in answer.headers
    ticket = under_review(mei, chen)
    assert as_().options(f"{ROOT}tickets/{ticket.ref}/actions/approve").status_code == 204
