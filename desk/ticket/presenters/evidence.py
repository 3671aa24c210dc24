"""Evidence as the desk sees it: the checklist, and each item with what was typed and said of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from desk.shell.formatting import moment_of, moment_text
from desk.shell.labels import CHECK_TONE, FIELD_OF_ITEM, ITEM_STATE, VERDICT
from evidence.files import MEGA
from evidence.kinds import KINDS, SENSITIVE
from evidence.models import EvidenceItem
from evidence.operations import is_masked, known_items, listed_text, may_view
from evidence.words import WARNING, reason, remarks
from lib.pages import url
from lib.types import Context, Text
from tickets.cases import checklist
from tickets.cases.case import Case
from tickets.words import CHECKLIST_STATE, EVIDENCE_KIND, ISSUER

PICTURES = ("image/jpeg", "image/png")
MASK = "****"
MOMENTS = frozenset({"paid_at", "shown_at", "occurred_at"})


def slots(case: Case) -> list[Context]:
    """The checklist, line by line."""
    return [
        {
            "name": EVIDENCE_KIND.get(line.kind, line.kind),
            "required": line.required,
            "count": f"{min(line.have, line.min)}/{line.min}" if line.min > 1 else "",
            "state": CHECKLIST_STATE[line.state],
            "tone": CHECK_TONE[line.state],
        }
        for line in checklist.lines(case)
    ]


def items(case: Case, viewer: User, names: Mapping[int, str]) -> list[Context]:
    """What still counts first, the latest first; then what was replaced or deleted. What we sent stands under its message."""
    known = [item for item in known_items(viewer, case) if not item.is_of_desk]
    shown = sorted(known, key=lambda item: (item.state in checklist.REMOVED_STATES, -item.pk))
    return [_item(case, item, viewer, names) for item in shown]


def file_line(case: Case, item: EvidenceItem) -> Context:
    """A file under its message, or still in the box: what it is called, how far its check is, where to look at it."""
    kind = EVIDENCE_KIND.get(item.kind, item.kind)
    sensitive = item.kind in SENSITIVE  # put there by an agent: it is looked at among the evidence, by those who may
    to_see = item.state == "clean" and item.has_file and not sensitive
    return {
        "id": item.pk,
        "kind": kind,
        "name": (not sensitive and item.original_name) or f"{kind} #{item.pk}",
        "size": size_text(item.size),
        "state": ITEM_STATE[item.state],
        "is_clean": item.state == "clean",
        "why": reason(item.reason, case.policy, KINDS[item.kind].forms),
        "address": f"{url('desk:viewer', case.ticket.ref)}?item={item.pk}" if to_see else "",
    }


def item_links(case: Case) -> list[Context]:
    """Each item's name and the viewer's address, no more."""
    address = url("desk:viewer", case.ticket.ref)
    return [
        {"id": item.pk, "name": EVIDENCE_KIND.get(item.kind, item.kind), "address": f"{address}?item={item.pk}", "verdict": item.verdict}
        for item in case.evidence
    ]


def _item(case: Case, item: EvidenceItem, viewer: User, names: Mapping[int, str]) -> Context:
    kind = KINDS[item.kind]
    item.ticket = case.ticket
    looks = may_view(viewer, item)
    is_clean = item.state == "clean"
    masked = is_masked(viewer, item)
    to_see = looks and is_clean and (item.has_file or (masked and bool(item.text)))
    return {
        "id": item.pk,
        "name": EVIDENCE_KIND.get(item.kind, item.kind),
        "state": ITEM_STATE[item.state],
        "state_code": item.state,
        "gone": item.state in checklist.REMOVED_STATES,
        "why": reason(item.reason, case.policy, kind.forms),
        "internal": item.internal,
        "by": names.get(item.uploaded_by_id, ""),
        "at": moment_text(item.uploaded_at),
        "size": size_text(item.size) if item.has_file else "",
        "hash": item.sha256[:12],
        "fields": listed_fields(item, viewer) if looks else [],
        "warnings": [*(WARNING.get(code, code) for code in item.fields.get("warnings", ())), *(remarks(item.remarks) if to_see else ())],
        "text": listed_text(viewer, item) if looks and not item.has_file else "",
        "address": f"{url('desk:viewer', case.ticket.ref)}?item={item.pk}" if to_see else "",
        "thumbnail": url("evidence:thumbnail", item.pk) if to_see and _shows_small(item, viewer) else "",
        "locked": kind.is_sensitive or masked,
        "hidden": not looks,
        "verdict": VERDICT.get(item.verdict, ""),
        "verdict_tone": "good" if item.verdict == "accepted" else "bad",
        "verdict_reason": item.verdict_reason,
        "can_judge": is_clean,
        "can_sort": item.kind == "uncategorized_file" and item.state in ("clean", "scanning"),
    }


def _shows_small(item: EvidenceItem, viewer: User) -> bool:
    return bool(item.thumbnail) and item.kind not in SENSITIVE and not is_masked(viewer, item)


def listed_fields(item: EvidenceItem, viewer: User) -> list[tuple[Text, object]]:
    """In words; what is masked, without what was said."""
    fields = fields_of(item.fields)
    return [(label, MASK) for label, _said in fields] if is_masked(viewer, item) else fields


def fields_of(fields: Mapping[str, object]) -> list[tuple[Text, object]]:
    """What was typed beside it, in words."""
    said = {name: value for name, value in fields.items() if name in FIELD_OF_ITEM and value not in (None, "")}
    return [(FIELD_OF_ITEM[name], _value(name, value)) for name, value in said.items()]


def _value(name: str, value: Any) -> object:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if name in MOMENTS:
        return moment_of(value)
    if name == "issuer":
        return ISSUER.get(value, value)
    return f"¥{value}" if name == "amount" else value


def size_text(size: int) -> str:
    return f"{size / MEGA:.1f} MB" if size >= MEGA else f"{max(1, size // 1024)} kB"
