"""The freeze adapter's word: signed, replay-safe, through the same operations as an operator's."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from api.bodies import body_of
from api.permissions import Anyone
from api.schema import CALLBACK_BODY, header
from api.serializers.tickets import FreezeSerializer
from api.views.base import Endpoint
from tickets.models import Freeze
from tickets.operations import perform
from tickets.workflow import Block, Data, Input, Invalid, NotFound, Refusal, clean_fields
from tickets.workflow.inputs import NOT_A_CHOICE

State = Freeze.State
BODY = (Input("state", limit=10, required=True), Input("reference", limit=100), Input("reason"))
# What the adapter reports → the action that records it, and the state the freeze is in before.
REPORTS: Mapping[str, tuple[str, str]] = {
    State.ACTIVE: ("confirm_freeze", State.REQUESTED),
    State.FAILED: ("fail_freeze", State.REQUESTED),
    State.LIFTED: ("lift_freeze", State.ACTIVE),
}
ADAPTER_EMAIL = "freeze-adapter@localhost"


class FreezeCallback(Endpoint):
    """What became of a freeze that was asked for. The header X-Signature: sha256=… is the HMAC of the body."""

    authentication_classes = []
    permission_classes = [Anyone]

    @extend_schema(
        request={"application/json": CALLBACK_BODY},
        parameters=[header("X-Signature", "sha256=<hex HMAC of the body>")],
        responses=FreezeSerializer,
        auth=[],
    )
    def post(self, request: Request, freeze_id: int) -> Response:
        _check_signature(request)
        freeze = Freeze.objects.select_related("ticket").filter(pk=freeze_id).first()
        if freeze is None:
            raise NotFound
        said = _clean_report(request)
        if freeze.state != said["state"]:
            _record(freeze, said)
        return Response(FreezeSerializer(Freeze.objects.get(pk=freeze_id)).data)

    def get_authenticate_header(self, request: Request) -> str:
        return "X-Signature"


def _check_signature(request: Request) -> None:
    """Raises AuthenticationFailed for a wrong signature, and for any when no secret is set."""
    secret = settings.FREEZE_ADAPTER_SECRET
    wanted = hmac.new(secret.encode(), request.body, hashlib.sha256).hexdigest()
    given = request.headers.get("X-Signature", "").removeprefix("sha256=")
    if not secret or not hmac.compare_digest(wanted.encode(), given.encode()):
        raise AuthenticationFailed


def _clean_report(request: Request) -> dict[str, object]:
    body = clean_fields(BODY, body_of(request))
    if body["state"] not in REPORTS:
        raise Invalid({"state": [NOT_A_CHOICE % {"choices": ", ".join(REPORTS)}]})
    return body


def _record(freeze: Freeze, said: Data) -> None:
    """Through the operation. Two callbacks at once: the second finds the state it reports, and that is no error."""
    action, before = REPORTS[said["state"]]
    latest = freeze.ticket.freezes.filter(state=before).order_by("-pk").first()
    if latest is None or latest.pk != freeze.pk:
        raise Refusal(Block("WRONG_STATUS", extra={"current_status": freeze.state}))
    try:
        perform(_adapter(), freeze.ticket.ref, action, _input(action, said))
    except Refusal:
        freeze.refresh_from_db()
        if freeze.state != said["state"]:
            raise


def _input(action: str, said: Mapping[str, object]) -> dict[str, object]:
    reference, reason = said["reference"] or "", said["reason"] or ""
    if action == "confirm_freeze":
        return {"reference": reference}
    if action == "fail_freeze":
        return {"reason": reason or reference or _("Reported by the freeze adapter.")}
    return {"note": reason or _("Reported by the freeze adapter."), "release_reference": reference}


def _adapter() -> User:
    """The service user in whose name the adapter acts; made when it is first needed."""
    fresh = {"name": "Freeze adapter", "is_service": True, "password": make_password(None)}
    return User.objects.get_or_create(email=ADAPTER_EMAIL, defaults=fresh)[0]
