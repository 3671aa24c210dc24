"""The schema, and a page to read it on: without a CDN, under the Content-Security-Policy."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils.translation import get_language
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.exceptions import ValidationError
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response

from api.idempotency import Renderer
from api.permissions import Anyone
from api.schema import TEXT, query
from api.views.base import Endpoint
from tickets.workflow import ACTIONS
from tickets.workflow.inputs import NOT_A_CHOICE


class KeepingGenerator(SchemaGenerator):
    """The document is public and the same for everybody: drawn once for each language, however often it is asked for."""

    def get_schema(self, request: object = None, public: bool = True) -> dict[str, Any]:
        return _draw_schema(get_language() or "", tuple(ACTIONS))


@lru_cache(maxsize=8)
def _draw_schema(language: str, actions: tuple[str, ...]) -> dict[str, Any]:
    """`language` is active; the actions are named because a row more is an address more."""
    return SchemaGenerator().get_schema(request=None, public=True)


class Page(Endpoint):
    """In the format that is asked for; what is refused is a problem in JSON all the same."""

    content_negotiation_class = DefaultContentNegotiation
    permission_classes = [Anyone]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.query_params.get("lang", "en") not in dict(settings.LANGUAGES):
            raise ValidationError({"lang": [NOT_A_CHOICE % {"choices": ", ".join(dict(settings.LANGUAGES))}]})

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        if response.status_code >= 400:
            request.accepted_renderer, request.accepted_media_type = Renderer(), Renderer.media_type
        return super().finalize_response(request, response, *args, **kwargs)


class SchemaView(Page, SpectacularAPIView):
    """OpenAPI 3.1, as YAML; as JSON with `?format=json` or where Accept asks for it."""

    generator_class = KeepingGenerator
    queries = (query("format", {"type": "string", "enum": ["json", "yaml"]}), query("lang", TEXT))


class DocsView(Page, SpectacularSwaggerSplitView):
    """The readable page."""

    queries = (query("script", TEXT), query("lang", TEXT))
    url_name = "api:schema"
    template_name = "api/docs.html"
    template_name_js = "api/docs.js"
