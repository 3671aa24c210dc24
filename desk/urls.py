"""Addresses of the desk room."""

from django.urls import path
from django.views.generic import RedirectView

from desk.views import acting, queue, ticket

app_name = "desk"
urlpatterns = [
    path("", queue.queue, name="queue"),
    path("freezes/", RedirectView.as_view(), name="on_call"),
    path("countersign/", RedirectView.as_view(), name="countersign"),
    path("notices/", RedirectView.as_view(), name="inbox"),
    path("file/", RedirectView.as_view(), name="file"),
    path("tickets/<str:ref>/", ticket.ticket, name="ticket"),
    path("tickets/<str:ref>/<str:deed>/", acting.act, name="act"),
]
