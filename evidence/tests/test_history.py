"""Events, decisions, sums and custody lines: whoever owns the database and has not the key is found out, and the row is named."""

import json
from collections.abc import Iterator

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.utils.translation import override

from evidence.intake import upload
from evidence.models import CustodyEntry, HistorySeal, VaultRun
from evidence.operations import content
from evidence.periodic import inspect_waiting, purge
from evidence.tests import making
from evidence.vault.history_audit import history_findings
from evidence.vault.history_watch import prove_nightly, seal_what_moved
from evidence.vault.job_findings import in_words
from evidence.vault.seals import newest_seal, seal_history, tell_outside, told_outside
from tickets.models import Decision, Event, Refund, Remedy, Ticket
from tickets.operations import discard_draft, file_ticket, perform, post_message, split_ticket, start_draft
from tickets.tests.making import approval, filing

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]
TABLES = ("tickets_event", "evidence_custodyentry", "evidence_historyseal")


def findings() -> list[str]:
    """All that is wrong; each in words of its own too."""
    found = [line for line in history_findings(told_outside()) if line is not None]
    with override("zh-hans"):
        assert not [line for line in found if in_words(line) == line]
    return found


def as_intruder(sql: str, *values: object) -> None:
    """Somebody who owns the database, triggers and all, but not the key."""
    with connection.cursor() as cursor:
        for table in TABLES:
            if connection.vendor == "postgresql":
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            else:
                cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [table])
                for (name,) in cursor.fetchall():
                    cursor.execute(f"DROP TRIGGER {name}")
        cursor.execute(sql, values)


@pytest.fixture
def decided(clock, mei, chen, lin, zhao) -> Ticket:
    """Decided, signed by a second person, paid, and closed by its owner."""
    ticket = file_ticket(mei, filing("merchant_deduction", amount="2600.00"))
    upload(mei, ticket.ref, {"kind": "pos_record"}, making.file(making.jpeg()))
    inspect_waiting(clock("2026-03-10T20:52:00+08:00"))
    perform(mei, ticket.ref, "submit_appeal")
    perform(chen, ticket.ref, "start_review", {"eta_at": "2026-03-11T12:00:00+08:00"})
    perform(chen, ticket.ref, "approve", approval())
    perform(zhao, ticket.ref, "countersign")
    perform(lin, ticket.ref, "confirm_remedy", {"reference": "R-1"})
    return perform(mei, ticket.ref, "confirm_resolution")


@pytest.fixture
def looked_at(clock, wang, sun) -> Ticket:
    """Another's complaint, with a card that an officer looked at."""
    ticket = file_ticket(wang, filing(order_numbers=[{"issuer": "douyin_mp", "number": "202603100009999"}]))
    card = upload(wang, ticket.ref, {"kind": "id_card_front", "consent": True, "number": "11010519491231002X"}, making.file(making.png()))
    inspect_waiting(clock("2026-03-10T20:53:00+08:00"))
    content(sun, card.pk, "核对身份")
    return ticket


@pytest.fixture
def sealed(decided, looked_at, clock) -> tuple[Ticket, Ticket]:
    assert seal_history(clock("2026-03-10T21:00:00+08:00")) == 2
    tell_outside(newest_seal())
    return decided, looked_at


def tamperings(decided: Ticket, looked_at: Ticket) -> Iterator[tuple[str, list[object]]]:
    """What is done, as it is named, and the statements with their values. Who cuts off rows mends all else in the database that tells of
    them."""
    yield from of_events(decided)
    yield from of_sums(decided)
    yield from of_custody(looked_at)
    number = newest_seal().number
    yield (
        f"seal {number}: changed",
        [("UPDATE evidence_historyseal SET data = %s", '{"heads": {}, "marks": {}, "before": {"ended": true}}')],
    )
    yield f"seals 1 to {number}: removed", ["DELETE FROM evidence_historyseal"]


