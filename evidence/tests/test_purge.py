"""What is kept how long after the closing, held by the law, and swept where it belongs to nobody."""

import os
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from evidence.intake import upload
from evidence.kinds import KINDS
from evidence.models import EvidenceItem
from evidence.periodic import DUTIES, inspect_waiting, purge, sweep_orphans
from evidence.tests import making
from evidence.tests.conftest import stored
from evidence.vault import store
from sla.policies import snapshot
from tickets.models import Event, Ticket
from tickets.operations import discard_draft, perform, start_draft
from tickets.policy.retention import FLOOR_DAYS, MAY_GO_EARLIER, days_kept, goes_with_the_purge

pytestmark = pytest.mark.sqlite


@pytest.fixture
def full(ticket, mei, clock, django_capture_on_commit_callbacks):
    """A ticket with something of every retention class, closed on 10 March 2026."""
    for kind in ("id_card_front", "passport", "statement_of_balance", "payment_voucher"):
        upload(mei, ticket.ref, {"kind": kind, "consent": True}, making.file(making.png()))
    upload(mei, ticket.ref, {"kind": "bank_card_masked", "text": "招商银行 1234"})
    inspect_waiting(clock("2026-03-10T20:53:00+08:00"))
    perform(mei, ticket.ref, "withdraw", {})
    return ticket


@pytest.fixture
def run(clock, django_capture_on_commit_callbacks):
    def at(moment, duty=purge):
        now = clock(moment)
        with django_capture_on_commit_callbacks(execute=True):
            return duty(now)

    return at


def gone(ticket) -> set[str]:
    return set(ticket.evidence.filter(state="deleted").values_list("kind", flat=True))


SHORT = {"id_card_front", "passport", "bank_card_masked"}


def test_sensitive_files_go_when_thirty_days_are_over(full, run, vault, clock):
    before = len(stored(vault))
    assert run("2026-04-09T12:00:00+08:00") == 0
    due = full.timers.get(key="evidence_purge").due_at
    assert run(due) == 3
    assert gone(full) == SHORT
    assert len(stored(vault)) == before - 6
    card = full.evidence.get(kind="bank_card_masked")
    assert (card.text, card.fields, len(card.sha256)) == ("", {}, 64)
    clock_row = full.timers.get(key="evidence_purge")
    assert clock_row.stopped_at == due
    assert clock_row.state(timezone.now()) == "expired"
    event = Event.objects.get(ticket=full, kind="evidence.purged")
    assert len(event.data["items"]) == 3
    assert run(due + timedelta(days=1)) == 0
    assert Event.objects.filter(kind="evidence.purged").count() == 1


def test_the_rest_goes_after_three_years(full, run, vault):
    run("2026-05-01T12:00:00+08:00")
    assert run("2029-03-09T12:00:00+08:00") == 0
    assert gone(full) == SHORT
    assert run("2029-03-11T12:00:00+08:00") == 2
    assert gone(full) == SHORT | {"statement_of_balance", "payment_voucher"}
    assert stored(vault) == []
    assert full.order_references.count() == 1


def test_a_late_sweep_catches_up_at_once(full, run):
    assert run("2030-01-01T12:00:00+08:00") == 5


def test_a_hold_suspends_the_purge_and_its_release_lets_it_go_on(full, mei, sun, run, clock):
    clock("2026-03-20T10:00:00+08:00")
    perform(mei, full.ref, "refer_to_police", {})
    assert run("2026-05-01T12:00:00+08:00") == 0
    assert gone(full) == set()
    perform(sun, full.ref, "release_hold", {"reason": "警方已结案"})
    due = full.timers.get(key="evidence_purge").due_at
    assert due > timezone.now()
    assert run(due) == 3


def test_a_hold_keeps_what_would_go_after_years_too(full, run):
    run("2026-05-01T12:00:00+08:00")
    full.refresh_from_db()
    type(full).objects.update(legal_hold_until="2030-01-01T00:00:00+08:00")
    assert run("2029-06-01T12:00:00+08:00") == 0
    assert run("2030-01-01T00:00:00+08:00") == 2


def test_a_reopened_complaint_keeps_everything(full, mei, zhao, run, clock):
    clock("2026-03-20T10:00:00+08:00")
    perform(mei, full.ref, "reopen", {"reason": "钱还没到"})
    perform(zhao, full.ref, "reopen", {"reason": "同意"})
    assert run("2026-05-01T12:00:00+08:00") == 0
    assert gone(full) == set()


def test_an_open_complaint_is_never_purged(ticket, mei, run):
    upload(mei, ticket.ref, {"kind": "passport"}, making.file(making.png()))
    type(ticket).objects.update(closed_at=None)
    assert run("2026-04-20T12:00:00+08:00") == 0


def test_every_kind_has_a_time_to_go_and_only_papers_of_people_go_early(db):
    policy = snapshot("2026.2")
    early = {key for key in KINDS if goes_with_the_purge(policy, key)}
    assert early == SHORT | {"id_card_back", "authorisation_letter", "kinship_proof"}
    assert {key for key in KINDS if days_kept(policy, key) is None} == {"order_number"}
    assert {days_kept(policy, key) for key in KINDS if key not in MAY_GO_EARLIER} == {None, FLOOR_DAYS}
    assert days_kept(policy, "face_result") == 365


def test_an_older_version_says_less_than_the_law_and_the_law_counts(full, run):
    Ticket.objects.update(policy_id="2026.1")
    assert snapshot("2026.1").retention["statement_of_balance"] == 365
    run("2026-05-01T12:00:00+08:00")
    assert run("2029-03-09T12:00:00+08:00") == 0
    assert run("2029-03-11T12:00:00+08:00") == 2


def test_the_files_of_a_discarded_draft_are_swept(clock, mei, vault, run):
    draft = start_draft(mei, {"category": "mp_topup_stolen"})
    kept = start_draft(mei, {"category": "mp_topup_stolen"})
    for each in (draft, kept):
        upload(mei, each.ref, {"kind": "passport"}, making.file(making.png()))
    discard_draft(mei, draft.ref)
    assert len(stored(vault)) == 2
    for path in vault.rglob("*"):
        os.utime(path, (timezone.now().timestamp(), timezone.now().timestamp()))
    assert run("2026-03-10T21:30:00+08:00", sweep_orphans) == 0
    assert run("2026-03-10T22:30:00+08:00", sweep_orphans) == 1
    assert store.read(EvidenceItem.objects.get().original) == making.png()


def test_an_empty_store_has_no_orphans(db, vault):
    assert sweep_orphans(timezone.now()) == 0


def test_tick_purges_and_says_so(full, clock, capsys):
    clock("2026-05-01T12:00:00+08:00")
    call_command("tick")
    assert "items purged: 3" in capsys.readouterr().out.splitlines()
    assert set(DUTIES) == {
        "items inspected", "items purged", "unfinished uploads ended", "unsent files deleted", "letters set aside deleted",
        "letters not taken told",
        "orphaned files deleted", "runs taken up", "deletions carried out", "complaints sealed", "proofs of the history",
        "traces of deleted rows dropped",
    }  # fmt: skip
