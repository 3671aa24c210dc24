"""Addresses of the desk room."""

from django.urls import path

from desk.views import acting, countersign, filing, inbox, on_call, papers, queue, ticket, viewer

app_name = "desk"
urlpatterns = [
    path("", queue.queue, name="queue"),
    path("freezes/", on_call.on_call, name="on_call"),
    path("countersign/", countersign.countersign, name="countersign"),
    path("notices/", inbox.inbox, name="inbox"),
    path("notices/retry/", inbox.retry, name="retry"),
    path("file/", filing.file, name="file"),
    path("tickets/<str:ref>/", ticket.ticket, name="ticket"),
    path("tickets/<str:ref>/evidence/", viewer.viewer, name="viewer"),
    path("tickets/<str:ref>/evidence/number/", viewer.number, name="number"),
    path("tickets/<str:ref>/dossier/", papers.take_dossier, name="dossier"),
    path("tickets/<str:ref>/receipt/", papers.receipt, name="receipt"),
    path("tickets/<str:ref>/<str:deed>/", acting.act, name="act"),
]
