"""Addresses of the portal room."""

from django.urls import URLPattern, URLResolver, path

from portal.views import acting, by_letter, documents, evidence, filing, freeze, home, incidents, mine, preview, rating, ticket, tickets

app_name = "portal"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("follow/", home.follow, name="follow"),
    path("freeze/", freeze.freeze, name="freeze"),
    path("freeze/<slug:ref>/", freeze.freeze_status, name="frozen"),
    path("begin/<str:signed>/", by_letter.begin, name="begin"),
    path("file/", filing.start, name="file"),
    path("file/<slug:ref>/", filing.draft, name="draft"),
    path("file/<slug:ref>/category/", filing.category, name="category"),
    path("file/<slug:ref>/check/", filing.check, name="check"),
    path("file/<slug:ref>/after-sale/", filing.after_sale, name="after_sale"),
    path("file/<slug:ref>/discard/", filing.discard, name="discard"),
    path("file/<slug:ref>/<slug:key>/", filing.step, name="step"),
    path("preview/<int:pk>/", preview.category, name="preview"),
    path("my-data/", mine.mine, name="mine"),
    path("my-data/export/", mine.export, name="export"),
    path("my-data/delete/", mine.leave, name="leave"),
    path("my-data/keep/", mine.stay, name="stay"),
    path("incidents/<slug:number>/join/", incidents.join, name="join_incident"),
    path("tickets/", tickets.tickets, name="tickets"),
    path("tickets/<slug:ref>/", ticket.ticket, name="ticket"),
    path("tickets/<slug:ref>/messages/", ticket.message, name="message"),
    path("tickets/<slug:ref>/unsent/<slug:form>/", ticket.unsent, name="unsent"),
    path("tickets/<slug:ref>/statement/", ticket.statement, name="statement"),
    path("tickets/<slug:ref>/rating/", rating.rating, name="rating"),
    path("tickets/<slug:ref>/receipt/", documents.receipt, name="receipt"),
    path("tickets/<slug:ref>/receipt/<int:number>/", documents.receipt, name="receipt_of"),
    path("tickets/<slug:ref>/receipt/<int:number>.pdf", documents.receipt_pdf, name="receipt_pdf"),
    path("tickets/<slug:ref>/dossier/", documents.take_dossier, name="dossier"),
    path("tickets/<slug:ref>/deadlines.ics", documents.deadlines, name="deadlines"),
    path("receipts/", documents.check, name="check"),
    path("receipts/<str:code>/", documents.check_receipt, name="checked"),
    path("tickets/<slug:ref>/further/", acting.further, name="further"),
    path("tickets/<slug:ref>/do/<slug:action>/", acting.act, name="act"),
    path("tickets/<slug:ref>/evidence/", evidence.checklist, name="checklist"),
    path("tickets/<slug:ref>/evidence/<slug:kind>/announce/", evidence.announce, name="announce"),
    path("tickets/<slug:ref>/evidence/<slug:kind>/", evidence.add, name="add_evidence"),
    path("tickets/<slug:ref>/evidence/<int:item_id>/remove/", evidence.remove, name="remove_evidence"),
    path("tickets/<slug:ref>/evidence/<int:item_id>/consent/", evidence.consent, name="consent"),
]
