"""What the vault holds: item by item, since when and until when. Never what is in it."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from desk.privacy.presenter import PAGE, PRIVACY_CLASS, choices, keeping_text, newest, number_in, older, tabs
from desk.shell.access import officers_page
from desk.shell.formatting import moment_text
from desk.shell.labels import ITEM_STATE
from desk.shell.page_shell import render_page
from evidence.kinds import KINDS
from evidence.models import EvidenceItem
from evidence.operations import retention_by_item
from lib.types import Context, Text
from tickets.references import as_reference
from tickets.words import EVIDENCE_KIND

NOT_DELETED = "kept"  # of the filters: everything but what is deleted
DEFAULT_CLASS = "P3"


@require_safe
@officers_page
def list_holdings(request: HttpRequest) -> HttpResponse:
    """The newest first, by key. Filters: class, kind, state, ref."""
    asked, address = request.GET, reverse("desk:held")
    chosen = _filter_values(asked)
    rows, after = older(address, asked, list(_matching_items(chosen, number_in(asked, "before"))[: PAGE + 1]))
    keeping = retention_by_item(rows)
    context = {
        "tabs": tabs("held"),
        "address": address,
        "chosen": chosen,
        "counts": _counts(),
        "rows": [_row(item, keeping) for item in rows],
        "older": after,
        "newest": newest(address, asked),
        "kinds": choices(EVIDENCE_KIND, [key for key, kind in KINDS.items() if kind.privacy == chosen["class"]]),
        "classes": [(key, f"{key} · {text}") for key, text in PRIVACY_CLASS.items()],
        "states": [(NOT_DELETED, _("still kept")), *choices(ITEM_STATE, EvidenceItem.State.values)],
    }
    return render_page(request, "desk/privacy/holdings.html", context, title=_("What we hold"), current="privacy")


def _filter_values(asked: QueryDict) -> dict[str, str]:
    """What is no choice counts as the first one."""
    privacy = asked.get("class", "")
    privacy = privacy if privacy in PRIVACY_CLASS else DEFAULT_CLASS
    kind, state = asked.get("kind", ""), asked.get("state", "")
    return {
        "class": privacy,
        "kind": kind if kind in KINDS and KINDS[kind].privacy == privacy else "",
        "state": state if state in EvidenceItem.State.values else NOT_DELETED,
        "ref": as_reference(asked.get("ref", ""))[:20],
    }


def _matching_items(chosen: dict[str, str], before: int | None) -> QuerySet[EvidenceItem]:
    kinds = [chosen["kind"]] if chosen["kind"] else [key for key, kind in KINDS.items() if kind.privacy == chosen["class"]]
    found = EvidenceItem.objects.filter(kind__in=kinds).select_related("ticket").defer("text", "fields").order_by("-pk")
    found = found.exclude(state="deleted") if chosen["state"] == NOT_DELETED else found.filter(state=chosen["state"])
    found = found.filter(ticket__ref=chosen["ref"]) if chosen["ref"] else found
    return found.filter(pk__lt=before) if before else found


def _counts() -> list[tuple[str, Text, int]]:
    """By class, what is still kept: one query through the index."""
    by_kind = EvidenceItem.objects.exclude(state="deleted").values("kind").annotate(count=Count("pk")).order_by()
    counts = dict.fromkeys(PRIVACY_CLASS, 0)
    for row in by_kind:
        counts[KINDS[row["kind"]].privacy] += row["count"]
    return [(key, PRIVACY_CLASS[key], count) for key, count in reversed(counts.items())]


def _row(item: EvidenceItem, keeping: Any) -> Context:
    kept = keeping.get(item.pk)
    return {
        "id": item.pk,
        "name": EVIDENCE_KIND.get(item.kind, item.kind),
        "state": ITEM_STATE[item.state],
        "ref": item.ticket.ref,
        "is_draft": item.ticket.status == "draft",
        "since": moment_text(item.uploaded_at),
        "until": keeping_text(kept) if kept else _deletion_text(item),
        "held": bool(kept and kept.held_until),
    }


def _deletion_text(item: EvidenceItem) -> str:
    return _("deleted %(moment)s") % {"moment": moment_text(item.deleted_at)} if item.deleted_at else ""
