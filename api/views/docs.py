"""The schema, and a page to read it on: without a CDN, under the Content-Security-Policy."""

from __future__ import annotations

from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView


class SchemaView(SpectacularAPIView):
    """OpenAPI 3.1, as YAML; as JSON with `?format=json` or where Accept asks for it."""


class DocsView(SpectacularSwaggerSplitView):
    """The readable page."""

    url_name = "api:schema"
    template_name = "api/docs.html"
    template_name_js = "api/docs.js"