def of_events(ticket: Ticket):
    event = Event.objects.get(ticket=ticket, kind="approved")
    last = Event.objects.filter(ticket=ticket).latest("seq")
    named, line = f"event {event.seq} of {ticket.ref} (approved)", f"events {event.seq} to {event.seq} of {ticket.ref}: removed"
    for change in (
        f"actor_id = {ticket.owner_id}", "at = '2026-01-01 00:00:00+00:00'", "data = '{}'", "kind = 'rejected'", "covers = NULL",
        f"digest = '{last.digest}'", "visibility = 'internal'", "data = '{\"decision\": \"…\"}', erased = '{\"/decision\": \"0\"}'",
    ):  # fmt: skip
        yield named.split(" (")[0], [("UPDATE tickets_event SET " + change + " WHERE id = %s", event.pk)]  # noqa: S608
    yield f"{named}: written without the key", [("UPDATE tickets_event SET digest = NULL WHERE id = %s", event.pk)]
    yield line, [("UPDATE tickets_event SET seq = 900 WHERE id = %s", event.pk)]
    yield line, [("DELETE FROM tickets_event WHERE id = %s", event.pk)]
    to = "UPDATE tickets_ticket SET last_seq = %s WHERE id = %s"
    end = f"to {last.seq} of {ticket.ref}: removed"
    yield f"events {last.seq} {end}", [("DELETE FROM tickets_event WHERE id = %s", last.pk), (to, last.seq - 1, ticket.pk)]
    yield f"events 1 {end}", [("DELETE FROM tickets_event WHERE ticket_id = %s", ticket.pk), (to, 0, ticket.pk)]


def of_sums(ticket: Ticket):
    decision, remedy, refund = Decision.objects.get(), Remedy.objects.get(), Refund.objects.get()
    of = f"of {ticket.ref}:"
    yield f"decision {decision.pk} {of} changed", [("UPDATE tickets_decision SET author_id = %s", ticket.owner_id)]
    yield f"decision {decision.pk} {of} changed", ["UPDATE tickets_decision SET countersigned_by_id = NULL"]
    yield f"decision {decision.pk} {of} changed", ["UPDATE tickets_decision SET explanation = 'x'"]
    yield f"decision {decision.pk} {of} removed", ["DELETE FROM tickets_remedy", "DELETE FROM tickets_decision"]
    yield f"remedy {remedy.pk} {of} changed", ["UPDATE tickets_remedy SET amount = 9999"]
    yield f"refund {refund.pk} {of} changed", ["UPDATE tickets_refund SET amount = 1"]
    yield f"refund {refund.pk} {of} removed", ["DELETE FROM tickets_refund"]
    columns = "ticket_id, amount, currency, at, reference, kind, issuer, number, source"
    yield f"{of} nothing tells of it", [f"INSERT INTO tickets_refund ({columns}) SELECT {columns} FROM tickets_refund"]  # noqa: S608


def of_custody(ticket: Ticket):
    looked = CustodyEntry.objects.get(action="viewed")
    before = CustodyEntry.objects.get(ticket_id=ticket.pk, number=looked.number - 1)
    line = f"custody entry {looked.seq} (viewed, item {looked.item_id})"
    yield f"{line}: changed", [("UPDATE evidence_custodyentry SET purpose = 'x' WHERE seq = %s", looked.seq)]
    yield f"{line}: changed", [("UPDATE evidence_custodyentry SET by_id = NULL WHERE seq = %s", looked.seq)]
    yield f"{line}: in no chain", [("UPDATE evidence_custodyentry SET number = NULL WHERE seq = %s", looked.seq)]
    cut = f"of {ticket.ref}: removed"
    removal = "DELETE FROM evidence_custodyentry WHERE seq = %s"
    yield f"custody lines {before.number} to {before.number} {cut}", [(removal, before.seq)]
    mend = "UPDATE evidence_custodychain SET number = %s, digest = %s WHERE ticket_id = %s"
    yield (
        f"custody lines {looked.number} to {looked.number} {cut}",
        [(removal, looked.seq), (mend, before.number, before.digest, ticket.pk)],
    )
    yield f"custody lines 1 to {looked.number} {cut}", ["DELETE FROM evidence_custodyentry", "DELETE FROM evidence_custodychain"]
    yield f"custody of {ticket.ref}: its end is not recorded", ["DELETE FROM evidence_custodychain"]


def test_nothing_is_wrong_with_what_was_only_lived_through(sealed):
    assert findings() == []


def test_each_tampering_is_found_and_named(sealed):
    missed = []
    for expected, statements in list(tamperings(*sealed)):
        with transaction.atomic():
            for statement in statements:
                as_intruder(*([statement] if isinstance(statement, str) else statement))
            found = findings()
            if not any(expected in line for line in found):
                missed.append((expected, statements, found))
            transaction.set_rollback(True)
    assert missed == []
    assert findings() == []


def test_an_earlier_seal_that_vanished_is_named(sealed, clock, mei):
    later = clock("2026-03-10T21:20:00+08:00")
    post_message(mei, sealed[0].ref, {"body": "还有一点"})
    assert seal_history(later) == 1
    assert findings() == []
    as_intruder("DELETE FROM evidence_historyseal WHERE number = 1")
    assert findings() == ["the seal told outside (1) is of another history", "seals 1 to 1: removed"]


