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
    path("tickets/<ref:ref>/", ticket.ticket, name="ticket"),
    path("tickets/<ref:ref>/evidence/", viewer.viewer, name="viewer"),
    path("tickets/<ref:ref>/evidence/number/", viewer.number, name="number"),
    path("tickets/<ref:ref>/dossier/", papers.take_dossier, name="dossier"),
    path("tickets/<ref:ref>/receipt/", papers.receipt, name="receipt"),
    path("tickets/<ref:ref>/<slug:deed>/", acting.act, name="act"),
]
