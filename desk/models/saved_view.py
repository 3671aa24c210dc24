"""A view of the queue that somebody keeps: a name for a set of filters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from accounts.models import User


class SavedViewQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> SavedViewQuerySet:
        """One's own and what colleagues share."""
        return self.filter(Q(owner=user) | Q(shared=True))


class SavedView(models.Model):
    """`query` is the address behind the question mark, filters only, in the order of their names."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=600, blank=True)
    shared = models.BooleanField(default=False, help_text=_("With everybody at the desk."))
    position = models.PositiveIntegerField(default=0)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        ordering = ["position", "id"]
        indexes = [models.Index(fields=["shared"], condition=Q(shared=True), name="saved_view_shared")]
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="saved_view_named_once")]
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")

    def __str__(self) -> str:
        return self.name
