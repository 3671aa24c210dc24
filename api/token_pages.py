"""The page of one's own tokens: which there are and when each was last used; making one, shown once; ending it."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from accounts.reauthentication import require_fresh_code
from accounts.roles import is_staff_member
from accounts.scopes import EXCHANGE, FILE, SCOPES, TICKETS
from api.models import Token
from api.tokens import ask_for_token, end_token
from lib.types import Context
from tickets.workflow import NotFound

DAYS = ((30, gettext_lazy("30 days")), (90, gettext_lazy("90 days")), (365, gettext_lazy("a year")))
# Of no use to somebody who is not of the desk.
OF_THE_DESK = frozenset(SCOPES) - {
    "read", "write", TICKETS, FILE, "tickets:write", "tickets:act", "messages:write", "evidence:read", "evidence:write", "events:read",
}  # fmt: skip


class TokenForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("What it is for"), max_length=80)
    scopes = forms.MultipleChoiceField(label=gettext_lazy("What it may do"), widget=forms.CheckboxSelectMultiple)
    days = forms.TypedChoiceField(label=gettext_lazy("How long it works"), choices=DAYS, coerce=int, initial=90)

    def __init__(self, person: User, data: QueryDict | None = None) -> None:
        super().__init__(data)
        hidden = {EXCHANGE} if is_staff_member(person) or person.is_superuser else OF_THE_DESK
        choices = [(scope, words) for scope, words in SCOPES.items() if scope not in hidden]
        self.fields["scopes"].choices = choices  # type: ignore[attr-defined]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: HttpRequest) -> HttpResponseBase:
    person = _person(request)
    if request.method == "POST":
        return _make(request)
    return _page(request, TokenForm(person))


@require_fresh_code("token_pages:tokens")
def _make(request: HttpRequest) -> HttpResponse:
    """The token stands on this answer alone."""
    person = _person(request)
    form = TokenForm(person, request.POST)
    if not form.is_valid():
        return _page(request, form, status=400)
    end = timezone.now() + timedelta(days=form.cleaned_data["days"])
    asked = {"name": form.cleaned_data["name"], "scopes": form.cleaned_data["scopes"], "expires_at": end}
    token, text = ask_for_token(person, asked)
    return _page(request, TokenForm(person), {"made": token, "text": text}, 201)


@login_required
@require_POST
def end(request: HttpRequest, token_id: UUID) -> HttpResponse:
    """Ending one needs no code: it loses nothing that could not be made again."""
    try:
        end_token(_person(request), token_id)
    except NotFound as error:
        raise Http404 from error
    messages.success(request, _("The token is ended. Programs that used it are let in no more."))
    return HttpResponseRedirect(reverse("token_pages:tokens"))


def _person(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise Http404
    return request.user


def _page(request: HttpRequest, form: TokenForm, made: Context | None = None, status: int = 200) -> HttpResponse:
    now, listed = timezone.now(), Token.objects.filter(user=_person(request))
    rows = [{"token": token, "ended": token.expiry is not None and token.expiry <= now, "words": _words(token)} for token in listed]
    return render(request, "account/tokens.html", {"form": form, "rows": rows, **(made or {})}, status=status)


def _words(token: Token) -> str:
    return _("; ").join(str(SCOPES.get(scope, scope)) for scope in token.scopes)


app_name = "token_pages"
urlpatterns = [path("", tokens, name="tokens"), path("<uuid:token_id>/end/", end, name="end")]
