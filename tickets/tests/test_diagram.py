"""The drawn table is the table."""

from pathlib import Path

from django.conf import settings

from tickets.workflow import ACTIONS, TIMERS, Status
from tickets.workflow.diagram import diagram, document


def test_the_document_is_up_to_date():
    path = Path(settings.BASE_DIR) / "docs" / "states.md"
    assert path.read_text(encoding="utf-8") == document(), "run manage.py draw_states"


def test_every_status_can_be_reached_and_left():
    arrows = {arrow for action in ACTIONS.values() for arrow in action.arrows}
    arrows |= {arrow for timer in TIMERS.values() for arrow in timer.arrows}
    assert {target for _, target in arrows} | {Status.DRAFT} == set(Status)
    assert {source for source, _ in arrows} == set(Status)


def test_arrows_of_the_domain_rules_are_drawn():
    drawn = "\n".join(diagram())
    for arrow in (
        "draft --> freeze_pending: request_freeze",
        "freeze_pending --> frozen: confirm_freeze",
        "rejected --> closed: [rejection_final]",
        "under_review --> remedy_pending: approve / countersign",
    ):
        assert arrow in drawn
