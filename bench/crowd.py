"""A crowd of tickets: a few hundred made by operations, then multiplied by the database with their timers, events and words.

PostgreSQL only. Copies differ from their model in key, reference, order number and time, so that indexes see real spread.
"""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any
from unittest import mock

from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from tickets.cases import search
from tickets.models import Event, Message, Ticket, Timer
from tickets.operations import file_ticket, perform, post_message
from tickets.tests.making import FILES, approval, filing, put_evidence
from tickets.tests.stages import eta

WORDS = ["充值", "提现", "扣款", "盗刷", "冻结", "余额", "短信", "客服", "会员", "续费", "红包", "直播", "订单", "银行卡", "验证码", "设备"]
COMMON, RARE = "充值", "鹦鹉"  # in one of three tickets; in a score of them, however many there are
RARE_TICKETS = 20
LONG = 200  # events of the longest history
CATEGORIES = ("mp_topup_stolen", "merchant_deduction", "billing_unauthorized", "card_cover_balance")
CHILDREN = (
    "tickets_timer", "tickets_event", "tickets_message", "tickets_notification", "tickets_orderreference",
    "evidence_evidenceitem", "tickets_submission", "tickets_freeze", "tickets_evidencerequest", "tickets_decision",
)  # fmt: skip


def people() -> SimpleNamespace:
    def person(email: str, *roles: Role, **extra) -> User:
        user = User.objects.filter(email=email).first() or User.objects.create_user(email=email, password=None, **extra)
        user.groups.set(Group.objects.filter(name__in=roles))
        return user

    owners = [person(f"owner{n}@example.com", name=f"张{n}") for n in range(40)]
    return SimpleNamespace(
        owners=owners,
        agent=person("agent@example.com", Role.AGENT, name="Lin"),
        operator=person("operator@example.com", Role.FREEZE_OPERATOR, name="Zhou"),
        reviewer=person("reviewer@example.com", Role.REVIEWER, name="Chen"),
        supervisor=person("supervisor@example.com", Role.SUPERVISOR, name="Zhao"),
        service=person("service@example.com", is_service=True),
    )


