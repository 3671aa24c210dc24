"""Evidence: added, listed, judged, looked at, taken back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from api.bodies import body_of
from api.pagination import Keyset, Order
from api.permissions import caller
from api.reading import visible_ticket
from api.schema import BINARY, EMPTY, EVIDENCE_BODY, EVIDENCE_FORM, ONCE, PAGING, REVIEW_BODY, page_of, query
from api.serializers.evidence import CustodySerializer, EvidenceSerializer, serialize_custody, serialize_item, serialize_items
from api.views.base import Endpoint, IdempotentEndpoint
from evidence.intake import commit_upload, give_consent, stage_upload
from evidence.models import EvidenceItem
from evidence.operations import content, custody_of, delete, review, withdraw_consent
from evidence.views import untrusted_response
from tickets.workflow import Invalid, NotFound


@extend_schema_view(
    post=extend_schema(
        request={"multipart/form-data": EVIDENCE_FORM, "application/json": EVIDENCE_BODY},
        parameters=ONCE,
        responses={201: EvidenceSerializer},
    )
)
class Evidence(IdempotentEndpoint):
    """The evidence of a ticket, the oldest first."""

    scopes = {"GET": "evidence:read", "POST": "evidence:write"}
    queries = PAGING

    @extend_schema(operation_id="evidence", responses=page_of(EvidenceSerializer))
    def get(self, request: Request, ref: str) -> Response:
        ticket = visible_ticket(caller(request), ref)
        found = EvidenceItem.objects.visible_to(caller(request)).filter(ticket=ticket).select_related("ticket", "uploaded_by")
        pages = Keyset(100)
        page = pages.paginate(found, request, Order("id"))
        return pages.answer(serialize_items(list(page), caller(request)))

    @contextmanager
    def prepare(self, request: Request, **kwargs: Any) -> Iterator[Callable[[], Response]]:
        raw = body_of(request)
        file = raw.pop("file", None) if isinstance(raw, dict) else None
        if file is not None and not isinstance(file, UploadedFile):
            visible_ticket(caller(request), kwargs["ref"])
            raise Invalid({"file": [_("Send one file, as a part of multipart/form-data.")]})
        with stage_upload(caller(request), kwargs["ref"], raw, file) as parcel:
            yield lambda: Response(serialize_item(commit_upload(caller(request), parcel), caller(request)), status=201)


class EvidenceItemByID(Endpoint):
    """One item."""

    scopes = {"GET": "evidence:read", "DELETE": "evidence:write"}

    @extend_schema(operation_id="evidence_item", responses=EvidenceSerializer)
    def get(self, request: Request, item_id: int) -> Response:
        return Response(serialize_item(_visible_item(request, item_id), caller(request)))

    @extend_schema(responses={204: EMPTY})
    def delete(self, request: Request, item_id: int) -> Response:
        delete(caller(request), item_id)
        return Response(status=204)


@extend_schema_view(post=extend_schema(request={"application/json": REVIEW_BODY}, parameters=ONCE, responses=EvidenceSerializer))
class EvidenceReview(IdempotentEndpoint):
    """What the desk says of an item."""

    scopes = {"POST": "evidence:review"}

    def act(self, request: Request, **kwargs: Any) -> Response:
        _visible_item(request, kwargs["item_id"])
        raw = body_of(request)
        if not isinstance(raw, Mapping):
            raise Invalid({"non_field_errors": [_("Send an object with named fields.")]})
        if unknown := raw.keys() - {"verdict", "reason"}:
            raise Invalid({name: [_("There is no such field.")] for name in unknown})
        review(caller(request), kwargs["item_id"], raw.get("verdict") or "", raw.get("reason") or "")
        return Response(serialize_item(_visible_item(request, kwargs["item_id"]), caller(request)))


@extend_schema_view(post=extend_schema(request=None, parameters=ONCE, responses=EvidenceSerializer))
class EvidenceConsent(IdempotentEndpoint):
    """The owner agrees that an identity document is used, or does not agree any more. For every item of its kind on the ticket."""

    scopes = {"POST": "evidence:write", "DELETE": "evidence:write"}

    def act(self, request: Request, **kwargs: Any) -> Response:
        if body_of(request) != {}:
            raise Invalid({"non_field_errors": [_("Send no fields.")]})
        give_consent(caller(request), kwargs["item_id"])
        return Response(serialize_item(_visible_item(request, kwargs["item_id"]), caller(request)))

    @extend_schema(operation_id="withdraw_consent", responses={204: EMPTY})
    def delete(self, request: Request, item_id: int) -> Response:
        """The document is deleted at once."""
        withdraw_consent(caller(request), item_id)
        return Response(status=204)


class EvidenceContent(Endpoint):
    """The safe copy of an item. Each look is recorded; a sensitive item of somebody else needs `?purpose=`."""

    scopes = {"GET": "evidence:read"}
    queries = (query("purpose", {"type": "string"}),)

    @extend_schema(responses={(200, "*/*"): BINARY})
    def get(self, request: Request, item_id: int) -> HttpResponse:
        return untrusted_response(content(caller(request), item_id, request.query_params.get("purpose", "")))


class EvidenceCustody(Endpoint):
    """What happened to an item and who looked at it, oldest first. The owner is told roles, the desk people."""

    scopes = {"GET": "evidence:read"}

    @extend_schema(operation_id="evidence_custody", responses=CustodySerializer(many=True))
    def get(self, request: Request, item_id: int) -> Response:
        return Response([serialize_custody(told) for told in custody_of(caller(request), item_id)])


def _visible_item(request: Request, item_id: int) -> EvidenceItem:
    item = EvidenceItem.objects.visible_to(caller(request)).select_related("ticket", "uploaded_by").filter(pk=item_id).first()
    if item is None:
        raise NotFound
    return item