def test_what_is_cut_off_with_its_seals_is_found_by_comparing(sealed, clock, mei, capsys):
    post_message(mei, sealed[0].ref, {"body": "还有一点"})
    seal_history(clock("2026-03-10T21:20:00+08:00"))
    told = newest_seal()
    as_intruder("DELETE FROM evidence_historyseal WHERE number = %s", told.number)
    assert findings() == []  # the store was told of the first seal only
    with pytest.raises(CommandError):
        call_command("verify_history", head=f"{told.number}:{told.digest}")
    assert f"seals {told.number} to {told.number}: removed" in capsys.readouterr().err


def test_where_seals_have_vanished_the_new_beginning_says_after_which(sealed, clock, capsys):
    told = told_outside()
    as_intruder("DELETE FROM evidence_historyseal")
    assert "seals 1 to 1: removed" in findings()
    seal_history(clock("2026-03-10T21:20:00+08:00"))
    first = HistorySeal.objects.get()
    assert (first.number, first.data["after"]) == (1, list(told))
    assert first.data["history"] != told.history
    call_command("verify_history")
    assert "begins anew on 2026-03-10 13:20 UTC: the store of evidence knew of seal 1." in capsys.readouterr().out
    as_intruder("UPDATE evidence_historyseal SET data = %s", json.dumps({**first.data, "after": None}))
    assert "the seal told outside (1) is of another history" in findings()


def test_the_store_of_another_database_stops_nothing(sealed, clock, mei):
    """As after a flush, or between two tests that share a store: the clock goes on, and what follows is sealed."""
    as_intruder("DELETE FROM evidence_historyseal")
    call_command("tick")
    assert seal_history(clock("2026-03-10T21:40:00+08:00")) == 0
    post_message(mei, sealed[0].ref, {"body": "还有一点"})
    assert seal_history(clock("2026-03-10T21:41:00+08:00")) == 1
    assert findings() == []


def test_only_what_moved_is_sealed(sealed, clock, mei):
    assert seal_history(clock("2026-03-10T21:01:00+08:00")) == 0
    assert HistorySeal.objects.count() == 1
    post_message(mei, sealed[0].ref, {"body": "还有一点"})
    assert seal_history(clock("2026-03-10T21:02:00+08:00")) == 1
    assert list(newest_seal().data["heads"]) == [str(sealed[0].pk)]


def test_a_draft_that_is_discarded_leaves_nothing_to_be_missed(sealed, clock, mei):
    draft = start_draft(mei, filing())
    upload(mei, draft.ref, {"kind": "transaction_screenshot"}, making.file(making.jpeg()))
    seal_history(clock("2026-03-10T21:05:00+08:00"))
    discard_draft(mei, draft.ref)
    seal_history(clock("2026-03-10T21:06:00+08:00"))
    assert findings() == []


# ---- What was there before
@pytest.fixture
def of_before(decided, looked_at) -> Ticket:
    """As an upgrade finds it: no event has a digest."""
    as_intruder("UPDATE tickets_event SET digest = NULL, covers = NULL")
    return decided


def test_what_was_there_before_is_sealed_once_and_said_to_be(of_before, clock, capsys):
    assert findings() == []  # nothing is known of it yet
    seal_history(clock("2026-03-10T21:00:00+08:00"))
    assert not Event.objects.filter(digest=None).exists()
    assert newest_seal().data["before"]["ended"]
    call_command("verify_history")
    said = capsys.readouterr().out
    assert (
        f"Events up to number {Event.objects.latest('pk').pk} were sealed on 2026-03-10 13:00 UTC, and not when they were written." in said
    )
    assert "All is in order" in said
    as_intruder("UPDATE tickets_decision SET author_id = %s", of_before.owner_id)
    assert findings() == [f"decision {Decision.objects.get().pk} of {of_before.ref}: changed"]


def test_what_older_programs_wrote_since_is_accepted_by_a_person_only(of_before, clock, mei, capsys):
    seal_history(clock("2026-03-10T21:00:00+08:00"))
    late = Event.objects.filter(ticket=of_before).latest("seq")
    as_intruder("UPDATE tickets_event SET digest = NULL WHERE id = %s", late.pk)
    clock("2026-03-10T21:30:00+08:00")
    named = [f"event {late.seq} of {of_before.ref} ({late.kind}): written without the key"]
    assert named[0] in findings()
    call_command("seal_history")
    assert named[0] in findings()
    call_command("seal_history", accept=True)
    assert "1 events accepted" in capsys.readouterr().out
    assert findings() == []


