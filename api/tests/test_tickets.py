"""Filing, reading, correcting and acting through the API."""

import pytest

from accounts.models import User
from api.tests.driving import ROOT, SYMPTOM, Desk, instant
from tickets.models import Event, Tag, Ticket
from tickets.operations import perform, start_draft
from tickets.tests.making import approval, filing, under_review

pytestmark = pytest.mark.django_db
NEVER_IN_LISTS = {"timers", "allowed_actions", "checklist", "decision", "escalations"}
CONTRACT = {
    "ref", "category", "stage", "status", "waiting_on", "lane", "refund_tier", "late_claim", "police_cooperation", "liability_uncertain",
    "responsible_parties", "routing", "complained_about", "amount", "currency", "incident_at", "discovered_at", "reported_at", "facts",
    "statement", "demands", "policy_version", "assignee", "breached_timers", "due_at", "freeze", "checklist", "decision", "escalations",
    "timers", "allowed_actions",
}  # fmt: skip


@pytest.fixture(autouse=True)
def now(clock):
    clock("2026-03-10T20:52:00+08:00")


def test_filing_answers_with_the_ticket_of_the_contract(as_, mei):
    response = as_(mei).post(f"{ROOT}tickets/", filing(amount="1280.00", request_freeze=True, account="douyin:13800000000"), format="json")
    ticket = response.json()
    assert response.status_code == 201
    assert response["Location"] == f"/api/v1/tickets/{ticket['ref']}/"
    assert response["ETag"] == f'"{ticket["version"]}"'
    assert ticket.keys() >= CONTRACT
    assert (ticket["amount"], ticket["currency"], ticket["policy_version"]) == ("1280.00", "CNY", "2026.2")
    assert ticket["reported_at"] == "2026-03-10T20:52:00+08:00"
    assert ticket["freeze"].keys() >= {"id", "state", "origin", "within_1h_of_discovery"}
    assert ticket["freeze"]["state"] == "requested"
    assert ticket["account"] == "douyin:138****0000"
    assert "13800000000" not in response.content.decode()
    assert ticket["checklist"][0].keys() >= {"kind", "required", "min", "have", "state"}
    assert ticket["timers"][0].keys() >= {"key", "started_at", "due_at", "state", "stopped_at", "warn_at", "provisional"}
    assert "cycle" not in ticket["timers"][0]


def test_submit_true_files_and_submits_or_does_nothing(as_, mei):
    lacking = as_(mei).post(f"{ROOT}tickets/", filing("withdrawal_restricted", submit=True), format="json")
    assert (lacking.status_code, lacking.json()["code"]) == (422, "MISSING_EVIDENCE")
    assert not Ticket.objects.exists()


def test_an_agent_files_for_a_caller(as_, lin, mei):
    body = filing(on_behalf_of="Granny@Example.com", channel="phone")
    ticket = as_(lin).post(f"{ROOT}tickets/", body, format="json").json()
    assert (ticket["owner"], ticket["channel"]) == ("granny@example.com", "phone")
    assert User.objects.get(email="granny@example.com").tickets.get().filed_by == lin
    assert as_(mei).post(f"{ROOT}tickets/", body, format="json").status_code == 403


def test_a_list_is_scoped_and_without_the_expensive_parts(as_, mei, wang, lin):
    for owner in (mei, wang):
        as_(owner).post(f"{ROOT}tickets/", filing(), format="json")
    start_draft(mei, filing())
    assert {row["owner"] for row in as_(wang).get(f"{ROOT}tickets/").json()["results"]} == {"wang@example.com"}
    assert {row["status"] for row in as_(mei).get(f"{ROOT}tickets/").json()["results"]} == {"evidence_collection", "draft"}
    rows = as_(lin).get(f"{ROOT}tickets/").json()["results"]
    assert [row["status"] for row in rows] == ["evidence_collection", "evidence_collection"]
    assert not NEVER_IN_LISTS & rows[0].keys()
    assert rows[0].keys() >= CONTRACT - NEVER_IN_LISTS


def test_the_count_takes_the_same_filters(as_, mei):
    for amount in ("10.00", "20.00"):
        as_(mei).post(f"{ROOT}tickets/", filing(amount=amount), format="json")
    assert as_(mei).get(f"{ROOT}tickets/count/").json() == {"count": 2}
    assert as_(mei).get(f"{ROOT}tickets/count/?status=closed").json() == {"count": 0}
    assert as_(mei).get(f"{ROOT}tickets/count/?status=flying").status_code == 400