def models(cast: SimpleNamespace, count: int, now: datetime) -> None:
    """`count` tickets by operations, spread over stages, categories and the last two days."""
    for n in range(count):
        at = now - timedelta(hours=41) + timedelta(minutes=n * 2400 // count)
        with mock.patch("django.utils.timezone.now", return_value=at), transaction.atomic():
            _one(cast, n, at)


def _words(n: int) -> str:
    return "，".join(itertools.islice(itertools.cycle(WORDS), n % 16, n % 16 + 6))


def body_of(n: int, at: datetime) -> dict[str, Any]:
    """The body of the n-th filing."""
    statement = {"occurred_at": at.isoformat(), "amount": "88.00", "symptom": f"我的{_words(n)}出了问题，请尽快处理，谢谢。"}
    order = {"issuer": "other", "number": f"M{n:012d}"}
    category, amount = CATEGORIES[n % len(CATEGORIES)], f"{88 + n % 10_000}.00"
    return filing(category, statement=statement, order_numbers=[order], amount=amount, facts={"auto_deducted": True})


def _one(cast: SimpleNamespace, n: int, at: datetime) -> None:
    owner, category = cast.owners[n % len(cast.owners)], CATEGORIES[n % len(CATEGORIES)]
    ref = file_ticket(owner, body_of(n, at)).ref
    post_message(owner, ref, {"body": f"请问{_words(n)}的进展如何？"})
    if n % 5 == 0:
        return
    put_evidence(Ticket.objects.get(ref=ref), *FILES[category])
    perform(owner, ref, "submit_appeal")
    if n % 5 == 1:
        return
    perform(cast.reviewer, ref, "start_review", {"eta_at": eta()})
    if n % 5 == 2:
        perform(cast.reviewer, ref, "request_evidence", {"kinds": ["cs_conversation"], "reason": "请补充"})
    if n % 20 == 8:
        perform(owner, ref, "withdraw", {})
    if n % 20 == 3:
        kind = {"card_cover_balance": "refund"}.get(category, "refund_full")
        perform(cast.reviewer, ref, "approve", approval(kind))


def multiply(copies: int) -> dict[str, int]:
    """Copy every ticket with its children `copies` times. How many rows there are then."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # the history's triggers guard people, not this
        cursor.execute("SELECT max(id) FROM tickets_ticket")
        stride = cursor.fetchone()[0] + 1
        _copy_tickets(cursor, copies, stride)
        strides = {table: _copy_children(cursor, table, "ticket_id", copies, stride) for table in CHILDREN}
        _copy_children(cursor, "tickets_remedy", "decision_id", copies, strides["tickets_decision"])
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute(
            "INSERT INTO tickets_searchdoc (ticket_id, words) SELECT s.ticket_id + k * %s, s.words"
            " FROM tickets_searchdoc s, generate_series(1, %s) k",
            [stride, copies],
        )
        for table in ("tickets_ticket", *CHILDREN, "tickets_remedy"):
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")  # noqa: S608
        _sow(cursor)
        for table in ("tickets_ticket", "tickets_searchdoc", *CHILDREN, "tickets_remedy"):
            cursor.execute(f"VACUUM ANALYZE {table}")
    return {"tickets": Ticket.objects.count(), "timers": Timer.objects.count(), "events": Event.objects.count()}


def lengthen() -> None:
    """One open ticket gets a history of two hundred events and some messages."""
    ticket = Ticket.objects.in_queue().order_by("pk").first()
    if ticket is None:
        return
    start, agent = timezone.now() - timedelta(hours=12), User.objects.get(email="agent@example.com")
    common = {"ticket": ticket, "actor": agent, "visibility": "internal"}
    moments = [start + timedelta(minutes=3 * n) for n in range(LONG)]
    rows = [
        Event(seq=ticket.last_seq + n, kind="amended", data={"fields": ["amount"]}, at=at, recorded_at=at, **common)
        for n, at in enumerate(moments, start=1)
    ]
    Event.objects.bulk_create(rows)
    said = [Message(ticket=ticket, author=agent, body=_words(n), by_staff=True, created_at=at) for n, at in enumerate(moments[::4])]
    Message.objects.bulk_create(said)
    Ticket.objects.filter(pk=ticket.pk).update(last_seq=ticket.last_seq + LONG)


def _sow(cursor) -> None:
    """The rare word, in tickets from all over the crowd."""
    found = list(Ticket.objects.exclude(status="draft").order_by("id").values_list("id", flat=True))
    for pk in found[:: max(1, len(found) // RARE_TICKETS)][:RARE_TICKETS]:
        said = "jsonb_set(statement, '{symptom}', to_jsonb(statement->>'symptom' || %s))"
        cursor.execute(f"UPDATE tickets_ticket SET statement = {said} WHERE id = %s", [RARE, pk])  # noqa: S608
        search.append(pk, RARE)


# Copies come a few seconds after each other: their clocks end at different moments, none before its warnings (which keep their time).
SHIFT = "{column} + k * interval '3 seconds'"


def _columns(cursor, table: str) -> list[tuple[str, str]]:
    cursor.execute("SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s ORDER BY ordinal_position", [table])
    return cursor.fetchall()


def _select(cursor, table: str, special: dict[str, str]) -> tuple[str, str]:
    names, values = [], []
    for name, kind in _columns(cursor, table):
        names.append(f'"{name}"')
        if name in special:
            values.append(special[name])
        elif kind.startswith("timestamp"):
            values.append(SHIFT.format(column=f't."{name}"'))
        else:
            values.append(f't."{name}"')
    return ", ".join(names), ", ".join(values)


def _copy_tickets(cursor, copies: int, stride: int) -> None:
    special = {"id": f"t.id + k * {stride}", "ref": f"left(t.ref, 12) || lpad((t.id + k * {stride})::text, 7, '0')"}
    names, values = _select(cursor, "tickets_ticket", special)
    cursor.execute(
        f"INSERT INTO tickets_ticket ({names}) SELECT {values} FROM tickets_ticket t, generate_series(1, {copies}) k"  # noqa: S608
    )


def _copy_children(cursor, table: str, parent: str, copies: int, stride: int) -> int:
    """By how much the keys of one round of copies lie above those of the one before."""
    cursor.execute(f"SELECT coalesce(max(id), 0) + 1 FROM {table}")  # noqa: S608
    own = cursor.fetchone()[0]
    special = {"id": f"t.id + k * {own}", parent: f"t.{parent} + k * {stride}"}
    if table == "tickets_orderreference":
        special["number"] = "left(t.number, 5) || lpad((t.id * 1000 + k)::text, 12, '0')"
    names, values = _select(cursor, table, special)
    cursor.execute(
        f"INSERT INTO {table} ({names}) SELECT {values} FROM {table} t, generate_series(1, {copies}) k"  # noqa: S608
    )
    return own
