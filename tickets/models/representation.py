"""Who acts for the owner of a complaint, as what, and whether the owner has agreed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.roles import is_staff_member
from tickets.models.ticket import Ticket

if TYPE_CHECKING:
    from accounts.models import User


class RepresentationQuerySet(models.QuerySet):
    def live(self) -> RepresentationQuerySet:
        """Those whom the owner lets follow and act."""
        return self.filter(agreed_at__isnull=False, ended_at=None)

    def copy(self, source: Ticket, target: Ticket) -> None:
        """Whoever acts in a complaint acts in one that is split off it."""
        names = ("person_id", "relation", "whom", "contact", "asked_at", "agreed_at", "ended_at", "letters")
        self.bulk_create([self.model(ticket=target, **{name: getattr(row, name) for name in names}) for row in self.filter(ticket=source)])

    def by_which(self, person: User | None, ticket: Ticket) -> Representation | None:
        """By which somebody who is no owner acts as one. Colleagues of the desk act as that."""
        if person is None or not person.follows_others or person.pk == ticket.owner_id or is_staff_member(person):
            return None
        return self.live().filter(ticket=ticket, person=person).first()

    def of(self, person: User) -> RepresentationQuerySet:
        return self.filter(person=person).select_related("ticket")


class Representation(models.Model):
    """One person for one complaint.

    A guardian or an heir owns the complaint: nobody is there who could agree, and none of the instants is set. Of others `contact` is where
    the owner is asked (an e-mail address, a number in E.164); not asked yet while it is a draft. Refused: ended and never agreed.
    """

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="representations", db_index=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="representations")
    relation = models.CharField(_("as what"), max_length=12)
    whom = models.CharField(_("for whom"), max_length=150)
    contact = models.CharField(_("asked at"), max_length=254, blank=True)
    asked_at = models.DateTimeField(_("asked"), null=True, blank=True)
    agreed_at = models.DateTimeField(_("agreed"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    letters = models.BooleanField(_("letters too"), default=False)

    objects = RepresentationQuerySet.as_manager()

    class Meta:
        verbose_name = _("representative")
        verbose_name_plural = _("representatives")
        constraints = [models.UniqueConstraint(fields=["ticket", "person"], name="representation_once")]
        indexes = [models.Index(fields=["ticket"], condition=models.Q(letters=True, ended_at=None), name="representation_letters")]

    def __str__(self) -> str:
        return f"{self.pk} {self.relation}"  # never whose

    @property
    def is_live(self) -> bool:
        return self.agreed_at is not None and self.ended_at is None

    @property
    def waits(self) -> bool:
        """The owner was asked and has not answered."""
        return self.asked_at is not None and self.agreed_at is None and self.ended_at is None

    @property
    def state(self) -> str:
        """own, draft, asked, agreed, refused or ended."""
        if not self.contact:
            return "own"
        if self.ended_at is not None:
            return "ended" if self.agreed_at is not None else "refused"
        return "agreed" if self.agreed_at is not None else "asked" if self.asked_at is not None else "draft"