@pytest.fixture
def three(as_, clock, mei, chen) -> dict[str, str]:
    """A theft frozen an hour ago (its clock breached), a merchant's case under review, a restricted withdrawal."""
    clock("2026-03-10T09:00:00+08:00")
    frozen = filing(request_freeze=True, account="a:13800000001", amount="500.00")
    theft = as_(mei).post(f"{ROOT}tickets/", frozen, format="json").json()["ref"]
    clock("2026-03-10T10:30:00+08:00")
    merchant = under_review(mei, chen, amount="20.00").ref
    statement = {"occurred_at": "2026-03-09T10:00:00+08:00", "symptom": f"账户提现功能突然不可用。{SYMPTOM}"}
    restricted = filing("withdrawal_restricted", amount="300.00", statement=statement)
    other = as_(mei).post(f"{ROOT}tickets/", {**restricted, "order_numbers": []}, format="json").json()["ref"]
    return {theft: "theft", merchant: "merchant", other: "restricted"}


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("status=freeze_pending", {"theft"}),
        ("status=freeze_pending,under_review", {"theft", "merchant"}),
        ("status=freeze_pending&status=under_review", {"theft", "merchant"}),
        ("stage=appeal", {"merchant"}),
        ("category=withdrawal_restricted", {"restricted"}),
        ("assignee=chen@example.com", {"merchant"}),
        ("assignee=none", {"theft", "restricted"}),
        ("waiting_on=customer", {"restricted"}),
        ("lane=merchant", {"merchant"}),
        ("breached=true", {"theft"}),
        ("breached=false", {"merchant", "restricted"}),
        ("due_before=2026-03-10T10:30:00%2B08:00", {"theft"}),
        ("due_after=2026-03-11T00:00:00+08:00", {"merchant", "restricted"}),
        ("created_after=2026-03-10T10:30:00%2B08:00", {"merchant", "restricted"}),
        ("created_before=2026-03-10T02:30:00Z", {"theft"}),
        ("q=提现功能", {"restricted"}),
        ("q=202603100001234", {"theft", "merchant"}),
        ("q=mei", {"theft", "merchant", "restricted"}),
        ("q=nobody", set()),
        ("status=freeze_pending&category=withdrawal_restricted", set()),
    ],
)
def test_filters(as_, lin, three, query, wanted):
    response = as_(lin).get(f"{ROOT}tickets/?{query}")
    assert response.status_code == 200, response.json()
    assert {three[row["ref"]] for row in response.json()["results"]} == wanted


def test_a_breach_shows_before_any_sweep_has_seen_it(as_, lin, three):
    row = next(row for row in as_(lin).get(f"{ROOT}tickets/").json()["results"] if three[row["ref"]] == "theft")
    assert row["breached_timers"] == ["freeze_exec"]


@pytest.mark.parametrize(
    "query", ["status=x", "lane=x", "breached=maybe", "due_before=2026-03-10T10:00:00", "created_after=soon", "ordering=id"]
)
def test_a_wrong_filter_is_named(as_, lin, query):
    response = as_(lin).get(f"{ROOT}tickets/?{query}")
    assert response.status_code == 400
    assert query.partition("=")[0] in response.json()["errors"]


def test_the_owner_corrects_until_the_appeal_is_in(as_, mei):
    ref = as_(mei).post(f"{ROOT}tickets/", filing("billing_duplicate"), format="json").json()["ref"]
    body = {"facts": {"times_charged": 2}, "statement": {"amount": "99.00"}, "demands": ["refund", "statement"]}
    ticket = as_(mei).patch(f"{ROOT}tickets/{ref}/", body, format="json").json()
    assert ticket["facts"] == {"times_charged": 2}
    assert (ticket["statement"]["amount"], ticket["demands"]) == ("99.00", ["refund", "statement"])
    assert as_(mei).patch(f"{ROOT}tickets/{ref}/", {"colour": "red"}, format="json").status_code == 400


def test_an_agent_assigns_and_classifies(as_, mei, lin, chen):
    ref = as_(mei).post(f"{ROOT}tickets/", filing(), format="json").json()["ref"]
    body = {"assignee": "chen@example.com", "responsible_parties": ["channel"]}
    ticket = as_(lin).patch(f"{ROOT}tickets/{ref}/", body, format="json").json()
    assert (ticket["assignee"], ticket["responsible_parties"]) == ("chen@example.com", ["channel"])
    wrong = as_(lin).patch(f"{ROOT}tickets/{ref}/", {"assignee": "mei@example.com"}, format="json")
    assert "assignee" in wrong.json()["errors"]


