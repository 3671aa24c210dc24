"""Addresses of the desk room."""

from django.urls import path

from desk.bills import views
from desk.incidents import views as incidents_views
from desk.letters import views as letters_views
from desk.policy import views as policy_views
from desk.privacy.views import audit, custody, held, holds, person, reads, runs
from desk.queue.views import bulk, export, inbox, poll, queue, saved
from desk.reports import views as reports_views
from desk.staffing.views import availability, channels, on_call, roster
from desk.ticket.views import acting, countersign, deciding, documents, filing, links, messages, outside, presence, ticket, viewer

app_name = "desk"
urlpatterns = [
    path("", queue.queue, name="queue"),
    path("pulse/", poll.pulse, name="pulse"),
    path("bulk/", bulk.bulk_act, name="bulk"),
    path("queue.<slug:form>", export.export, name="export"),
    path("views/", saved.views, name="views"),
    path("views/save/", saved.save, name="save_view"),
    path("views/<int:pk>/", saved.change, name="change_view"),
    path("freezes/", on_call.on_call, name="on_call"),
    path("freezes/roster/cancel/", roster.cancel, name="cancel_shift"),
    path("freezes/roster/<slug:action>/", roster.act, name="roster"),
    path("freezes/<ref:ref>/acknowledge/", roster.acknowledge, name="acknowledge"),
    path("availability/", availability.own, name="availability"),
    path("availability/<int:person>/", availability.of, name="availability_of"),
    path("availability/<int:person>/pass-on/", availability.reassign_tickets, name="pass_on"),
    path("countersign/", countersign.countersign, name="countersign"),
    path("outside/", outside.outside, name="outside"),
    path("incidents/", incidents_views.incidents, name="incidents"),
    path("incidents/suggest/", incidents_views.suggest, name="suggest_incident"),
    path("incidents/<slug:number>/", incidents_views.incident, name="incident"),
    path("incidents/<slug:number>/<slug:action>/", incidents_views.act, name="incident_act"),
    path("channels/", channels.own, name="channels"),
    path("channels/<int:pk>/test/", channels.test, name="test_channel"),
    path("channels/<int:pk>/remove/", channels.remove, name="remove_channel"),
    path("notices/", inbox.inbox, name="inbox"),
    path("notices/read/", inbox.mark_read, name="mark_read"),
    path("notices/retry/", inbox.retry, name="retry"),
    path("letters/", letters_views.letters, name="letters"),
    path("letters/<int:pk>/<slug:act>/", letters_views.settle, name="letter_act"),
    path("privacy/", held.list_holdings, name="held"),
    path("privacy/log/", custody.log, name="custody"),
    path("privacy/log.csv", custody.log_csv, name="custody_csv"),
    path("privacy/reads/", reads.reads, name="reads"),
    path("privacy/reads.csv", reads.reads_csv, name="reads_csv"),
    path("privacy/holds/", holds.holds, name="holds"),
    path("privacy/holds/release/", holds.release, name="release"),
    path("privacy/runs/", runs.runs, name="runs"),
    path("privacy/runs/begin/", runs.begin, name="begin_run"),
    path("privacy/person/", person.person, name="person"),
    path("privacy/person/export/", person.export, name="export"),
    path("privacy/person/erase/", person.erase, name="erase"),
    path("privacy/person/keep/", person.keep, name="keep_person"),
    path("figures/", reports_views.reports, name="reports"),
    path("figures/<slug:key>/", reports_views.take, name="report"),
    path("audit/", audit.audit, name="audit"),
    path("rules/", policy_views.preview, name="rebase"),
    path("rules/confirm/", policy_views.confirm, name="rebase_confirm"),
    path("bills/", views.bills, name="bills"),
    path("bills/<uuid:key>/", views.bill, name="bill"),
    path("bills/<uuid:key>/progress/", views.progress, name="bill_progress"),
    path("bills/<uuid:key>/layout/", views.layout, name="bill_layout"),
    path("bills/<uuid:key>/<int:finding_id>/<slug:action>/", views.decide, name="bill_decide"),
    path("file/", filing.file, name="file"),
    path("tickets/<ref:ref>/", ticket.ticket, name="ticket"),
    path("tickets/<ref:ref>/account/", viewer.account, name="account"),
    path("tickets/<ref:ref>/evidence/", viewer.evidence, name="viewer"),
    path("tickets/<ref:ref>/evidence/number/", viewer.number, name="number"),
    path("tickets/<ref:ref>/dossier/", documents.take_dossier, name="dossier"),
    path("tickets/<ref:ref>/receipt/", documents.receipt, name="receipt"),
    path("tickets/<ref:ref>/links/", links.links, name="links"),
    path("tickets/<ref:ref>/links/<slug:action>/", links.act, name="link_act"),
    path("tickets/<ref:ref>/decide/", deciding.decide, name="decide"),
    path("tickets/<ref:ref>/next/", acting.following, name="next"),
    path("tickets/<ref:ref>/presence/", presence.presence, name="presence"),
    path("tickets/<ref:ref>/undo/", messages.undo, name="undo"),
    path("tickets/<ref:ref>/draft/<slug:form>/", messages.draft, name="draft"),
    path("tickets/<ref:ref>/<slug:action>/", acting.act, name="act"),
]
