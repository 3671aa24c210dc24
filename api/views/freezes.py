"""The account to freeze, for those who freeze it; and the freeze adapter's word, signed for one freeze and one moment."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.service_users import FREEZE_ADAPTER, service_user
from api.bodies import body_of
from api.permissions import Anyone, caller
from api.problems import problem
from api.schema import CALLBACK_BODY, header, query
from api.serializers.tickets import AccountSerializer, FreezeSerializer
from api.views.base import Endpoint
from evidence.operations import open_account_for
from lib.standard_webhooks import SignatureRefused, verify
from tickets.models import AdapterMessage, Freeze
from tickets.operations import keep_differing_report, open_case, perform
from tickets.workflow import Block, Data, Input, Invalid, NotFound, Refusal, clean_fields
from tickets.workflow.inputs import NOT_A_CHOICE

State = Freeze.State
BODY = (
    Input("freeze_id", "int", required=True),
    Input("state", limit=10, required=True),
    Input("reference", limit=100),
    Input("reason"),
    Input("type", limit=40),
)
# What the adapter reports → the action that records it, and the states the freeze can be in before.
REPORTS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    State.ACTIVE: ("confirm_freeze", (State.REQUESTED, State.FAILED)),
    State.FAILED: ("fail_freeze", (State.REQUESTED,)),
    State.LIFTED: ("lift_freeze", Freeze.LIVE),
}
SIGNATURE_CODE = {"unsigned": "unauthenticated", "forged": "SIGNATURE_INVALID", "late": "SIGNATURE_EXPIRED"}
SIGNATURE_HEADERS = {"webhook-id": "Taken once.", "webhook-timestamp": "Seconds since 1970.", "webhook-signature": "v1,<base64>"}


class Account(Endpoint):
    """The account of a complaint, in full: for freeze operators; for the assigned reviewer and supervisors with `?purpose=`. Each look is
    recorded."""

    scopes = {"GET": "accounts:read"}
    queries = (query("purpose", {"type": "string"}), query("freeze", {"type": "integer"}, "One of its freezes: of another account."))

    @extend_schema(responses=AccountSerializer)
    def get(self, request: Request, ref: str) -> Response:
        asked = request.query_params.get("freeze", "")
        if asked and not asked.isdecimal():
            raise Invalid({"freeze": [_("Enter a whole number.")]})
        opened = open_account_for(caller(request), ref, request.query_params.get("purpose", ""), int(asked) if asked else None)
        told = {"account": opened.account, "respondent": opened.respondent, "freeze_ids": opened.freeze_ids}
        return Response(told, headers={"Cache-Control": "private, no-store"})


class FreezeCallback(Endpoint):
    """What became of a freeze. Signed as Standard Webhooks; the body names the freeze of the address. An id is taken once: again, it
    gets its first answer, and nothing is done."""

    authentication_classes = []
    permission_classes = [Anyone]

    @extend_schema(
        request={"application/json": CALLBACK_BODY},
        parameters=[header(name, words) for name, words in SIGNATURE_HEADERS.items()],
        responses=FreezeSerializer,
        auth=[],
    )
    def post(self, request: Request, freeze_id: int) -> Response:
        secrets = [settings.FREEZE_ADAPTER_SECRET, *settings.FREEZE_ADAPTER_SECRET_FALLBACKS]
        try:
            message = verify(secrets, request.headers, request.body, timezone.now())
        except SignatureRefused as refused:
            return problem(401, SIGNATURE_CODE[refused.code], {"WWW-Authenticate": "webhook-signature"})
        freeze = Freeze.objects.select_related("ticket").filter(pk=freeze_id).first()
        if freeze is None:
            raise NotFound
        report = _clean_report(request)
        if report["freeze_id"] != freeze.pk:
            return problem(400, "WRONG_FREEZE")
        return Response(_take_or_keep(freeze, report, message))


def _clean_report(request: Request) -> Data:
    report = clean_fields(BODY, body_of(request))
    if report["state"] not in REPORTS:
        raise Invalid({"state": [NOT_A_CHOICE % {"choices": ", ".join(REPORTS)}]})
    return report


def _take_or_keep(freeze: Freeze, report: Data, message: str) -> Mapping[str, object]:
    """What cannot be recorded as what is so is kept as what was reported, and refused all the same."""
    try:
        return _take_once(freeze, report, message)
    except Refusal as refusal:
        if refusal.status == HTTPStatus.CONFLICT:
            with open_case(service_user(FREEZE_ADAPTER), freeze.ticket.ref) as case:
                keep_differing_report(case, freeze.pk, report["state"])
        raise


def _take_once(freeze: Freeze, report: Data, message: str) -> Mapping[str, object]:
    """The id and what it brings in one transaction: of two at once one waits for the other. A refused report may come again."""
    try:
        with transaction.atomic():
            taken = AdapterMessage.objects.create(message_id=message, freeze=freeze, at=timezone.now())
            if freeze.state != report["state"]:
                _record(freeze, report)
            taken.answer = dict(FreezeSerializer(Freeze.objects.get(pk=freeze.pk)).data)
            taken.save(update_fields=["answer"])
    except IntegrityError:
        return AdapterMessage.objects.get(message_id=message).answer
    return taken.answer


def _record(freeze: Freeze, report: Data) -> None:
    """Through the operation. Two callbacks at once: the second finds the state it reports, and that is no error."""
    action, before = REPORTS[report["state"]]
    if freeze.state not in before:
        raise Refusal(Block("WRONG_STATUS", extra={"current_status": freeze.state}))
    inputs = {action: _input(action, report)}
    if report["state"] == State.LIFTED and freeze.state == State.REQUESTED:  # it made the freeze, and has not told us
        inputs = {"confirm_freeze": {"note": _("Reported by the freeze adapter.")}, **inputs}
    try:
        for each, body in inputs.items():
            perform(service_user(FREEZE_ADAPTER), freeze.ticket.ref, each, {**body, "freeze": freeze.pk})
    except Refusal:
        freeze.refresh_from_db()
        if freeze.state != report["state"]:
            raise


def _input(action: str, report: Mapping[str, object]) -> dict[str, object]:
    reference, reason = report["reference"] or "", report["reason"] or ""
    if action == "confirm_freeze":
        return {"reference": reference}
    told = _("Reported by the freeze adapter.")
    if action == "fail_freeze":
        return {"reason": reason or reference or told}
    return {"note": reason or told, "release_reference": reference}
