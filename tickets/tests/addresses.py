"""Addresses for the tests of letters: the names the doors give to a ticket's page, without the doors."""

from django.http import HttpResponse
from django.urls import include, path


def page(request, ref="", signed=""):
    return HttpResponse(ref or signed)


urlpatterns = [
    path("my/", include(([path("<str:ref>/", page, name="ticket"), path("<str:ref>/rating/", page, name="rating")], "portal"))),
    path("quiet/<str:signed>/", page, name="account_quiet"),
    path("desk/", include(([path("freezes/", page, name="on_call"), path("<str:ref>/", page, name="ticket")], "desk"))),
]
