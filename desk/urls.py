"""Addresses of the desk room."""

from django.urls import path

from desk.views import (
    acting,
    countersign,
    custody,
    deciding,
    filing,
    held,
    holds,
    inbox,
    on_call,
    papers,
    person,
    presence,
    queue,
    runs,
    saying,
    ticket,
    viewer,
)  # fmt: skip

app_name = "desk"
urlpatterns = [
    path("", queue.queue, name="queue"),
    path("freezes/", on_call.on_call, name="on_call"),
    path("countersign/", countersign.countersign, name="countersign"),
    path("notices/", inbox.inbox, name="inbox"),
    path("notices/retry/", inbox.retry, name="retry"),
    path("privacy/", held.held, name="held"),
    path("privacy/log/", custody.log, name="custody"),
    path("privacy/log.csv", custody.log_csv, name="custody_csv"),
    path("privacy/holds/", holds.holds, name="holds"),
    path("privacy/holds/release/", holds.release, name="release"),
    path("privacy/runs/", runs.runs, name="runs"),
    path("privacy/runs/begin/", runs.begin, name="begin_run"),
    path("privacy/person/", person.person, name="person"),
    path("privacy/person/export/", person.export, name="export"),
    path("privacy/person/erase/", person.erase, name="erase"),
    path("file/", filing.file, name="file"),
    path("tickets/<ref:ref>/", ticket.ticket, name="ticket"),
    path("tickets/<ref:ref>/evidence/", viewer.viewer, name="viewer"),
    path("tickets/<ref:ref>/evidence/number/", viewer.number, name="number"),
    path("tickets/<ref:ref>/dossier/", papers.take_dossier, name="dossier"),
    path("tickets/<ref:ref>/receipt/", papers.receipt, name="receipt"),
    path("tickets/<ref:ref>/decide/", deciding.decide, name="decide"),
    path("tickets/<ref:ref>/next/", acting.following, name="next"),
    path("tickets/<ref:ref>/presence/", presence.presence, name="presence"),
    path("tickets/<ref:ref>/undo/", saying.undo, name="undo"),
    path("tickets/<ref:ref>/draft/<slug:form>/", saying.draft, name="draft"),
    path("tickets/<ref:ref>/<slug:deed>/", acting.act, name="act"),
]