def test_the_database_lets_an_event_be_sealed_once_and_nothing_else(decided):
    event = Event.objects.filter(ticket=decided).latest("seq")
    for change in ({"digest": "0" * 64}, {"digest": None}, {"data": {}}, {"covers": {}}, {"erased": {}, "kind": "x"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Event.objects.filter(pk=event.pk).update(**change)


@pytest.mark.parametrize("change", ["UPDATE evidence_historyseal SET digest = 'x'", "DELETE FROM evidence_historyseal"])
def test_the_database_refuses_to_change_a_seal(sealed, change):
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)


# ---- Every night
@pytest.fixture
def officers(sun, admin_person):
    return {sun.email, admin_person.email}


def test_the_proof_of_the_night_tells_the_newest_seal_outside(decided, looked_at, officers, clock, mailoutbox):
    tick = clock("2026-03-10T21:00:00+08:00")
    assert (seal_what_moved(tick), prove_nightly(tick)) == (2, 0)  # a new install is given an hour
    night = clock("2026-03-11T02:00:00+08:00")
    assert prove_nightly(night) == 1
    seal, about = newest_seal(), [letter for letter in mailoutbox if "封印" in letter.body]
    assert {address for letter in about for address in letter.to} == officers
    assert all(f"{seal.number}: {seal.digest}"[-64:] in letter.body for letter in about)
    assert told_outside()[:2] == (seal.number, seal.digest)
    assert prove_nightly(clock("2026-03-11T04:00:00+08:00")) == 0  # once a night
    assert prove_nightly(clock("2026-03-12T01:10:00+08:00")) == 1


def test_what_is_wrong_is_told_at_once_and_the_seal_outside_stays(sealed, officers, clock, mailoutbox):
    kept = told_outside()
    event = Event.objects.get(kind="approved")
    as_intruder("UPDATE tickets_event SET actor_id = NULL WHERE id = %s", event.pk)
    assert prove_nightly(clock("2026-03-11T02:00:00+08:00")) == 1
    about = [letter for letter in mailoutbox if letter.subject == "客诉台的历史记录不完整"]
    assert {address for letter in about for address in letter.to} == officers
    assert all(f"event {event.seq} of {sealed[0].ref} (approved): changed" in letter.body for letter in about)
    assert told_outside() == kept
    run = VaultRun.objects.get(kind="history")
    assert run.findings == [f"event {event.seq} of {sealed[0].ref} (approved): changed"]


def test_seals_that_vanished_are_told_once(sealed, officers, clock, mailoutbox):
    as_intruder("DELETE FROM evidence_historyseal")
    for moment in ("2026-03-10T21:20:00+08:00", "2026-03-10T21:21:00+08:00"):
        seal_what_moved(clock(moment))
    assert len([letter for letter in mailoutbox if "seals 1 to 1: removed" in letter.body]) == len(officers)
    assert len(VaultRun.objects.get(kind="history").findings) == 1


def test_a_copy_seals_and_tells_nothing(sealed, officers, clock, mailoutbox, monkeypatch):
    monkeypatch.setattr("evidence.vault.history_watch.why_stopped", lambda: "a copy")
    night = clock("2026-03-11T02:00:00+08:00")
    assert (seal_what_moved(night), prove_nightly(night)) == (0, 0)
    assert not [letter for letter in mailoutbox if "封印" in letter.body]


def test_joining_taking_apart_splitting_and_purging_leave_nothing_to_be_found(sealed, officers, clock, mei, lin, zhao, mailoutbox):
    clock("2026-03-10T22:00:00+08:00")
    one, other = (file_ticket(mei, filing("merchant_deduction", amount=amount)) for amount in ("100.00", "900.00"))
    upload(mei, other.ref, {"kind": "id_card_front", "consent": True, "number": "11010519491231002X"}, making.file(making.png()))
    inspect_waiting(clock("2026-03-10T22:01:00+08:00"))
    perform(lin, other.ref, "merge", {"into": one.ref})
    perform(zhao, one.ref, "unmerge", {"ref": other.ref})
    perform(lin, other.ref, "merge", {"into": one.ref})
    split_ticket(lin, one.ref, {})
    perform(mei, one.ref, "withdraw", {})
    seal_history(clock("2026-03-10T23:00:00+08:00"))
    assert purge(clock("2026-04-15T12:00:00+08:00")) == 1
    now = clock("2026-04-16T02:00:00+08:00")
    seal_what_moved(now)
    mailoutbox.clear()
    assert prove_nightly(now) == 1 and findings() == []
    assert {each.subject for each in mailoutbox} == {"客诉台的历史记录已核验并封存"}
