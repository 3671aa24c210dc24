"""What privacy officers alone do to the whole vault: begin a change of keys or a proof of the log."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role, roles_of
from evidence.models import VaultRun
from evidence.vault.jobs import begin
from lib.background import enqueue
from tickets.workflow import Forbidden, Invalid

MANUAL_RUN_KINDS = (VaultRun.Kind.ROTATION.value, VaultRun.Kind.VERIFICATION.value)


def check_officer(actor: User) -> None:
    """Raises Forbidden."""
    if Role.PRIVACY_OFFICER not in roles_of(actor):
        raise Forbidden


def begin_run(actor: User, kind: str) -> VaultRun:
    """Begin a run; a worker carries it out. Raises Forbidden, Invalid at kind, Refusal (RUN_GOES_ON: 409)."""
    check_officer(actor)
    if kind not in MANUAL_RUN_KINDS:
        raise Invalid({"kind": [_("There is no such run to begin.")]})
    with transaction.atomic():
        run = begin(kind, timezone.now(), actor)
        enqueue("evidence.run", run.pk)
    return run
