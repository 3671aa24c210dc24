"""A category of any version, a draft too, as its customers will meet it: for those who write the rules. Nothing can be sent."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lib.pages import render
from lib.types import Text
from portal.access import require_sign_in
from portal.categories import may_be_emergency, own_words
from portal.forms.filing import STEPS, StepForm, StoryForm, steps_of
from portal.views.filing import AFTER_SALE
from sla.policies import build_snapshot
from tickets.models import Category, EscalationTarget
from tickets.policy.playbooks import Playbook, Slot, read_playbooks, title
from tickets.words import EVIDENCE_HINT, EVIDENCE_KIND, FACT, LANE


@dataclass(frozen=True)
class PreviewSlot:
    """One line of the checklist. `ways`: what may stand for it, where several may."""

    name: Text
    hint: Text
    required: bool
    minimum: int
    ways: list[str]


@require_safe
@require_sign_in
def category(request: HttpRequest, pk: int) -> HttpResponse:
    """Raises PermissionDenied for those who may not see categories in the admin."""
    if not (request.user.is_staff and request.user.has_perm("tickets.view_category")):
        raise PermissionDenied
    row = get_object_or_404(Category.objects.select_related("policy"), pk=pk)
    playbook = read_playbooks(row.policy_id)[row.key]
    context = {
        "row": row,
        "title": title(playbook),
        "words": own_words(row),
        "urgent": may_be_emergency(row),
        "pages": [] if row.key == AFTER_SALE else _pages(playbook, build_snapshot(row.policy).statement_min_chars),
        "lists": _lists(playbook),
        "places": _places(playbook),
    }
    return render(request, "portal/preview.html", context)


def _pages(playbook: Playbook, least: int) -> list[StepForm]:
    return [StoryForm(playbook, least=least) if key == StoryForm.key else STEPS[key](playbook) for key in steps_of(playbook)]


def _lists(playbook: Playbook) -> list[tuple[Text, list[PreviewSlot]]]:
    """The checklist, once for each lane in which it differs."""
    lanes = dict.fromkeys([playbook.lane, *(slot.lane for slot in playbook.slots if slot.lane)])
    return [(LANE.get(lane, lane), [_preview_slot(slot) for slot in playbook.slots_for(lane)]) for lane in lanes]


def _preview_slot(slot: Slot) -> PreviewSlot:
    ways = [_(" and ").join(str(EVIDENCE_KIND.get(kind, kind)) for kind in way) for way in slot.ways if way != (slot.kind,)]
    return PreviewSlot(EVIDENCE_KIND.get(slot.kind, slot.kind), EVIDENCE_HINT.get(slot.kind, ""), slot.required, slot.minimum, ways)


def _places(playbook: Playbook) -> list[tuple[str, Text]]:
    """Where one can turn, and the answer that opens it."""
    known = {target.key: target for target in EscalationTarget.objects.all()}
    return [(known[each.key].title, FACT.get(each.needs_fact, "")) for each in playbook.targets if each.key in known]
