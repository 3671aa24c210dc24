"""Guarded changes in the admin: forms whose guarded fields become proposals, and the page where another admin agrees."""

from __future__ import annotations

from collections.abc import Callable

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.dateparse import parse_datetime
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.timezone import get_current_timezone, is_naive, make_aware
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.guarded import KINDS, GuardedKind, Values, agree, differences, is_guarded, propose, take_back
from accounts.models import GuardedChange, User


def acting_admin(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def propose_here(request: HttpRequest, kind: GuardedKind, row: Model, new: Values) -> GuardedChange | None:
    """With a word about what comes next; None where it is refused, with the reason above the page."""
    try:
        change = propose(acting_admin(request), kind.key, row, new)
    except ValidationError as error:
        say_problem(request, error)
        return None
    where = reverse("admin:accounts_guardedchange_change", args=[change.pk])
    said = _("It does not take effect at once; all staff have been told when.") if change.alone else _("Another admin has to agree.")
    messages.warning(request, format_html('{} <a href="{}">{}</a>', said, where, _("See the proposal")))
    return change


def say_problem(request: HttpRequest, error: ValidationError) -> None:
    if getattr(error, "code", "") == "factor":
        address = f"{reverse('mfa_reauthenticate')}?{urlencode({'next': request.path})}"
        messages.error(request, format_html('{} <a href="{}">{}</a>', error.messages[0], address, _("Show the second factor")))
        return
    for text in error.messages:
        messages.error(request, text)


class GuardedForm(admin.ModelAdmin):
    """`guarded_kind.fields` that were changed in the form stay as they are, and become a proposal."""

    guarded_kind: GuardedKind

    @property
    def by_two(self) -> bool:
        """From the first case on."""
        return is_guarded()

    def save_model(self, request: HttpRequest, obj: Model, form: forms.ModelForm, change: bool) -> None:
        if change and is_guarded():
            self._set_aside(request, obj, form)
        super().save_model(request, obj, form, change)

    def _set_aside(self, request: HttpRequest, obj: Model, form: forms.ModelForm) -> None:
        names = self.held_names(obj, form)
        if not names:
            return
        stands = type(obj)._default_manager.get(pk=obj.pk)
        new = {name: _wanted_value(form.cleaned_data[name], name) for name in names}
        for name in names:
            form.changed_data.remove(name)
            if obj._meta.get_field(name).many_to_many:
                form.cleaned_data[name] = getattr(stands, name).all()
            else:
                setattr(obj, obj._meta.get_field(name).attname, getattr(stands, obj._meta.get_field(name).attname))  # type: ignore[union-attr]
        propose_here(request, self.guarded_kind, stands, new)

    def held_names(self, obj: Model, form: forms.ModelForm) -> list[str]:
        """Which of the changed fields wait for another admin."""
        return [name for name in self.guarded_kind.fields if name in form.changed_data]

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """What others rely on is not deleted once there are cases."""
        return super().has_delete_permission(request, obj) and not is_guarded()


def _wanted_value(value: object, name: str) -> object:
    if isinstance(value, QuerySet):
        return sorted(value.values_list("name" if name == "groups" else "pk", flat=True))
    return value


@admin.register(GuardedChange)
class GuardedChangeAdmin(admin.ModelAdmin):
    """To read, to agree, to take back."""

    change_form_template = "admin/accounts/guarded_change.html"
    list_display = ("kind_name", "target_text", "by", "at", "state", "agreed_by", "effective_at")
    list_filter = ("state",)
    list_select_related = ("by", "agreed_by")
    fields = readonly_fields = ("kind_name", "target_text", "by", "at", "agreed_by", "agreed_at", "effective_at", "state", "problem")

    @admin.display(description=gettext_lazy("kind"), ordering="kind")
    def kind_name(self, change: GuardedChange) -> str:
        return str(KINDS[change.kind].label) if change.kind in KINDS else change.kind

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        acts = {"agree": self.agree_to, "take-back": self.take_it_back}
        mine = [
            path(f"<int:pk>/{name}/", self.admin_site.admin_view(require_POST(view)), name=f"accounts_guardedchange_{name}")
            for name, view in acts.items()
        ]
        return [*mine, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        change = self.get_object(request, object_id)
        user = acting_admin(request)
        more: dict[str, object] = {}
        if isinstance(change, GuardedChange) and change.kind in KINDS:
            more = {
                "differences": differences(change),
                "touches": change.touches,
                "may_agree": user.is_superuser and user.pk != change.by_id and change.state == GuardedChange.State.WAITING,
                "is_own": user.pk == change.by_id and change.state == GuardedChange.State.WAITING,
                "may_take_back": user.is_superuser and change.is_open,
            }
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **more})

    def agree_to(self, request: HttpRequest, pk: int) -> HttpResponse:
        said = parse_datetime(request.POST.get("effective_at", "") or "")
        at = make_aware(said, get_current_timezone()) if said and is_naive(said) else said
        return self._act(request, pk, lambda user: agree(user, pk, at))

    def take_it_back(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._act(request, pk, lambda user: take_back(user, pk))

    def _act(self, request: HttpRequest, pk: int, act: Callable[[User], GuardedChange]) -> HttpResponse:
        if not request.user.is_superuser:
            raise PermissionDenied
        address = reverse("admin:accounts_guardedchange_change", args=[pk])
        try:
            change = act(acting_admin(request))
        except GuardedChange.DoesNotExist as error:
            raise PermissionDenied from error
        except ValidationError as error:
            say_problem(request, error)
            return HttpResponseRedirect(address)
        if change.problem:
            messages.error(request, change.problem)
        else:
            messages.success(request, change.get_state_display())
        return HttpResponseRedirect(address)
