"""One click in a mail program (RFC 8058): no more of what may be turned off, without signing in."""

from __future__ import annotations

from django.conf import settings
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.models import EmailFrequency, User

SALT = "accounts.quiet"


def quiet_address(user: User) -> str:
    return settings.SITE_URL + reverse("account_quiet", args=[signing.Signer(salt=SALT).sign(str(user.pk))])


# A mail program posts from nowhere and knows no token of ours; the signature in the address stands for it.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def quiet(request: HttpRequest, signed: str) -> HttpResponse:
    """GET asks, POST does. Raises Http404 for an address we did not make."""
    try:
        found = User.objects.filter(pk=signing.Signer(salt=SALT).unsign(signed), is_active=True)
    except signing.BadSignature as error:
        raise Http404 from error
    if not found:
        raise Http404
    if request.method == "POST":
        found.update(news_by_mail=EmailFrequency.NEVER)
    return render(request, "account/quiet.html", {"done": request.method == "POST"})
