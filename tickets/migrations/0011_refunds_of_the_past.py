"""Sums that came back before there was a row for each: from what was recorded, and from remedies that were carried out."""

from django.db import migrations

MONEY = (
    "refund", "refund_full", "refund_partial", "refund_duplicate", "refund_difference", "refund_original", "correction", "fee_refund",
    "payout_retry", "return_to_wallet",
)  # fmt: skip
MET_BY = {
    "refund": MONEY,
    "unfreeze": ("unfreeze", "partial_limit", "lift_freeze", "lift_restriction"),
    "freeze_counterparty": ("freeze_counterparty",),
    "statement": ("statement_of_balance",),
    "compensation": ("compensation",),
    "restore_limit": ("restore_limit", "lift_restriction"),
}


def put_refunds(apps, schema_editor):
    """A refund that was recorded settled the remedies of its instant: those are no sums of their own."""
    event = apps.get_model("tickets", "Event")
    remedy = apps.get_model("tickets", "Remedy")
    refund = apps.get_model("tickets", "Refund")
    orders = apps.get_model("tickets", "OrderReference")
    recorded = set()

    def number(ticket):
        found = list(orders.objects.filter(ticket=ticket).values_list("issuer", "number").distinct()[:2])
        return found[0] if len(found) == 1 else ("", "")

    def put(ticket, currency, **values):
        issuer, order = number(ticket)
        refund.objects.create(ticket_id=ticket, currency=currency, issuer=issuer, number=order, **values)

    for row in event.objects.filter(kind="record_refund").select_related("ticket").order_by("id").iterator():
        owner = row.actor_id == row.ticket.owner_id
        recorded.add((row.ticket_id, row.at))
        put(
            row.ticket_id, row.ticket.currency, amount=row.data["amount"], at=row.at, by_id=row.actor_id,
            reference=row.data.get("reference", "")[:100], source="owner" if owner else "desk",
        )  # fmt: skip
    done = remedy.objects.filter(state="done", amount__gt=0, done_at__isnull=False).select_related("decision__ticket")
    for row in done.order_by("id").iterator():
        ticket = row.decision.ticket
        if (ticket.pk, row.done_at) not in recorded:
            by = event.objects.filter(ticket=ticket, kind="confirm_remedy", at=row.done_at).values_list("actor", flat=True).first()
            told = {"amount": row.amount, "at": row.done_at, "reference": row.reference, "kind": row.kind}
            put(ticket.pk, ticket.currency, **told, by_id=by, source="remedy")


def name_grants(apps, schema_editor):
    """What an approval of then gave: the demands that its remedies meet. Its verdict stays as it was told."""
    decision = apps.get_model("tickets", "Decision")
    for row in decision.objects.filter(verdict="approved").select_related("ticket").prefetch_related("remedies").iterator(500):
        kinds = {remedy.kind for remedy in row.remedies.all()}
        row.granted = [each for each in row.ticket.demands if each == "investigate" or kinds.intersection(MET_BY.get(each, ()))]
        row.save(update_fields=["granted"])


class Migration(migrations.Migration):
    dependencies = [("tickets", "0010_money")]

    operations = [
        migrations.RunPython(put_refunds, migrations.RunPython.noop, elidable=True),
        migrations.RunPython(name_grants, migrations.RunPython.noop, elidable=True),
    ]
