"""Addresses of the desk room."""

from django.urls import path

from desk.views import (
    acting,
    countersign,
    custody,
    filing,
    held,
    holds,
    inbox,
    incidents,
    on_call,
    papers,
    person,
    queue,
    runs,
    ticket,
    viewer,
)

app_name = "desk"
urlpatterns = [
    path("", queue.queue, name="queue"),
    path("freezes/", on_call.on_call, name="on_call"),
    path("countersign/", countersign.countersign, name="countersign"),
    path("incidents/", incidents.incidents, name="incidents"),
    path("incidents/suggest/", incidents.suggest, name="suggest_incident"),
    path("incidents/<slug:number>/", incidents.incident, name="incident"),
    path("incidents/<slug:number>/<slug:deed>/", incidents.act, name="incident_act"),
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
    path("tickets/<ref:ref>/<slug:deed>/", acting.act, name="act"),
]