def test_an_etag_guards_against_lost_updates(as_, mei):
    filed = as_(mei).post(f"{ROOT}tickets/", filing(), format="json")
    address, tag = filed["Location"], filed["ETag"]
    assert as_(mei).get(address)["ETag"] == tag
    changed = as_(mei).patch(address, {"demands": ["investigate"]}, format="json", HTTP_IF_MATCH=tag)
    assert changed.status_code == 200
    assert changed["ETag"] != tag
    for stale in (tag, f"W/{tag}", '"nonsense"'):
        assert as_(mei).patch(address, {"demands": ["refund"]}, format="json", HTTP_IF_MATCH=stale).status_code == 412
        assert as_(mei).post(f"{address}actions/refer_to_police/", HTTP_IF_MATCH=stale).status_code == 412
    for fresh in (changed["ETag"], "*"):
        assert as_(mei).post(f"{address}actions/refer_to_police/", HTTP_IF_MATCH=fresh).status_code == 200


def test_time_alone_does_not_change_the_etag(as_, mei, clock):
    filed = as_(mei).post(f"{ROOT}tickets/", filing(), format="json")
    clock("2026-03-20T00:00:00+08:00")
    assert as_(mei).get(filed["Location"])["ETag"] == filed["ETag"]
    assert as_(mei).get(filed["Location"]).json()["breached_timers"] == ["first_response"]


def test_reading_changes_nothing(as_, mei, clock):
    address = as_(mei).post(f"{ROOT}tickets/", filing(), format="json")["Location"]
    clock("2026-05-20T00:00:00+08:00")
    before = Ticket.objects.values().get(), list(Event.objects.values())
    assert as_(mei).get(address).json()["status"] == "closed"
    as_(mei).get(f"{address}timers/")
    as_(mei).get(f"{ROOT}tickets/")
    assert (Ticket.objects.values().get(), list(Event.objects.values())) == before


def test_a_group_given_meanwhile_counts_at_the_next_request(as_, mei, wang):
    from django.contrib.auth.models import Group

    ref = as_(mei).post(f"{ROOT}tickets/", filing(), format="json").json()["ref"]
    client = as_(wang)
    assert client.get(f"{ROOT}tickets/{ref}/").status_code == 404
    wang.groups.add(Group.objects.get(name="agents"))
    assert client.get(f"{ROOT}tickets/{ref}/").status_code == 200
    wang.groups.clear()
    assert client.get(f"{ROOT}tickets/{ref}/").status_code == 404


def test_a_decision_that_waits_is_the_desks_secret(as_, mei, chen, zhao):
    ref = under_review(mei, chen, amount="3000.00").ref
    address = f"{ROOT}tickets/{ref}/"
    decided = as_(chen).post(f"{address}actions/approve/", approval(), format="json").json()
    assert decided["status"] == "under_review"
    assert decided["decision"]["state"] == "awaiting_countersignature"
    assert decided["decision"]["remedies"][0].items() >= {"kind": "refund_full", "amount": "3000.00"}.items()
    assert as_(mei).get(address).json()["decision"] is None
    assert as_(chen).post(f"{address}actions/countersign/").status_code == 403
    effective = as_(zhao).post(f"{address}actions/countersign/").json()
    assert (effective["status"], effective["decision"]["state"]) == ("remedy_pending", "effective")
    assert as_(mei).get(address).json()["decision"]["verdict"] == "approved"


def test_to_a_colleague_who_complains_it_is_a_secret_too(as_, lin, chen, zhou):
    ticket = under_review(lin, chen, amount="3000.00")
    ticket.complained_about.add(zhou)
    perform(chen, ticket.ref, "approve", approval())
    for viewer, decided, about in ((chen, True, [zhou.email]), (lin, False, [])):
        body = as_(viewer).get(f"{ROOT}tickets/{ticket.ref}/").json()
        assert (body["decision"] is not None, body["complained_about"]) == (decided, about)


