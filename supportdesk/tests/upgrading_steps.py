"""An old install in a process of its own: upgraded, then used. `python -m supportdesk.tests.upgrading_steps` prints what it found, as JSON.

Rows are read with SQL, because models go on and these tables do not: a migration that moves what stands here has to say so in the test.
"""

import io
import json
import sys

import django

FACTS = {
    "people": "SELECT id, email, name, is_superuser FROM accounts_user WHERE NOT is_service ORDER BY id",
    "complaints": "SELECT id, ref, status, owner_id, assignee_id, amount FROM tickets_ticket ORDER BY id",
    "history": "SELECT id, ticket_id, seq, kind, actor_id FROM tickets_event ORDER BY id",
    "messages": "SELECT id, ticket_id, body FROM tickets_message ORDER BY id",
    "decisions": "SELECT id, ticket_id, verdict, state FROM tickets_decision ORDER BY id",
    "freezes": "SELECT id, ticket_id, state FROM tickets_freeze ORDER BY id",
    "evidence": "SELECT id, ticket_id, kind, state, sha256 FROM evidence_evidenceitem ORDER BY id",
    "custody": "SELECT seq, action, digest FROM evidence_custodyentry ORDER BY seq",
    "webhooks": "SELECT id, url FROM api_webhook ORDER BY id",
    "calls": "SELECT id, webhook_id, state, attempts FROM api_webhookdelivery ORDER BY id",
    "views": "SELECT id, name, query FROM desk_savedview ORDER BY id",
    "phones": "SELECT user_id, number FROM accounts_phone ORDER BY user_id",
    "running clocks": (
        "SELECT ticket_id, key, due_at FROM tickets_timer WHERE stopped_at IS NULL"
        " AND key NOT IN ('next_reply', 'promise') ORDER BY 1, 2, 3"
    ),
    "unsent": "SELECT ticket_id, recipient_id, kind FROM tickets_notification WHERE state IN ('pending', 'failed') ORDER BY id",
}
# Complaints whose due_at is not their first deadline of ours that nothing has stopped: once, what was missed did not count.
WRONG_DUE = """
SELECT ref FROM tickets_ticket WHERE due_at IS DISTINCT FROM (
  SELECT min(due_at) FROM tickets_timer timer
  WHERE timer.ticket_id = tickets_ticket.id AND binds = 'operator' AND stopped_at IS NULL AND paused_at IS NULL AND NOT cancelled
) ORDER BY ref
"""
# What was written and not answered has a clock from the upgrade on, and what was promised one until then.
TURNS = """
SELECT ticket.ref, ticket.unanswered_since IS NOT NULL, timer.key FROM tickets_ticket ticket
LEFT JOIN tickets_timer timer ON timer.ticket_id = ticket.id AND timer.key = 'next_reply'
WHERE (ticket.unanswered_since IS NULL) <> (timer.id IS NULL)
"""
ADDED = "SELECT key, count(*) FROM tickets_timer WHERE key IN ('next_reply', 'promise') AND stopped_at IS NULL GROUP BY key ORDER BY key"
# Of a customer on the latest complaint that runs, just before the upgrade.
WRITTEN = """
INSERT INTO tickets_message (ticket_id, author_id, visibility, body, by_staff, created_at)
SELECT id, owner_id, 'public', 'Is anybody there?', false, CURRENT_TIMESTAMP FROM tickets_ticket
WHERE status NOT IN ('draft', 'closed') ORDER BY id DESC LIMIT 1
"""
# What was promised when the install was packed lies ahead whenever this runs.
AHEAD = "UPDATE tickets_message SET eta_at = '2099-01-01 00:00:00' WHERE eta_at IS NOT NULL"
TOKEN = "upgrade-fixture-token-0000000000000000000000000000000000000000"
SESSION = "upgradefixturesession00000000000"
UPDATES = ("UPDATE tickets_event SET kind = 'x'", "UPDATE evidence_custodyentry SET kind = 'x'", "DELETE FROM evidence_custodyentry")


def main() -> None:
    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from supportdesk.tests import schema

    settings.ALLOWED_HOSTS = ["testserver"]

    write(WRITTEN)
    write(AHEAD)
    before, wrong = facts(), read(WRONG_DUE)
    call_command("migrate", verbosity=0, skip_checks=False, stderr=sys.stderr)
    found = {"before": before, "after": facts(), "left": left(), "schema": schema.lines(), "refused": refused(), **used()}
    found["wrong dues"] = [wrong, read(WRONG_DUE)]
    found["turns"] = [read(TURNS), read(ADDED)]
    call_command("tick", stdout=(ticked := io.StringIO()))
    json.dump({**found, "ticked": ticked.getvalue()}, sys.stdout, default=str)


def facts() -> dict[str, list]:
    return {name: read(sql) for name, sql in FACTS.items()}


def read(sql: str) -> list:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def write(sql: str) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(sql)


def left() -> list[str]:
    """What `migrate --plan` would still do."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return [str(migration) for migration, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())]


def refused() -> list[bool]:
    """Whether history and custody log are still only appended to."""
    from django.db import IntegrityError, connection, transaction

    outcomes = []
    for sql in UPDATES:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(sql)
            outcomes.append(False)
        except IntegrityError:
            outcomes.append(True)
    return outcomes


def used() -> dict[str, object]:
    """By those who were there before: a program with its token, a customer with their session, who then files anew."""
    from django.conf import settings
    from django.test import Client
    from django.urls import reverse

    from tickets.models import Ticket
    from tickets.tests.making import filing

    program = Client(headers={"authorization": f"Bearer {TOKEN}"})
    person = Client()
    person.cookies[settings.SESSION_COOKIE_NAME] = SESSION
    page = person.get(reverse("portal:tickets"))
    mei = Client()
    mei.login(username="mei@example.com", password="demo-desk-2026")
    filed = mei.post(reverse("api:tickets"), filing(), content_type="application/json")
    return {
        "program": program.get(reverse("api:tickets")).status_code,
        "page": page.status_code,
        "filed": filed.status_code,
        "text": filed.content.decode()[:300],
        "events": Ticket.objects.latest("pk").events.count(),
    }


if __name__ == "__main__":
    main()
