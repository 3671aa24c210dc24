"""Our own scenarios: every category once, and the seams of the calendar. Due instants are counted by hand in the data."""

from __future__ import annotations

import json
from functools import reduce
from pathlib import Path
from typing import Any

import pytest

from api.tests.driving import Desk, instant
from tickets.policy.playbooks import playbooks

pytestmark = pytest.mark.django_db
SCENARIOS = json.loads((Path(__file__).parent / "data" / "own_scenarios.json").read_text())["scenarios"]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario["id"])
def test_each_event_leads_where_the_rules_say(desk: Desk, scenario: dict[str, Any]) -> None:
    desk.people["user"].real_name_match = scenario["verified"]
    desk.people["user"].save()
    named: dict[str, int] = {}
    for event in scenario["events"]:
        desk.at(event["at"])
        answer = happen(desk, event, named)
        compare(desk, event, answer)
    for wanted in scenario["expect"]["timers"]:
        desk.check_timer(wanted)


def happen(desk: Desk, event: dict[str, Any], named: dict[str, int]) -> dict[str, Any] | None:
    do, actor = event["do"], event["actor"]
    if do == "tick":
        desk.tick()
    elif do == "upload":
        uploaded = upload(desk, event)
        if "save_as" in event:
            named[event["save_as"]] = uploaded
    elif do == "reply":
        desk.reply(event["body"]["eta_at"], actor)
    elif do == "file":
        return desk.file(event["body"], actor, event["http"])
    else:
        return desk.act(do, filled(event["body"], named), actor, event.get("http", 200))
    return None


def upload(desk: Desk, event: dict[str, Any]) -> int:
    if event["actor"] == "user":
        desk.upload_all(event["kinds"], **event.get("fields", {}))
        return 0
    item = desk.upload(event["kinds"][0], event["actor"])
    desk.tick()
    return item["id"]


def filled(body: dict[str, Any], named: dict[str, int]) -> dict[str, Any]:
    """With ids in the place of $names."""
    return {key: [named[each[1:]] for each in value] if key == "evidence" else value for key, value in body.items()}


def compare(desk: Desk, event: dict[str, Any], answer: dict[str, Any] | None) -> None:
    for path, wanted in event.get("expect", {}).items():
        refused = event.get("http", 200) >= 400
        shown = answer if refused and answer is not None else desk.ticket("reviewer")
        found = reduce(lambda value, name: value[int(name)] if name.isdecimal() else value[name], path.split("."), shown)
        if path == "available_from":
            found, wanted = instant(found), instant(wanted)
        assert found == wanted, (event["at"], path, found, wanted)


def test_every_category_has_a_scenario(db) -> None:
    assert {scenario["category"] for scenario in SCENARIOS} == set(playbooks("2026.2"))