def test_allowed_actions_are_those_of_the_viewers_roles(desk: Desk):
    desk.file(filing(request_freeze=True, account="a:13800000001"))

    def actions(actor):
        return {entry["action"]: entry for entry in desk.ticket(actor)["allowed_actions"]}

    assert "confirm_freeze" not in actions("user")
    assert actions("operator")["confirm_freeze"]["allowed"] is True
    blocked = actions("user")["submit_appeal"]
    assert (blocked["allowed"], blocked["blocked_by"][0]["code"]) == (False, "MISSING_EVIDENCE")
    targets = {each["target"]: each for each in actions("user")["escalate"]["targets"]}
    assert targets["police"]["allowed"] is True
    assert targets["l1_internal"].keys() == {"target", "allowed", "blocked_by", "available_from"}


def test_a_key_that_ran_twice_carries_its_cycle(desk: Desk):
    desk.file({"category": "after_sale"})
    desk.act("route_after_sale", {"reason": "商家处理"}, "agent")
    desk.act("reopen", {"reason": "不是售后"})
    assert [timer["cycle"] for timer in desk.timers("abandoned")] == [1, 2]
    assert "cycle" not in desk.timers("claim_limit")[0]


def test_times_stand_in_the_zone_of_the_desk(desk: Desk):
    ticket = desk.file(filing(discovered_at="2026-03-10T12:00:00Z"))
    assert ticket["discovered_at"] == "2026-03-10T20:00:00+08:00"
    assert instant(ticket["due_at"]) == instant("2026-03-11T20:52:00+08:00")


def test_tags_are_the_desk_s_to_see_and_to_change(as_, mei, lin):
    Tag.objects.create(name="press")
    ref = as_(mei).post(f"{ROOT}tickets/", filing(), format="json").json()["ref"]
    address = f"{ROOT}tickets/{ref}/"
    assert as_(lin).patch(address, {"tags": ["press"]}, format="json").json()["tags"] == ["press"]
    assert as_(mei).get(address).json()["tags"] == []
    assert as_(lin).get(f"{ROOT}tickets/").json()["results"][0]["tags"] == ["press"]
    assert as_(mei).patch(address, {"tags": []}, format="json").status_code == 403
    assert as_(lin).patch(address, {"tags": ["nothing"]}, format="json").status_code == 400
    assert as_(lin).patch(address, {"tags": []}, format="json").json()["tags"] == []


@pytest.mark.parametrize("amount", ["1e9999999", "-1e9999999", "1e-9999999", "NaN", "Infinity", "9" * 400])
def test_an_amount_beyond_counting_is_refused_at_its_field(amount, as_, mei):
    for raw in (filing(amount=amount), filing(statement={**filing()["statement"], "amount": amount})):
        refused = as_(mei).post(f"{ROOT}tickets/", raw, format="json")
        assert (refused.status_code, "amount" in refused.content.decode()) == (400, True)
    assert not Ticket.objects.exists()


def test_a_list_is_narrowed_by_respondent_by_key_or_name(as_, mei):
    for respondent in ("alipay", "XX卡盟", ""):
        assert (
            as_(mei).post(f"{ROOT}tickets/", filing(**({"respondent": respondent} if respondent else {})), format="json").status_code == 201
        )
    for asked, found in (("alipay", ["alipay"]), ("支付宝", ["alipay"]), ("XX卡盟", ["XX卡盟"]), ("nobody", [])):
        rows = as_(mei).get(f"{ROOT}tickets/", {"respondent": asked}).json()["results"]
        assert [row["respondent"] for row in rows] == found
    assert [row["respondent"] for row in as_(mei).get(f"{ROOT}tickets/").json()["results"]] == [None, "XX卡盟", "alipay"]


@pytest.mark.parametrize(
    "wrong", [{"issuer": "douyin_mp", "number": "12"}, {"issuer": "wechat_txn", "number": "四二"}, {"issuer": "shop", "number": "A-1000"}]
)
def test_a_wrong_order_number_never_stops_a_freeze(wrong, as_, mei):
    right = {"issuer": "other", "number": "POS20260403001"}
    body = {"category": "mp_topup_stolen", "account": "douyin:13800000000", "order_numbers": [wrong, right]}
    assert as_(mei).post(ROOT + "tickets/", body, format="json").status_code == 400
    answer = as_(mei).post(ROOT + "tickets/", {**body, "request_freeze": True}, format="json")
    assert (answer.status_code, answer.json()["status"]) == (201, "freeze_pending")
    ticket = Ticket.objects.get(ref=answer.json()["ref"])
    assert [order.number for order in ticket.order_references.all()] == [right["number"]]
    assert ticket.events.get(kind="filed").data["orders_set_aside"] == [wrong["number"]]
