"""The acceptance scenarios, event by event through the API in frozen time."""

import json
import re
from pathlib import Path

import pytest

import tickets.tests
from api.tests.driving import FINDING, SYMPTOM, Desk, instant
from tickets.incidents import announce, open_incident
from tickets.tests.cast import person

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]
SCENARIOS = {
    scenario["id"]: scenario
    for scenario in json.loads((Path(tickets.tests.__file__).parent / "data" / "scenarios.json").read_text())["scenarios"]
}
TASKS = ("password_changed", "two_factor_on", "devices_checked", "cards_checked")
APPROVED = {**FINDING, "answers": {"refund": "同意退款，原路退回。"}}


def said(occurred_at: str, amount: str) -> dict:
    return {"occurred_at": occurred_at, "amount": amount, "symptom": SYMPTOM}


def statuses_of(scenario: dict, desk: Desk, moment: str) -> None:
    for wanted in scenario["expect"].get("statuses", []):
        if instant(wanted["at"]) == instant(moment):
            desk.check_status(wanted)


def files(event: dict, *without: str) -> list[str]:
    return [kind for kind in event["evidence"] if kind not in ("order_number", "written_statement", *without)]


def test_s01_frozen_within_the_hour_appealed_within_48_hours_and_refunded(desk: Desk) -> None:
    scenario = SCENARIOS["S01"]
    given, events = scenario["given"], scenario["events"]
    desk.people["user"].real_name_match = True
    desk.people["user"].save()
    desk.at(events[0]["at"]).file(
        {
            "category": "mp_topup_stolen",
            "request_freeze": True,
            "account": "douyin:138****0000",
            "amount": given["amount_cny"],
            "incident_at": given["incident_at"],
            "discovered_at": given["discovered_at"],
            "facts": {"third_party_topup": given["third_party_topup"]},
        }
    )
    statuses_of(scenario, desk, events[0]["at"])
    for event in events[1:]:
        desk.at(event["at"])
        s01_step(desk, event, given)
        desk.tick()
        statuses_of(scenario, desk, event["at"])
    for wanted in scenario["expect"]["timers"]:
        desk.check_timer(wanted)
    flags = scenario["expect"]["flags"]
    ticket = desk.ticket()
    assert {name: ticket[name] for name in ("refund_tier", "police_cooperation", "late_claim")} == {
        name: flags[name] for name in ("refund_tier", "police_cooperation", "late_claim")
    }
    assert ticket["freeze"]["within_1h_of_discovery"] is flags["frozen_within_1h_of_discovery"]


def s01_step(desk: Desk, event: dict, given: dict) -> None:
    action = event["action"]
    if action == "reply":
        desk.reply("2026-03-13T18:00:00+08:00")
    elif action == "submit_appeal":
        desk.upload_all(files(event))
        desk.upload("order_number", text=given["order_no"], issuer="douyin_mp")
        desk.upload("written_statement", occurred_at=given["incident_at"], amount=given["amount_cny"])
        desk.act("submit_appeal")
    elif action == "approve":
        desk.act("approve", {**APPROVED, "remedies": [{"kind": event["remedy"]}]}, "agent")
        assert desk.ticket("agent")["decision"]["state"] == "awaiting_countersignature"
        assert desk.ticket("user")["decision"] is None
        desk.act("countersign", {}, event["second_approver"])
    elif action == "request_lift":
        for task in TASKS:
            desk.act("tick_security_task", {"task": task})
        desk.act("request_lift")
    elif action == "lift_freeze":
        desk.act("lift_freeze", {"note": "已电话核实本人"}, "agent")
    else:
        body = {"confirm_freeze": {"reference": "F-1"}, "confirm_remedy": {"reference": "R-1"}}.get(action, {})
        desk.act(action, body, event["actor"])


@pytest.mark.parametrize("variant", SCENARIOS["S02"]["variants"], ids=lambda variant: variant["id"])
def test_s02_the_48_hours_end_at_their_very_second(desk: Desk, variant: dict) -> None:
    scenario = SCENARIOS["S02"]
    given, (freeze, confirm, incomplete) = scenario["given"], scenario["events"]
    order = {"issuer": "douyin_mp", "number": "202607010001234"}
    desk.at(freeze["at"]).file(
        {
            "category": "mp_topup_stolen",
            "request_freeze": True,
            "account": "douyin:138****0000",
            "amount": given["amount_cny"],
            "discovered_at": given["discovered_at"],
            "order_numbers": [order],
            "statement": said("2026-07-01T08:00:00+08:00", given["amount_cny"]),
            "demands": ["refund"],
        }
    )
    desk.at(confirm["at"]).act("confirm_freeze", {"reference": "F-2"}, "agent")
    desk.at(incomplete["at"]).upload_all(["transaction_screenshot"])
    refusal = desk.act("submit_appeal", expect=incomplete["expected_http"])
    guard = scenario["expect"]["guards"][0]
    assert refusal["code"] == guard["error"]
    assert sorted(refusal["missing"]) == sorted(guard["missing"])
    assert desk.ticket()["status"] == guard["status_unchanged"]
    assert desk.ticket()["refund_tier"] is None

    desk.at(variant["submit_complete_at"]).upload_all(guard["missing"])
    desk.act("submit_appeal", expect=variant["expected_http"])
    ticket = desk.ticket()
    assert (ticket["refund_tier"], ticket["police_cooperation"]) == (variant["refund_tier"], variant["police_cooperation"])
    for wanted in scenario["expect"]["timers"]:
        moved = {"started_at": variant["submit_complete_at"]} if wanted["timer"].startswith("review_") else {}
        desk.check_timer({**wanted, **moved})


