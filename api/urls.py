"""Addresses of the api room."""

from django.urls import URLPattern, URLResolver, path

from api.views import categories, conversation, docs, evidence, freezes, incidents, papers, reports, tickets, tokens, uploads, webhooks

app_name = "api"
urlpatterns: list[URLPattern | URLResolver] = [
    path("categories/", categories.Categories.as_view(), name="categories"),
    path("categories/<slug:key>/", categories.Category.as_view(), name="category"),
    path("escalation-targets/", categories.EscalationTargets.as_view(), name="escalation_targets"),
    path("tickets/", tickets.Tickets.as_view(), name="tickets"),
    path("tickets/count/", tickets.TicketCount.as_view(), name="ticket_count"),
    path("tickets/<ref:ref>/", tickets.TicketByRef.as_view(), name="ticket"),
    path("tickets/<ref:ref>/actions/<slug:action>/", tickets.TicketAction.as_view(), name="ticket_action"),
    path("tickets/<ref:ref>/messages/", conversation.Messages.as_view(), name="messages"),
    path("tickets/<ref:ref>/events/", conversation.Events.as_view(), name="events"),
    path("tickets/<ref:ref>/timers/", conversation.Timers.as_view(), name="timers"),
    path("tickets/<ref:ref>/evidence/", evidence.Evidence.as_view(), name="evidence"),
    path("tickets/<ref:ref>/uploads/", uploads.Uploads.as_view(), name="uploads"),
    path("uploads/<uuid:upload_id>/", uploads.UploadByID.as_view(), name="upload"),
    path("tickets/<ref:ref>/receipt/", papers.ReceiptOfTicket.as_view(), name="receipt"),
    path("tickets/<ref:ref>/dossier/", papers.Dossier.as_view(), name="dossier"),
    path("receipts/<str:code>/", papers.ReceiptByCode.as_view(), name="receipt_by_code"),
    path("evidence/<int:item_id>/", evidence.EvidenceItemByID.as_view(), name="evidence_item"),
    path("evidence/<int:item_id>/review/", evidence.EvidenceReview.as_view(), name="evidence_review"),
    path("evidence/<int:item_id>/custody/", evidence.EvidenceCustody.as_view(), name="evidence_custody"),
    path("evidence/<int:item_id>/content/", evidence.EvidenceContent.as_view(), name="evidence_content"),
    path("freezes/<int:freeze_id>/callback/", freezes.FreezeCallback.as_view(), name="freeze_callback"),
    path("incidents/", incidents.Incidents.as_view(), name="incidents"),
    path("incidents/<slug:number>/", incidents.IncidentByRef.as_view(), name="incident"),
    path("tokens/", tokens.Tokens.as_view(), name="tokens"),
    path("tokens/<uuid:token_id>/", tokens.TokenByID.as_view(), name="token"),
    path("reports/", reports.Reports.as_view(), name="reports"),
    path("reports/<slug:key>/", reports.ReportByKey.as_view(), name="report"),
    path("webhooks/", webhooks.Webhooks.as_view(), name="webhooks"),
    path("webhooks/<uuid:webhook_id>/", webhooks.WebhookByID.as_view(), name="webhook"),
    path("webhooks/<uuid:webhook_id>/ping/", webhooks.WebhookPing.as_view(), name="webhook_ping"),
    path("webhooks/<uuid:webhook_id>/deliveries/", webhooks.WebhookDeliveries.as_view(), name="webhook_deliveries"),
    path("webhooks/<uuid:webhook_id>/deliveries/<uuid:delivery_id>/send/", webhooks.WebhookSendAgain.as_view(), name="webhook_send"),
    path("schema/", docs.SchemaView.as_view(), name="schema"),
    path("docs/", docs.DocsView.as_view(), name="docs"),
]
