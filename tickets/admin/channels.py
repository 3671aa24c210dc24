"""Notification channels in the admin: addresses of people and groups with a test message, and the messages that went there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from django.views.decorators.http import require_POST

from accounts.guarded import is_guarded
from accounts.guarded_admin import GuardedForm, propose_here
from accounts.models import Language, User
from accounts.roles import STAFF_ROLES
from tickets.admin.guarded_rules import CHANNEL
from tickets.admin.read_only import ReadOnly
from tickets.delivery.addresses import check_address, shown_address
from tickets.delivery.channels.registry import CHANNELS, channel_labels
from tickets.delivery.deliveries import send_test
from tickets.models import ChannelAddress, Delivery
from tickets.operations import send_messages_again
from tickets.words import NOTICE, NOTICE_STAFF, ROSTER_NOTICE


class ChannelAddressForm(forms.ModelForm):
    """One of a person and a group; the address only to write: what is kept is never shown again."""

    channel = forms.ChoiceField(label=gettext_lazy("notification channel"))
    typed = forms.CharField(
        label=pgettext_lazy("notification channel", "Address"),
        max_length=1000,
        required=False,
        widget=forms.TextInput(attrs={"size": 100, "autocomplete": "off"}),
    )

    language = forms.ChoiceField(
        label=gettext_lazy("language"),
        choices=[("", "---------"), *Language.choices],
        required=False,
        help_text=gettext_lazy("Of a group's messages."),
    )

    class Meta:
        model = ChannelAddress
        fields = ("channel", "user", "audience", "typed", "language", "enabled")

    def __init__(self, *args: object, **more: object) -> None:
        super().__init__(*args, **more)  # type: ignore[arg-type]
        on = [channel for channel in CHANNELS.values() if channel.is_on()]
        self.fields["channel"].choices = list(channel_labels(on).items())  # type: ignore[attr-defined]
        hints = [f"{channel.label}: {channel.hint}" for channel in on]
        stands = shown_address(self.instance) if self.instance.pk else ""
        as_it_is = [_("Now: %(address)s. Empty: it stays.") % {"address": stands}] if stands else []
        self.fields["typed"].help_text = " · ".join([*as_it_is, *hints])
        people = User.objects.filter(groups__name__in=STAFF_ROLES, is_active=True).distinct().order_by("name", "email")
        self.fields["user"].queryset = people  # type: ignore[attr-defined]

    def clean(self) -> dict[str, object]:
        data = super().clean() or {}
        owner, audience = data.get("user"), data.get("audience")
        if bool(owner) == bool(audience):
            raise ValidationError(_("Choose a person or a group, not both."))
        # Another owner may not have such an address, and nobody hands on one that they cannot read.
        stays = not data.get("typed") and self.instance.pk and not {"channel", "user", "audience"} & set(self.changed_data)
        if "channel" in data and not stays:
            try:
                address = check_address(str(data["channel"]), owner if isinstance(owner, User) else None, str(data.get("typed") or ""))
            except ValidationError as error:
                self.add_error("channel" if error.code == "channel" else "typed", error)
            else:
                self.instance.seal(address)
                self.instance.verified_at, self.instance.last_error = None, ""
        return data


@admin.register(ChannelAddress)
class ChannelAddressAdmin(GuardedForm):
    guarded_kind = CHANNEL
    form = ChannelAddressForm
    list_display = ("who", "channel_name", "ending", "enabled", "verified_at", "last_error")
    list_display_links = ("who",)
    list_select_related = ("user",)
    list_filter = ("enabled", "audience")
    search_fields = ("user__email", "user__name")
    readonly_fields = ("verified_at", "last_error", "created_at")
    actions = ("send_test_messages",)

    @admin.display(description=gettext_lazy("who"), ordering="user")
    def who(self, row: ChannelAddress) -> str:
        return str(row.user) if row.user else row.get_audience_display()

    @admin.display(description=gettext_lazy("notification channel"), ordering="channel")
    def channel_name(self, row: ChannelAddress) -> str:
        return str(channel_labels().get(row.channel, row.channel))

    @admin.display(description=pgettext_lazy("notification channel", "Address"))
    def ending(self, row: ChannelAddress) -> str:
        return shown_address(row)

    def save_model(  # type: ignore[override]
        self, request: HttpRequest, obj: ChannelAddress, form: forms.ModelForm, change: bool
    ) -> None:
        """Once there are cases a new or changed address is off until another admin agrees."""
        if not change:
            obj.created_at = timezone.now()
        wanted, changed = obj.enabled, not change or {"channel", "user", "audience", "typed"} & set(form.changed_data)
        if not (changed and is_guarded()):
            super().save_model(request, obj, form, change)
            return
        obj.enabled = False
        obj.save()
        if wanted:
            propose_here(request, CHANNEL, obj, {"enabled": True})

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """What goes nowhere tells nobody anything false."""
        return admin.ModelAdmin.has_delete_permission(self, request, obj)

    def get_urls(self) -> list[URLPattern]:
        test = self.admin_site.admin_view(require_POST(self.send_one_test))
        return [path("<int:pk>/test/", test, name="tickets_channeladdress_test"), *super().get_urls()]

    def send_one_test(self, request: HttpRequest, pk: int) -> HttpResponseRedirect:
        """The button at one address."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        self.send_test_messages(request, ChannelAddress.objects.filter(pk=pk))
        return HttpResponseRedirect(reverse("admin:tickets_channeladdress_change", args=[pk]))

    @admin.action(description=gettext_lazy("Send a test message"), permissions=["change"])
    def send_test_messages(self, request: HttpRequest, queryset: QuerySet[ChannelAddress]) -> None:
        for row in queryset.select_related("user"):
            outcome = send_test(row)
            said = {"to": f"{self.channel_name(row)} · {self.who(row)}", "error": outcome.error}
            if outcome.error:
                messages.error(request, _("%(to)s: the test message was not taken. %(error)s") % said)
            else:
                messages.success(request, _("%(to)s: the test message was taken.") % said)


@admin.register(Delivery)
class DeliveryAdmin(ReadOnly):
    words: ClassVar = {
        "kind": {kind: said[0] for kind, said in {**NOTICE, **NOTICE_STAFF}.items()} | ROSTER_NOTICE,
        "channel": channel_labels(),
    }
    list_display = ("kind", "reference", "channel", "to", "state", "urgent", "attempts", "next_at", "sent_at", "error")
    list_filter = ("state", "channel", "kind", "urgent")
    list_select_related = ("notification__ticket", "address__user")
    ordering = ("-id",)
    actions = ("try_again",)
    fields = (
        "kind", "reference", "channel", "to", "state", "urgent", "attempts", "created_at", "next_at", "sent_at", "error",
    )  # fmt: skip

    @admin.display(description=gettext_lazy("complaint"))
    def reference(self, row: Delivery) -> str:
        return row.notification.ticket.ref if row.notification else ""

    @admin.display(description=gettext_lazy("to"))
    def to(self, row: Delivery) -> str:
        return str(row.address.user) if row.address.user else row.address.get_audience_display()

    @admin.action(description=gettext_lazy("Send failed ones again"), permissions=["view"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        failed = list(queryset.filter(state=Delivery.State.FAILED))
        count = send_messages_again(row.pk for row in failed)
        self._log_retries(request, failed)
        message = ngettext("%(count)s message is on its way again.", "%(count)s messages are on their way again.", count)
        messages.success(request, message % {"count": count})

    def _log_retries(self, request: HttpRequest, rows: Iterable[Delivery]) -> None:
        for row in rows:
            self.log_change(request, row, [{"changed": {"fields": ["state"]}}])