def test_s04_a_double_charge_before_the_spring_festival(desk: Desk) -> None:
    scenario = SCENARIOS["S04"]
    given, events, expect = scenario["given"], scenario["events"], scenario["expect"]
    desk.at(events[0]["at"]).file(
        {
            "category": "billing_duplicate",
            "amount": given["amount_each_cny"],
            "order_numbers": [{"issuer": "other", "number": given["orders"][0]}, {"issuer": "wechat_txn", "number": given["orders"][1]}],
            "facts": {
                "payee_display": given["payee_display"],
                "times_charged": given["charged_times"],
                "times_delivered": given["delivered_times"],
            },
            "statement": said("2026-02-12T10:00:00+08:00", given["amount_each_cny"]),
            "demands": ["refund"],
        }
    )
    assert desk.ticket()["responsible_parties"] == given["responsible_parties"]
    desk.upload_all(files(events[0]))
    desk.act("submit_appeal")
    desk.at(events[1]["at"]).reply("2026-02-27T18:00:00+08:00")
    desk.at(events[2]["at"]).act("start_review", {}, "agent")
    desk.at(events[3]["at"]).tick()
    remedies = [{"kind": events[3]["remedy"], "amount": events[3]["amount_cny"]}]
    assert desk.act("approve", {**APPROVED, "remedies": remedies}, "agent")["status"] == "remedy_pending"
    for wanted in expect["timers"]:
        desk.check_timer(wanted)
    assert expect["flags"] == {"review_target_missed": True, "review_breached": False}
    assert desk.ticket()["breached_timers"] == ["review_target"]


def test_s06_a_day_of_faults_many_reports_become_one_incident(desk: Desk) -> None:
    """Whole: five reports, the suggestion at the fifth, the link, one notice as everybody's first response, the reversal."""
    scenario = SCENARIOS["S06"]
    given, events, expect = scenario["given"], scenario["events"], scenario["expect"]
    facts = {name: given[name] for name in ("deducted_at", "channel_status", "platform_status")}
    body = {"category": scenario["category"], "amount": given["amount_cny"], "facts": {**facts, "pay_method": given["channel"]}}
    others = s06_reports(desk, events, body, expect)
    incident = s06_incident(desk, events, given)
    linked = desk.ticket()["incident"]
    assert (linked["ref"], linked["state"], linked["title"]) == (incident["ref"], "open", "支付宝付款失败但已扣款")
    desk.at("2026-11-11T15:45:00+08:00").act("record_refund", {"amount": given["amount_cny"], "reference": "Z-1"}, "system")
    statuses_of(scenario, desk, "2026-11-11T15:45:00+08:00")
    desk.at("2026-11-19T00:00:01+08:00").tick()
    statuses_of(scenario, desk, "2026-11-19T00:00:01+08:00")
    for wanted in expect["timers"]:
        desk.check_timer(wanted)
    assert instant(desk.timers("first_response")[0]["stopped_at"]) == instant(events[3]["at"])
    assert expect["flags"] == {"problem_linked": True, "tickets_in_problem": 5, "no_review_timer_started": True}
    assert not [*desk.timers("review_limit"), *desk.timers("review_target")]
    for other in others:  # their clocks are their own: answered with the first, not refunded with it
        desk.ref = other
        assert desk.timers("first_response", "agent")[0]["state"] == "met"
        assert desk.timers("auto_reversal_wait", "agent")[0]["state"] == "expired"
        assert desk.ticket("agent")["status"] == "evidence_collection"


def s06_reports(desk: Desk, events: list[dict], body: dict, expect: dict) -> list[str]:
    """The first is the user's. Four more by four others; nothing is suggested before the fifth."""
    desk.at(events[0]["at"]).file(body)
    desk.check_status({**expect["statuses"][0]})
    assert desk.ticket()["routing"] == "wait"
    first, others = desk.ref, []
    for number, minute in enumerate((22, 25, 31, 38)):
        desk.at(f"2026-11-11T15:{minute}:00+08:00")
        assert not desk.listed("agent", "incidents/")
        name = f"user{number}"
        desk.join(name, person(f"{name}@example.com"))
        others.append(desk.file(body, name)["ref"])
        desk.tick()
    desk.ref = first
    return others


