"""Users and groups in the admin. Django's own log keeps who changed what; nothing of a complaint is shown here."""

from __future__ import annotations

from datetime import datetime

from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.forms import EmailField
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.guarded import is_guarded
from accounts.guarded_admin import GuardedForm, propose_here
from accounts.guarded_people import ADMIN_FLAGS, FACTOR, GROUP, PERSON, check_last_admin, check_separation, vouch_for_address
from accounts.models import SecondFactor, TextMessage, User
from accounts.phone_numbers import mask_number
from accounts.reserved_addresses import check_address
from accounts.roles import STAFF_ROLES

admin.site.site_header = _("Supportdesk administration")
admin.site.site_title = _("Supportdesk administration")
admin.site.index_title = _("Policies, people, calendars")
# One way in: with rate limits and the second factor, not the admin's own form.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]


class LowerEmailField(EmailField):
    def to_python(self, value: object) -> str:
        return User.objects.normalize_email(super().to_python(value))


class _CheckedAddress:
    """An address that is typed anew is one that somebody can have; what stands is left alone."""

    cleaned_data: dict[str, str]
    changed_data: list[str]

    def clean_email(self) -> str:
        email = self.cleaned_data["email"]
        if "email" in self.changed_data:
            check_address(email)
        return email


class UserCreateForm(_CheckedAddress, AdminUserCreationForm):
    class Meta:
        model = User
        fields = ("email", "name")
        field_classes = {"email": LowerEmailField}


class UserEditForm(_CheckedAddress, UserChangeForm):
    def clean(self) -> dict[str, object]:
        data = super().clean() or {}
        if "groups" in data:
            check_separation(data["is_superuser"], [group.name for group in data["groups"]])
            check_last_admin(User.objects.get(pk=self.instance.pk), all(data[name] for name in ADMIN_FLAGS))
        return data

    class Meta:
        model = User
        fields = "__all__"
        field_classes = {"email": LowerEmailField}


@admin.register(User)
class UserAdmin(GuardedForm, DjangoUserAdmin):
    guarded_kind = PERSON
    form = UserEditForm
    add_form = UserCreateForm
    ordering = ("email",)
    list_display = ("email", "name", "is_active", "is_staff", "is_service", "last_login")
    list_filter = ("groups", "is_active", "is_staff", "is_superuser", "is_service")
    search_fields = ("email", "name")
    # An agent or the identity service says so on a ticket, with a trace; not a tick in a box here.
    readonly_fields = ("real_name_match", "real_name_match_at", "last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("email", "password")}),
        (_("Person"), {"fields": ("name", "language", "timezone", "real_name_match", "real_name_match_at")}),
        (_("May do"), {"fields": ("is_active", "groups", "is_staff", "is_superuser", "is_service", "user_permissions")}),
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = ((None, {"classes": ("wide",), "fields": ("email", "name", "usable_password", "password1", "password2")}),)

    def save_model(self, request: HttpRequest, obj: User, form: forms.ModelForm, change: bool) -> None:  # type: ignore[override]
        super().save_model(request, obj, form, change)
        if "email" in form.changed_data:
            vouch_for_address(obj)

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        """Of others only while the desk is being set up: later each sets their own anew, by a code."""
        if is_guarded() and id != str(request.user.pk):
            messages.error(request, _("Nobody sets another's password: they set it anew by a code by e-mail."))
            return HttpResponseRedirect(reverse("admin:accounts_user_change", args=[id]))
        return super().user_change_password(request, id, form_url)


admin.site.unregister([EmailAddress, Authenticator, UserSession, Group])


@admin.register(Group)
class GroupAdmin(GuardedForm, DjangoGroupAdmin):
    """The five roles are found by the names of their groups: renamed or deleted, a role would end without a word."""

    guarded_kind = GROUP

    def get_readonly_fields(self, request: HttpRequest, obj: Group | None = None) -> tuple[str, ...]:
        return ("name",) if _is_role(obj) else ()

    def has_delete_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:  # type: ignore[override]
        return not _is_role(obj) and super().has_delete_permission(request, obj)


def _is_role(group: Group | None) -> bool:
    return group is not None and group.name in STAFF_ROLES


@admin.register(SecondFactor)
class SecondFactorAdmin(admin.ModelAdmin):
    """Only to see and to take away (a lost phone). The secret is not shown."""

    list_display = ("person", "kind", "added_at", "last_use")
    list_select_related = ("user",)
    list_filter = (("type", admin.ChoicesFieldListFilter),)
    search_fields = ("user__email",)
    fields = readonly_fields = list_display

    @admin.display(description=_("user"), ordering="user")
    def person(self, factor: SecondFactor) -> object:
        return factor.user

    @admin.display(description=_("kind"), ordering="type")
    def kind(self, factor: SecondFactor) -> str:
        return factor.get_type_display()

    @admin.display(description=_("added at"), ordering="created_at")
    def added_at(self, factor: SecondFactor) -> datetime | None:
        return factor.created_at

    @admin.display(description=_("last used at"), ordering="last_used_at")
    def last_use(self, factor: SecondFactor) -> datetime | None:
        return factor.last_used_at

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: SecondFactor | None = None) -> bool:
        return False

    def delete_model(self, request: HttpRequest, obj: SecondFactor) -> None:
        if is_guarded():
            propose_here(request, FACTOR, obj, {"type": ""})
        else:
            super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[SecondFactor]) -> None:
        for factor in queryset:
            self.delete_model(request, factor)


@admin.register(TextMessage)
class TextMessageAdmin(admin.ModelAdmin):
    """Only to see what did not go out, and why. Its words are sealed, its number is not for reading."""

    list_display = ("id", "ending", "state", "attempts", "error", "created_at")
    list_filter = ("state",)
    fields = readonly_fields = list_display

    @admin.display(description=_("mobile number"))
    def ending(self, row: TextMessage) -> str:
        return mask_number(row.number)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: TextMessage | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: TextMessage | None = None) -> bool:
        return False
