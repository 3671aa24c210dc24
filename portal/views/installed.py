"""The site on a phone's home screen: its manifest, the worker that stands in while no network answers, and the page it then shows."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lib.languages import active_language, html_language
from lib.pages import render

WORKER = Path(__file__).resolve().parents[2] / "static" / "js" / "offline-worker.js"
# Pages that look the same to everybody, and hold nobody's words. Those of a signed-in person are kept by no browser (no-store).
OPEN_PAGES = ("portal:home", "portal:freeze", "portal:file", "portal:follow")
FILES = ("css/customer.css", "js/page.js", "js/clock.js", "img/icons.svg", "img/mark.svg")
ICONS = (
    ("img/icon-192.png", "192x192", "any"),
    ("img/icon-512.png", "512x512", "any"),
    ("img/icon-maskable-512.png", "512x512", "maskable"),
)


@require_safe
def manifest(request: HttpRequest) -> JsonResponse:
    """https://www.w3.org/TR/appmanifest/"""
    icons = [{"src": static(path), "sizes": sizes, "type": "image/png", "purpose": purpose} for path, sizes, purpose in ICONS]
    freeze = {"name": _("Freeze my account"), "url": reverse("portal:freeze"), "icons": icons[:1]}
    said = {
        "id": "/",
        "name": _("Supportdesk"),
        "short_name": _("Supportdesk"),
        "description": _("Money gone, charged wrongly, or locked out?"),
        "lang": html_language(),
        "start_url": reverse("portal:home"),
        "scope": "/",
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": "#0d4f6c",
        "icons": icons,
        "shortcuts": [freeze],
    }
    return JsonResponse(said, content_type="application/manifest+json", json_dumps_params={"ensure_ascii": False})


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The script with what it is to keep. Another language or another release is another script, and the browser takes it in."""
    told = {
        "offline": reverse("portal:offline", args=[active_language()]),
        "pages": [reverse(name) for name in OPEN_PAGES],
        "files": [static(path) for path in FILES],
        "prefix": settings.STATIC_URL,
    }
    script = WORKER.read_text()
    told["name"] = f"pages-{sha256((json.dumps(told) + script).encode()).hexdigest()[:16]}"
    response = HttpResponse(f"self.kept = {json.dumps(told)};\n{script}", content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response


@require_safe
def offline(request: HttpRequest, language: str) -> HttpResponse:
    """Fetched by the worker without cookies, so the language stands in the address."""
    if language not in dict(settings.LANGUAGES):
        raise Http404
    with translation.override(language):
        return render(request, "portal/offline.html", {})
