"""Which room answers which address."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponseRedirect
from django.templatetags.static import static
from django.urls import include, path

from accounts.views import set_language, set_text_size
from portal.views.freeze import ConfirmFreezeCode


def icon(request: HttpRequest) -> HttpResponseRedirect:
    """Browsers ask for /favicon.ico by themselves where a page names no icon: the admin, the API."""
    return HttpResponseRedirect(static("img/mark.svg"))


urlpatterns = [
    path("api/v1/", include("api.urls")),
    path("desk/", include("desk.urls")),
    path("evidence/", include("evidence.urls")),
    # allauth's address and name: here the code also carries out what was asked for before it.
    path("accounts/login/code/confirm/", ConfirmFreezeCode.as_view(), name="account_confirm_login_code"),
    path("accounts/tokens/", include("api.token_pages")),
    path("accounts/", include("accounts.urls")),  # before allauth: some addresses are answered here instead
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("i18n/setlang/", set_language, name="set_language"),
    path("text-size/", set_text_size, name="set_text_size"),
    path("favicon.ico", icon),
    path("", include("portal.urls")),
]

handler400 = "supportdesk.errors.bad_request"
handler403 = "supportdesk.errors.permission_denied"
handler404 = "supportdesk.errors.page_not_found"
handler500 = "supportdesk.errors.server_error"