def s06_incident(desk: Desk, events: list[dict], given: dict) -> dict:
    (suggested,) = desk.listed("agent", "incidents/")
    assert (suggested["state"], instant(suggested["suggested_at"])) == ("suggested", instant(events[2]["at"]))
    assert (suggested["category"], suggested["pay_method"]) == ("pay_failed_deducted", given["channel"])
    whole = desk.fetch("agent", f"incidents/{suggested['ref']}/")
    assert (whole["candidates"], whole["tickets"], events[2]["reports"]) == (5, 0, 5)
    desk.at(events[3]["at"])
    supervisor = desk.people["supervisor"]
    titles = {"title_zh": "支付宝付款失败但已扣款", "title_en": "Alipay payments fail after the money is taken"}
    open_incident(supervisor, suggested["ref"], titles)
    text = {"body_zh": "渠道故障，扣款将自动退回。", "body_en": "The channel has a fault; the money comes back by itself."}
    announce(supervisor, suggested["ref"], {**text, "eta_at": "2026-11-11T18:00:00+08:00"})
    desk.tick()
    whole = desk.fetch("agent", f"incidents/{suggested['ref']}/")
    assert (whole["state"], whole["tickets"], whole["candidates"], len(whole["notices"])) == ("open", 5, 0, 1)
    return whole


def test_s08_a_merchant_before_the_tomb_sweeping_days(desk: Desk) -> None:
    scenario = SCENARIOS["S08"]
    events = scenario["events"]
    desk.at(events[0]["at"]).file(
        {
            "category": "merchant_deduction",
            "amount": scenario["given"]["amount_cny"],
            "order_numbers": [{"issuer": "other", "number": "POS20260403001"}],
            "statement": said("2026-04-03T12:00:00+08:00", scenario["given"]["amount_cny"]),
            "demands": ["refund"],
        }
    )
    desk.upload_all(files(events[0]))
    desk.act("submit_appeal")
    desk.at(events[1]["at"]).reply("2026-04-08T18:00:00+08:00")
    desk.at(events[2]["at"]).act("start_review", {}, "agent")
    desk.at(events[3]["at"]).act("approve", {**APPROVED, "remedies": [{"kind": "refund_full"}]}, "agent")
    desk.act("countersign", {}, "supervisor")
    for wanted in scenario["expect"]["timers"]:
        desk.check_timer(wanted)
    assert not desk.timers("review_target")
    guard = scenario["expect"]["guards"][0]
    refusal = desk.at(guard["at"]).act("escalate", {"target": "regulator_12315"}, expect=409)
    assert refusal["code"] == guard["error"]


def test_s10_nobody_acts_and_the_ways_outside_open(desk: Desk) -> None:
    scenario = SCENARIOS["S10"]
    events, expect = scenario["events"], scenario["expect"]
    desk.at(events[0]["at"]).file(
        {
            "category": "mp_topup_stolen",
            "amount": "600.00",
            "discovered_at": scenario["given"]["discovered_at"],
            "order_numbers": [{"issuer": "douyin_mp", "number": "202607050001234"}],
            "statement": said("2026-07-05T21:00:00+08:00", "600.00"),
            "demands": ["refund"],
        }
    )
    desk.upload_all(files(events[0]), payment_voucher={"order_no": "4200000404202607059117582536"})
    desk.act("submit_appeal")
    statuses_of(scenario, desk, events[0]["at"])
    for event in events[1:]:
        desk.at(event["at"])
        if event["action"] == "tick":
            desk.tick()
        else:
            before = desk.ticket()["status"]
            body = {name: event[name] for name in ("target", "filed_at", "reference") if name in event}
            answer = desk.act("escalate", body, expect=event["expected_http"])
            if event["target"] == "police":
                assert answer["status"] == before
        guards_of(expect, desk, event, locals().get("answer"))
        statuses_of(scenario, desk, event["at"])
    for wanted in expect["timers"]:
        desk.check_timer(wanted)


def guards_of(expect: dict, desk: Desk, event: dict, answer: dict | None) -> None:
    for guard in expect["guards"]:
        if guard["at"] == event["at"] and not guard["allowed"]:
            assert answer is not None
            assert answer["code"] == guard["error"]
            assert instant(answer["available_from"]) == instant(guard["available_from"])
            entry = next(entry for entry in desk.ticket()["allowed_actions"] if entry["action"] == "escalate")
            target = next(each for each in entry["targets"] if each["target"] == event["target"])
            assert target["allowed"] is False
            assert instant(target["available_from"]) == instant(guard["available_from"])


def test_every_scenario_is_played() -> None:
    played = {name[5:8].upper() for name in globals() if re.fullmatch(r"test_s\d\d_\w+", name)}
    assert played == set(SCENARIOS)
