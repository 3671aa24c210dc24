"""How the desk sorts complaints: tags on them, links between them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tickets.models.ticket import Ticket


class Tag(models.Model):
    """A word of the desk's own. Archived, it stays where it is and is put on nothing more."""

    class Tone(models.TextChoices):
        NEUTRAL = "neutral", pgettext_lazy("tone of a tag", "grey")
        INFO = "info", pgettext_lazy("tone of a tag", "blue")
        GOOD = "good", pgettext_lazy("tone of a tag", "green")
        WARN = "warn", pgettext_lazy("tone of a tag", "amber")
        BAD = "bad", pgettext_lazy("tone of a tag", "red")

    name = models.CharField(_("name of the tag"), max_length=40, unique=True)
    tone = models.CharField(_("colour"), max_length=8, choices=Tone, default=Tone.NEUTRAL)
    archived = models.BooleanField(_("archived"), default=False)
    tickets = models.ManyToManyField(Ticket, through="Tagging", related_name="tags")

    class Meta:
        ordering = ["name"]
        verbose_name = _("tag")
        verbose_name_plural = _("tags")

    def __str__(self) -> str:
        return self.name


class Tagging(models.Model):
    """One tag on one ticket. Only operations write it; the history says who and when."""

    tag = models.ForeignKey(Tag, on_delete=models.PROTECT, related_name="+")
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="taggings", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "tag"], name="ticket_tagged_once")]

    def __str__(self) -> str:
        return f"{self.ticket_id}: {self.tag_id}"


class TicketLink(models.Model):
    """Two complaints that belong together. `related` and `duplicate` hold both ways; a `child` belongs under its parent."""

    class Kind(models.TextChoices):
        RELATED = "related", pgettext_lazy("link", "related")
        DUPLICATE = "duplicate", pgettext_lazy("link", "duplicate")
        CHILD = "child", pgettext_lazy("link", "part of")

    kind = models.CharField(max_length=10, choices=Kind)
    source = models.ForeignKey(
        Ticket, on_delete=models.CASCADE, related_name="links_out", db_index=False, help_text=_("The child, where one is.")
    )
    target = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="links_in", help_text=_("The parent, where one is."))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "target"], name="ticket_linked_once"),
            models.UniqueConstraint(fields=["source"], condition=Q(kind="child"), name="ticket_one_parent"),
            models.CheckConstraint(condition=~Q(source=F("target")), name="ticket_not_linked_to_itself"),
        ]
        verbose_name = _("link between complaints")
        verbose_name_plural = _("links between complaints")

    def __str__(self) -> str:
        return f"{self.source_id} {self.kind} {self.target_id}"
