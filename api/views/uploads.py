"""Files in parts: announced, sent bit by bit, taken up again where the line broke."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.request import Request
from rest_framework.response import Response

from api.bodies import body_of
from api.permissions import caller
from api.schema import EMPTY, ONCE, PART_BODY, UPLOAD_BODY, UPLOAD_OFFSET
from api.serializers.evidence import EvidenceSerializer, UploadSerializer, serialize_item, serialize_upload
from api.views.base import Endpoint, IdempotentEndpoint
from evidence.intake import cancel, create_partial, receive, stage_partial, visible_upload
from evidence.models import PartialUpload
from tickets.workflow import Invalid

PART = "application/offset+octet-stream"


@extend_schema_view(
    post=extend_schema(request={"application/json": UPLOAD_BODY}, parameters=ONCE, responses={201: UploadSerializer}),
)
class Uploads(IdempotentEndpoint):
    """Announce a file that will come in parts. What can be refused beforehand is refused here."""

    scopes = {"POST": "evidence:write"}

    @contextmanager
    def prepare(self, request: Request, **kwargs: Any) -> Iterator[Callable[[], Response]]:
        with stage_partial(caller(request), kwargs["ref"], body_of(request)) as soon:
            yield lambda: _answer(create_partial(caller(request), soon), status=201)


class UploadByID(Endpoint):
    """A file on its way. The last part makes it an item of evidence; any part sent after it answers with that item again."""

    scopes = {"GET": "evidence:read", "PATCH": "evidence:write", "DELETE": "evidence:write"}

    @extend_schema(operation_id="upload", responses=UploadSerializer)
    def get(self, request: Request, upload_id: UUID) -> Response:
        return _answer(visible_upload(caller(request), upload_id))

    @extend_schema(
        operation_id="upload_part",
        request={PART: PART_BODY},
        parameters=[UPLOAD_OFFSET],
        responses={200: UploadSerializer, 201: EvidenceSerializer},
    )
    def patch(self, request: Request, upload_id: UUID) -> Response:
        visible_upload(caller(request), upload_id)  # a stranger finds nothing, whatever else is wrong with what they send
        found = receive(caller(request), upload_id, _offset(request), _part(request))
        if found.item is None:
            return _answer(found)
        return Response(serialize_item(found.item, caller(request)), status=201, headers={"Upload-Offset": str(found.size)})

    @extend_schema(responses={204: EMPTY})
    def delete(self, request: Request, upload_id: UUID) -> Response:
        cancel(caller(request), upload_id)
        return Response(status=204)


def _answer(found: PartialUpload, status: int = 200) -> Response:
    return Response(serialize_upload(found), status=status, headers={"Upload-Offset": str(found.offset)})


def _offset(request: Request) -> int:
    text = request.headers.get("Upload-Offset", "").strip()
    if not (text.isascii() and text.isdigit() and len(text) < 12):
        raise Invalid({"Upload-Offset": [_("Say at which byte of the file this part begins.")]})
    return int(text)


def _part(request: Request) -> bytes:
    """Raises UnsupportedMediaType (415), RequestDataTooBig (413)."""
    kind = (request.content_type or "").partition(";")[0].strip().lower()
    if kind != PART:
        raise UnsupportedMediaType(kind)
    return request.body
