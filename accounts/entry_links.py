"""An address that signs one customer in, once and within a minute: from the platform's app into a page of ours."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from allauth.account.utils import perform_login
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.models import EntryLink, UsedAssertion, User
from lib.duties.setting_aside import delete_all_or_each

A_DAY = timedelta(days=1)
TOO_LATE = _("This way in does not work any more: it is good once, and for a moment. Go back to the app and try again.")


def make_entry_link(person: User, following: str) -> tuple[str, EntryLink]:
    """Its address, which is kept nowhere, and the row of its digest."""
    text = secrets.token_urlsafe(32)
    until = timezone.now() + settings.PLATFORM_ENTRY_LASTS
    row = EntryLink.objects.create(digest=_digest(text), user=person, following=following, until=until)
    return settings.SITE_URL + reverse("account_enter", args=[text]), row


def is_own_path(path: str) -> bool:
    """A page of ours, without a host: nobody is led elsewhere."""
    return path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None)


# GET signs in: the app opens it in its own window, and whoever holds the address is let in by it, once.
@never_cache
@require_GET
def enter(request: HttpRequest, text: str) -> HttpResponse:
    """One of two who open it at once is let in. Too late, or used: the page to sign in, in words."""
    row = EntryLink.objects.select_related("user").filter(digest=_digest(text), until__gt=timezone.now()).first()
    if row is None or not EntryLink.objects.filter(pk=row.pk).delete()[0] or not row.user.is_active:
        messages.error(request, TOO_LATE)
        return HttpResponseRedirect(reverse("account_login"))
    if request.user.is_authenticated:
        logout(request)  # two people, one phone: nothing of the one before is carried over
    return perform_login(request, row.user, email_verification="none", redirect_url=row.following or "/")


def forget_platform_words(now: datetime) -> int:
    """What is over: addresses nobody opened, and signed words that would be refused for their time by now."""
    unopened, words = EntryLink.objects.filter(until__lt=now), UsedAssertion.objects.filter(until__lt=now - A_DAY)
    return sum(delete_all_or_each(f"accounts.forget_{rows.model._meta.model_name}", rows, now) for rows in (unopened, words))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
