"""Users and groups in the admin. Django's own log keeps who changed what; nothing of a complaint is shown here."""

from __future__ import annotations

from datetime import datetime

from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django import forms
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group
from django.forms import EmailField
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import SecondFactor, TextMessage, User
from accounts.phone_numbers import mask_number
from accounts.reserved_addresses import check_address
from accounts.roles import STAFF_ROLES
from accounts.trusted_contacts import forget_former_contacts

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
    class Meta:
        model = User
        fields = "__all__"
        field_classes = {"email": LowerEmailField}


@admin.register(User)
class UserAdmin(DjangoUserAdmin):
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

    def save_model(self, request: HttpRequest, obj: User, form: forms.ModelForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if "email" in form.changed_data:
            _vouch_for_address(obj)


def _vouch_for_address(user: User) -> None:
    """The admin typed it, so it is the one address of that person; a code still has to reach it to sign in by code."""
    EmailAddress.objects.filter(user=user).delete()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    forget_former_contacts(user)


admin.site.unregister([EmailAddress, Authenticator, UserSession, Group])


@admin.register(Group)
class GroupAdmin(DjangoGroupAdmin):
    """The five roles are found by the names of their groups: renamed or deleted, a role would end without a word."""

    def get_readonly_fields(self, request: HttpRequest, obj: Group | None = None) -> tuple[str, ...]:
        return ("name",) if _is_role(obj) else ()

    def has_delete_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
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
