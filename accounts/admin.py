"""Users and groups in the admin. Django's own log keeps who changed what; nothing of a complaint is shown here."""

from __future__ import annotations

from typing import Any

from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.forms import EmailField
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import User

admin.site.site_header = _("Supportdesk administration")
admin.site.site_title = _("Supportdesk administration")
admin.site.index_title = _("Policies, people, calendars")
# One way in: with rate limits and the second factor, not the admin's own form.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]


class LowerEmailField(EmailField):
    def to_python(self, value: Any) -> str:
        return User.objects.normalize_email(super().to_python(value))


class UserCreateForm(AdminUserCreationForm):
    class Meta:
        model = User
        fields = ("email", "name")
        field_classes = {"email": LowerEmailField}


class UserEditForm(UserChangeForm):
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

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if "email" in form.changed_data:
            _vouch_for_address(obj)


def _vouch_for_address(user: User) -> None:
    """The admin typed it, so it is the one address of that person; a code still has to reach it to sign in by code."""
    EmailAddress.objects.filter(user=user).delete()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)


admin.site.unregister([EmailAddress, Authenticator, UserSession])


@admin.register(Authenticator)
class AuthenticatorAdmin(admin.ModelAdmin):
    """Only to see and to take away (a lost phone). The secret is not shown."""

    list_display = ("user", "type", "created_at", "last_used_at")
    list_filter = ("type",)
    search_fields = ("user__email",)
    fields = readonly_fields = ("user", "type", "created_at", "last_used_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Authenticator | None = None) -> bool:
        return False
