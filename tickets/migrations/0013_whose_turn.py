"""Whose turn it is: what the customer wrote and nobody has answered, what was promised, and which ends wait for an answer.

Of complaints that run: what is unanswered is read from what was said, and its clock begins with this version; a promise whose time is
still to come becomes a clock too. The queue's index is made anew beside the old one.
"""

from collections import defaultdict
from datetime import timedelta

from django.contrib.postgres.operations import RemoveIndexConcurrently
from django.db import migrations, models
from django.utils import timezone

from tickets.migrations._indexes import AddIndexBeside

BATCH = 1000
HELD = ("supplement", "confirm", "rejection_final", "abandoned")


class RemoveIndexBeside(RemoveIndexConcurrently):
    """On PostgreSQL; SQLite knows no such thing and has few rows."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        beside = RemoveIndexConcurrently if schema_editor.connection.vendor == "postgresql" else migrations.RemoveIndex
        beside.database_forwards(self, app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        beside = RemoveIndexConcurrently if schema_editor.connection.vendor == "postgresql" else migrations.RemoveIndex
        beside.database_backwards(self, app_label, schema_editor, from_state, to_state)


def read_turns(apps, schema_editor):
    Ticket = apps.get_model("tickets", "Ticket")
    running = Ticket.objects.exclude(status__in=["draft", "closed"])
    after, now = 0, timezone.now()
    while tickets := list(running.filter(pk__gt=after).order_by("pk")[:BATCH]):
        after = tickets[-1].pk
        _read_batch(apps, tickets, now)


def _read_batch(apps, tickets, now):
    said = _said(apps, tickets)
    unanswered, promised = {}, {}
    for ticket in tickets:
        for at, kind, eta in sorted(said[ticket.pk], key=lambda each: each[0]):
            if kind == "customer":
                unanswered.setdefault(ticket.pk, at)
                continue
            if kind != "notice":
                unanswered.pop(ticket.pk, None)
            promised.pop(ticket.pk, None)
            if eta is not None and eta > now:
                promised[ticket.pk] = (at, eta)
    _keep_turns(apps, {ticket.pk: ticket for ticket in tickets}, unanswered, promised, now)


def _said(apps, tickets):
    """By ticket: when, by whom (customer, desk, notice), and what time it promises."""
    Message, Event, Delivery = (apps.get_model("tickets", name) for name in ("Message", "Event", "IncidentDelivery"))
    owners = {ticket.pk: ticket.owner_id for ticket in tickets}
    notices = set(Delivery.objects.filter(ticket__in=owners).values_list("message", flat=True))
    said = defaultdict(list)
    messages = Message.objects.filter(ticket__in=owners, visibility="public")
    for pk, ticket, at, by_staff, eta in messages.values_list("pk", "ticket", "created_at", "by_staff", "eta_at"):
        said[ticket].append((at, "notice" if pk in notices else "desk" if by_staff else "customer", eta))
    moves = Event.objects.filter(ticket__in=owners, actor__isnull=False, actor__is_service=False).exclude(from_status="")
    for ticket, at, actor in moves.values_list("ticket", "at", "actor"):
        if actor != owners[ticket]:
            said[ticket].append((at, "desk", None))
    return said


def _keep_turns(apps, tickets, unanswered, promised, now):
    Ticket, Timer = apps.get_model("tickets", "Ticket"), apps.get_model("tickets", "Timer")
    rules = {rule.key: rule for rule in apps.get_model("sla", "TimerRule").objects.filter(key__in=["next_reply", "promise"])}
    clocks = []
    if "next_reply" in rules:
        hours = timedelta(hours=rules["next_reply"].amount)
        clocks += [_timer(Timer, tickets[pk], rules["next_reply"], now, now + hours) for pk in unanswered]
    if "promise" in rules:
        clocks += [_timer(Timer, tickets[pk], rules["promise"], at, eta) for pk, (at, eta) in promised.items()]
    Timer.objects.bulk_create(clocks)
    for pk, since in unanswered.items():
        tickets[pk].unanswered_since = since
        windows = Timer.objects.filter(ticket=pk, key__in=HELD, stopped_at=None, cancelled=False, overrun_at=None, started_at__lte=since)
        windows.update(held_since=since)
    for clock in clocks:
        ticket = tickets[clock.ticket_id]
        if ticket.due_at is None or clock.due_at < ticket.due_at:
            ticket.due_at, ticket.due_key = clock.due_at, clock.key
    changed = [tickets[pk] for pk in {*unanswered, *promised}]
    Ticket.objects.bulk_update(changed, ["unanswered_since", "due_at", "due_key"], batch_size=BATCH)


def _timer(model, ticket, rule, since, due_at):
    zone = rule.policy.zone
    return model(
        ticket_id=ticket.pk, key=rule.key, binds=rule.binds, clock=rule.clock, amount=rule.amount, warn_offsets=rule.warn,
        started_at=since, due_at=due_at, next_at=due_at + timedelta(microseconds=1),
        basis={"clock": rule.clock, "amount": rule.amount, "roll": False, "zone": zone, "start": since.isoformat(), "provisional": False,
               "holidays": [], "makeup": []},
    )  # fmt: skip


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("sla", "0006_waiting_for_answers"),
        ("tickets", "0012_freezes"),
    ]

    operations = [
        migrations.AddField(
            "ticket",
            "unanswered_since",
            models.DateTimeField(
                blank=True,
                help_text="The customer's first message that no person has answered.",
                null=True,
                verbose_name="unanswered since",
            ),
        ),
        migrations.AddField(
            "timer",
            "held_since",
            models.DateTimeField(
                blank=True,
                help_text="The customer wrote to us: its end waits for our answer.",
                null=True,
                verbose_name="held since",
            ),
        ),
        migrations.AddField(
            "timer",
            "held_until",
            models.DateTimeField(blank=True, help_text="Set once we have answered.", null=True, verbose_name="held until"),
        ),
        migrations.AddField(
            "notification",
            "handed_on_at",
            models.DateTimeField(
                blank=True,
                help_text="When it came to its recipient from a colleague who has left.",
                null=True,
                verbose_name="handed on at",
            ),
        ),
        migrations.AddField(
            "staffprofile",
            "notices_read_at",
            models.DateTimeField(blank=True, help_text="What came to this person since then is new.", null=True),
        ),
        migrations.RunPython(read_turns, migrations.RunPython.noop),
        AddIndexBeside(
            "ticket",
            models.Index(
                condition=models.Q(
                    models.Q(("status__in", ["draft", "resolved", "closed"]), _negated=True), ("due_at__isnull", False), _connector="OR"
                ),
                fields=["due_at", "id"],
                include=(
                    "ref", "category", "status", "stage", "waiting_on", "lane", "amount", "currency", "due_key", "assignee", "late_claim",
                    "refund_tier", "created_at", "evidence_need", "evidence_have", "unanswered_since",
                ),
                name="ticket_of_queue",
            ),
        ),
        RemoveIndexBeside("ticket", "ticket_in_queue"),
        AddIndexBeside(
            "ticket",
            models.Index(
                condition=models.Q(("unanswered_since__isnull", False)), fields=["unanswered_since", "id"], name="ticket_unanswered"
            ),
        ),
    ]  # fmt: skip
