"""An incident as the desk sees it: its rows, its notices with how far they are, its steps with their outcomes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from django.db.models import Count
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from desk.shell.cached_labels import category_titles, colleagues, labels_in
from desk.shell.formatting import deadline_text, moment_text, money
from desk.shell.labels import TONE
from lib.languages import active_language, localised_value
from lib.types import Context, Text
from tickets.incidents.notices import recipients
from tickets.models import Incident, IncidentDelivery, IncidentEvent, IncidentLink, IncidentOutcome, IncidentRun
from tickets.words import ACTION, BLOCK, FACT_CHOICE
from tickets.words.incidents import HOW_LINKED, INCIDENT_EVENT, INCIDENT_OUTCOME, INCIDENT_STATE

STATE_TONE = {"suggested": "warn", "open": "bad", "resolved": "good", "dismissed": "neutral"}
SHOWN_REFUSED = 50


def row_of(incident: Incident, more: int = 0) -> Context:
    """`more`: complaints of its kind that arrived since and are not linked."""
    titles = category_titles(active_language(), timezone.now())
    return {
        "ref": incident.ref,
        "state": INCIDENT_STATE[incident.state],
        "tone": STATE_TONE[incident.state],
        "category": titles.get(incident.category, incident.category),
        "pay_method": FACT_CHOICE.get(("pay_method", incident.pay_method), incident.pay_method),
        "title": localised_value(incident, "title"),
        "suggested": moment_text(incident.suggested_at),
        "began": moment_text(incident.began_at),
        "eta": deadline_text(incident.eta_at) if incident.eta_at and incident.state == Incident.State.OPEN else "",
        "banner": incident.banner,
        "tickets": getattr(incident, "tickets", None),
        "more": ngettext("%(count)s not linked yet", "%(count)s not linked yet", more) % {"count": more} if more else "",
    }


def progress(incident: Incident) -> Context:
    """Notices and steps, and whether anything still goes on. Six queries at most."""
    notices = _notices(incident)
    runs = _runs(incident)
    goes_on = any(row["waits"] for row in notices) or any(row["waits"] for row in runs)
    return {"notices": notices, "runs": runs, "goes_on": goes_on}


def _notices(incident: Incident) -> list[Context]:
    rows = list(incident.notices.all())
    counts = IncidentDelivery.objects.filter(notice__in=rows).order_by().values_list("notice").annotate(count=Count("id"))
    sent, names, now = dict(counts), colleagues(timezone.now()), timezone.now()
    found = []
    for place, row in enumerate(rows):
        current = place == 0 and incident.state == Incident.State.OPEN
        left = recipients(row).count() if current else 0
        found.append(
            {
                "number": row.number,
                "author": names.get(row.author_id, ""),
                "at": moment_text(row.created_at),
                "eta": deadline_text(row.eta_at),
                "body": localised_value(row, "body"),
                "sent": sent.get(row.pk, 0),
                "total": sent.get(row.pk, 0) + left,
                "waits": bool(left) and row.eta_at > now,
                "stale": bool(left) and row.eta_at <= now,
            }
        )
    return found


def _runs(incident: Incident) -> list[Context]:
    rows = list(incident.runs.all())
    counted = IncidentOutcome.objects.filter(run__in=rows).order_by().values_list("run", "code").annotate(count=Count("id"))
    codes: dict[int, dict[str, int]] = defaultdict(dict)
    for run, code, count in counted:
        codes[run][code] = count
    refused = _refused_outcomes(rows)
    return [_run(row, codes[row.pk], refused.get(row.pk, [])) for row in rows]


def _refused_outcomes(rows: Sequence[IncidentRun]) -> Mapping[int, list[tuple[str, Text]]]:
    """The tickets that a person has to see to, with why."""
    found = IncidentOutcome.objects.filter(run__in=rows).exclude(code__in=["", IncidentOutcome.DONE]).order_by("run", "id")
    refused: dict[int, list[tuple[str, Text]]] = defaultdict(list)
    for run, ref, code in found.values_list("run", "ticket__ref", "code")[: SHOWN_REFUSED * 4]:
        refused[run].append((ref, outcome_text(code)))
    return refused


def outcome_text(code: str) -> Text:
    return INCIDENT_OUTCOME.get(code) or BLOCK.get(code) or code


def _run(run: IncidentRun, codes: Mapping[str, int], refused: list[tuple[str, Text]]) -> Context:
    total, waits = sum(codes.values()), codes.get("", 0)
    done = codes.get(IncidentOutcome.DONE, 0)
    return {
        "action": ACTION[run.action],
        "by": colleagues(timezone.now()).get(run.by_id, ""),
        "at": moment_text(run.created_at),
        "total": total,
        "handled": total - waits,
        "waits": waits,
        "done": done,
        "refused_count": total - waits - done,
        "refused": refused[:SHOWN_REFUSED],
    }


def linked_row(link: IncidentLink) -> Context:
    ticket, words = link.ticket, labels_in(get_language() or "")
    return {
        "ref": ticket.ref,
        "status": words.status[ticket.status],
        "tone": TONE.get(ticket.status, "neutral"),
        "amount": money(ticket.amount, ticket.currency),
        "customer": str(ticket.owner),
        "due_at": ticket.due_at,
        "timer": words.timer.get(ticket.due_key, ""),
        "how": HOW_LINKED[link.how],
    }


def history(events: Sequence[IncidentEvent]) -> list[Context]:
    names = colleagues(timezone.now())
    return [
        {
            "what": INCIDENT_EVENT.get(event.kind, event.kind),
            "who": names.get(event.actor_id, "") if event.actor_id else _("the clock"),
            "at": moment_text(event.at),
            "reason": event.data.get("reason", ""),
            "count": event.data.get("count"),
        }
        for event in events
    ]
