"""The API's rows in the admin: tokens are seen and revoked, webhooks switched, deliveries seen and sent again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.guarded import is_guarded
from accounts.guarded_admin import GuardedForm, acting_admin, propose_here
from accounts.models import User
from api.models import Token, Webhook, WebhookDelivery
from api.tokens import approve_token
from api.webhooks.event_types import TYPES
from api.webhooks.guarding import WEBHOOK, delete_by_hand, switch_off_by_hand
from api.webhooks.signing import secret_of
from lib.outbound_http import address_problem


@admin.register(Token)
class TokenAdmin(admin.ModelAdmin):
    list_display = ("name", "person", "last4", "scopes", "created_at", "ends", "last_used_at", "needs_approval", "approved_by")
    list_filter = ("needs_approval",)
    list_select_related = ("user", "approved_by")
    actions = ("approve",)
    search_fields = ("name", "user__email", "last4")
    fields = readonly_fields = list_display

    @admin.display(description=_("user"), ordering="user")
    def person(self, token: Token) -> User:
        return token.user

    @admin.display(description=_("created"), ordering="created")
    def created_at(self, token: Token) -> datetime | None:
        return token.created

    @admin.display(description=_("ends at"), ordering="expiry")
    def ends(self, token: Token) -> datetime | None:
        return token.expiry

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    @admin.action(description=_("Approve"), permissions=["view"])
    def approve(self, request: HttpRequest, queryset: QuerySet[Token]) -> None:
        """Of colleagues: nobody approves a token of their own."""
        admin_person = cast("User", request.user)
        waiting = [token for token in queryset.select_related("user") if token.is_waiting]
        for token in waiting:
            if token.user_id == admin_person.pk:
                messages.error(request, _("Nobody approves a token of their own: another admin has to."))
            else:
                approve_token(admin_person, token)
                messages.success(request, _("%(name)s works from now on.") % {"name": token.name})


class WebhookForm(forms.ModelForm):
    types = forms.MultipleChoiceField(label=_("told of"), choices=[(each, each) for each in TYPES], widget=forms.CheckboxSelectMultiple)

    class Meta:
        model = Webhook
        fields = ("url", "types", "active")

    def clean_url(self) -> str:
        if wrong := address_problem(self.cleaned_data["url"]):
            raise forms.ValidationError(wrong)
        return self.cleaned_data["url"]


@admin.register(Webhook)
class WebhookAdmin(GuardedForm):
    """The secret is told once, when it is made: the admin's own history must not keep it. Once there are cases two admins change one."""

    guarded_kind = WEBHOOK
    form = WebhookForm
    list_display = ("url", "active", "types", "created_by", "created_at", "last_success_at")
    list_select_related = ("created_by",)
    list_filter = ("active",)
    readonly_fields = ("created_by", "created_at", "last_success_at")

    def save_model(self, request: HttpRequest, obj: Any, form: forms.ModelForm, change: bool) -> None:
        if change:
            self._change(request, obj, form)
            return
        obj.created_by, obj.created_at = request.user, timezone.now()
        waits = obj.active and is_guarded()
        obj.active = obj.active and not waits
        obj.save(force_insert=True)
        messages.info(request, _("Its secret, shown this once: %(secret)s") % {"secret": secret_of(obj)})
        if waits:
            propose_here(request, WEBHOOK, obj, {"url": obj.url, "types": obj.types, "active": True})

    def _change(self, request: HttpRequest, obj: Webhook, form: forms.ModelForm) -> None:
        goes_off = "active" in form.changed_data and not obj.active
        if obj.active:
            obj.warned_at = obj.off_at = None
        super().save_model(request, obj, form, True)
        if goes_off and (count := switch_off_by_hand(acting_admin(request), obj)):
            message = ngettext("%(count)s waiting call is cancelled.", "%(count)s waiting calls are cancelled.", count)
            messages.info(request, message % {"count": count})

    def held_names(self, obj: Model, form: forms.ModelForm) -> list[str]:
        """Switching off waits for nobody."""
        assert isinstance(obj, Webhook)  # noqa: S101 - by the model of this page
        return [name for name in super().held_names(obj, form) if name != "active" or obj.active]

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """What is told of nothing tells nobody anything."""
        return admin.ModelAdmin.has_delete_permission(self, request, obj)

    def delete_model(self, request: HttpRequest, obj: Webhook) -> None:
        delete_by_hand(acting_admin(request), obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Webhook]) -> None:
        for hook in queryset:
            self.delete_model(request, hook)

    def get_deleted_objects(
        self, objs: Sequence[Model] | QuerySet[Model], request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        """Its calls go with it. That nobody deletes one of them alone is no reason to keep it."""
        shown, counts, needed, protected = super().get_deleted_objects(objs, request)
        return shown, counts, needed - {WebhookDelivery._meta.verbose_name}, protected


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(admin.ModelAdmin):
    list_display = ("type", "webhook", "state", "attempts", "status_code", "error", "created_at", "sent_at")
    list_select_related = ("webhook",)
    list_filter = ("state", "type", "webhook")
    fields = readonly_fields = ("public_id", *list_display, "next_at")
    show_full_result_count = False
    actions = ("send_again",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    @admin.action(description=_("Send again"), permissions=["view"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[WebhookDelivery]) -> None:
        """The next sweep takes them."""
        count = queryset.update(state=WebhookDelivery.State.WAITING, attempts=0, next_at=timezone.now())
        messages.success(request, ngettext("%(count)s call is sent again.", "%(count)s calls are sent again.", count) % {"count": count})
