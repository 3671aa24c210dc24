"""The schema, and a page to read it on: without a CDN, under the Content-Security-Policy."""

from __future__ import annotations

from typing import Any

from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response

from api.idempotency import Renderer
from api.permissions import Anyone
from api.schema import TEXT, query
from api.views.base import Endpoint


class Page(Endpoint):
    """In the format that is asked for; what is refused is a problem in JSON all the same."""

    content_negotiation_class = DefaultContentNegotiation
    permission_classes = [Anyone]

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        if response.status_code >= 400:
            request.accepted_renderer, request.accepted_media_type = Renderer(), Renderer.media_type
        return super().finalize_response(request, response, *args, **kwargs)


class SchemaView(Page, SpectacularAPIView):
    """OpenAPI 3.1, as YAML; as JSON with `?format=json` or where Accept asks for it."""

    queries = (query("format", {"type": "string", "enum": ["json", "yaml"]}), query("lang", TEXT))


class DocsView(Page, SpectacularSwaggerSplitView):
    """The readable page."""

    queries = (query("script", TEXT), query("lang", TEXT))
    url_name = "api:schema"
    template_name = "api/docs.html"
    template_name_js = "api/docs.js"
