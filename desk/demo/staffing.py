"""Who shares the demo's work: rules that give complaints out, what each can do, who is away, who is on call."""

from __future__ import annotations

from datetime import timedelta

from desk.demo.staging import Stage, moment
from tickets import staffing
from tickets.models import AssignmentRule, Tag

Mode = AssignmentRule.Mode
# All others are given out by hand, so that something waits for whoever signs in.
RULES = {"withdrawal_anomaly": Mode.ROUND_ROBIN, "withdrawal_restricted": Mode.ROUND_ROBIN, "pay_failed_deducted": Mode.BY_LOAD}
SKILLS = {
    "han": {
        "categories": ["withdrawal_anomaly", "withdrawal_restricted", "pay_failed_deducted"],
        "languages": ["zh-hans"],
        "capacity": "40",
    },
    "tang": {"categories": ["billing_duplicate", "billing_amount_mismatch", "billing_unauthorized"], "capacity": "25"},
}
TAGS = {"媒体关注": Tag.Tone.BAD, "再次投诉": Tag.Tone.WARN, "老人代办": Tag.Tone.INFO}
# Who, from and to in hours before the demo is made.
SHIFTS = (("zhou", 38, 26), ("ma", 14, -6), ("zhou", -6, -18), ("ma", -18, -30), ("zhou", -30, -42))


def make_tags() -> None:
    """Words the demo's desk sorts by, unless somebody has made some of these."""
    Tag.objects.bulk_create([Tag(name=name, tone=tone) for name, tone in TAGS.items()], ignore_conflicts=True)


def make_staffing(stage: Stage) -> None:
    """Rules are the admin's rows; all else by its operation."""
    AssignmentRule.objects.bulk_create([AssignmentRule(category=key, mode=mode) for key, mode in RULES.items()])
    _people(stage)
    _roster(stage)


def _people(stage: Stage) -> None:
    leader, today = stage.people["zhao"], stage.now.date()
    with moment(stage.at(50)):
        for name, skills in SKILLS.items():
            staffing.set_availability(leader, stage.people[name].pk, {"takes_part": True, **skills})
        absence = {"away_from": str(today - timedelta(days=2)), "away_to": str(today + timedelta(days=5))}
        stand_in = {"stand_in": stage.people["lin"].pk}
        staffing.set_availability(stage.people["qiu"], stage.people["qiu"].pk, {"takes_part": True, **absence, **stand_in})


def _roster(stage: Stage) -> None:
    """Planned two days ago, by full hours; Ma handed over to Zhou before the time was over."""
    with moment(stage.at(48)):
        for who, begin, end in SHIFTS:
            times = {"from_at": stage.full_hour(begin), "to_at": stage.full_hour(end)}
            staffing.plan_shift(stage.people["zhao"], {"person": stage.people[who].pk, **times})
    with moment(stage.at(4)):
        note = "夜里冻结了一个账户，已回执。另有一位客户的解冻申请在等，请留意。"
        staffing.hand_over(stage.people["ma"], {"person": stage.people["zhou"].pk, "note": note})
