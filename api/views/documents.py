"""Papers to take away: the receipt of what was filed, and the dossier for somebody outside."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle

from api.permissions import Anyone, caller
from api.schema import ARCHIVE, query
from api.serializers.receipts import ReceiptSerializer, ReceiptsSerializer, serialize_receipt
from api.throttles import ReceiptLookup
from api.views.base import Endpoint
from evidence.dossier import dossier, parse_request
from evidence.receipts import receipts, verify_code
from evidence.views import untrusted_response
from evidence.words import DOSSIER_FOR
from tickets.workflow import Invalid

NUMBER = query("number", {"type": "integer", "minimum": 0}, "Which submission; 0 is the filing. Without it the newest.")
DOSSIER_PARAMETERS = [
    query("for", {"type": "string", "enum": [key for key in DOSSIER_FOR if key]}, "To whom: changes heading and introduction."),
    query("lang", {"type": "string", "enum": ["zh-hans", "zh-hant", "en"]}, "Without it the reader's language."),
    query("include_sensitive", {"type": "boolean"}, "With identity documents: for the owner alone, freshly proven (`POST auth/proof/`)."),
]


class ReceiptOfTicket(Endpoint):
    """The receipt of a ticket for its owner and the desk: the newest, or of `?number=`."""

    scopes = {"GET": "tickets:read"}
    queries = (NUMBER,)

    @extend_schema(operation_id="receipt", responses=ReceiptsSerializer)
    def get(self, request: Request, ref: str) -> Response:
        found = receipts(caller(request), ref)
        wanted = request.query_params.get("number", str(found[-1].number))
        receipt = next((each for each in found if str(each.number) == wanted), None)
        if receipt is None:
            numbers = ", ".join(str(each.number) for each in found)
            raise Invalid({"number": [_("Choose one of: %(choices)s.") % {"choices": numbers}]})
        return Response(serialize_receipt(receipt, found))


class ReceiptByCode(Endpoint):
    """What a receipt says, for anyone who holds its code. Whether a code is wrong or unknown is not told apart."""

    permission_classes = [Anyone]

    def get_throttles(self) -> list[BaseThrottle]:
        return [*super().get_throttles(), ReceiptLookup()]

    @extend_schema(operation_id="receipt_by_code", responses=ReceiptSerializer)
    def get(self, request: Request, code: str) -> Response:
        return Response(ReceiptSerializer(verify_code(code)).data)


class Dossier(Endpoint):
    """A ZIP to hand to somebody outside. Each file that goes out is recorded."""

    scopes = {"GET": "evidence:read"}
    queries = DOSSIER_PARAMETERS

    @extend_schema(operation_id="dossier", responses={(200, "application/zip"): ARCHIVE})
    def get(self, request: Request, ref: str) -> HttpResponse:
        return untrusted_response(dossier(caller(request), ref, parse_request(request.query_params)))
