"""The user, one person or one adapter, known by an e-mail address; their phone; and the forms that person sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from allauth.mfa.models import Authenticator
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import PermissionsMixin
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone as clock
from django.utils.translation import gettext_lazy as _

from accounts.guarded_change import GuardedChange as GuardedChange
from accounts.managers import UserManager
from lib.zones import validate_zone

if TYPE_CHECKING:
    from accounts.roles import Role


class Language(models.TextChoices):
    CHINESE = "zh-hans", "简体中文"
    TRADITIONAL = "zh-hant", "繁體中文"
    ENGLISH = "en", "English"


class EmailFrequency(models.TextChoices):
    """When an e-mail comes."""

    AT_ONCE = "at_once", _("At once")
    DAILY = "daily", _("Together, once a day")
    NEVER = "never", _("Not by e-mail; only on the page")


class User(AbstractBaseUser, PermissionsMixin):
    email = models.EmailField(
        _("e-mail address"),
        unique=True,
        error_messages={"unique": _("Someone with this e-mail address is already here.")},
    )
    name = models.CharField(_("name"), max_length=150, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True, choices=Language.choices)
    timezone = models.CharField(
        _("time zone"), max_length=64, blank=True, validators=[validate_zone], help_text=_("Empty means Asia/Shanghai.")
    )
    steps_by_mail = models.CharField(_("e-mails about steps"), max_length=8, choices=EmailFrequency.choices, default=EmailFrequency.AT_ONCE)
    reminders_by_mail = models.CharField(
        _("e-mails with reminders"), max_length=8, choices=EmailFrequency.choices, default=EmailFrequency.DAILY
    )
    news_by_mail = models.CharField(_("e-mails with news"), max_length=8, choices=EmailFrequency.choices, default=EmailFrequency.DAILY)
    digest_hour = models.PositiveSmallIntegerField(_("hour of the daily e-mail"), default=9, validators=[MaxValueValidator(23)])
    real_name_match = models.BooleanField(
        _("real name verified"),
        default=False,
        help_text=_("Set by an agent or by the identity service: this person need not show an identity document."),
    )
    real_name_match_at = models.DateTimeField(_("real name verified at"), null=True, blank=True)
    is_service = models.BooleanField(
        _("service account"), default=False, help_text=_("An adapter (freeze, identity, payment), not a person.")
    )
    service_key = models.CharField(
        _("stands for"),
        max_length=40,
        blank=True,
        default="",
        db_default="",
        help_text=_("Which of our own adapters: its service user is found by this, never by an address."),
    )
    # Where a letter came back from; counts while it is the e-mail address.
    bounced_address = models.CharField(_("letters came back from"), max_length=254, blank=True, default="", db_default="")
    # Whether there may be complaints of others to look for: everybody else's lists do not ask.
    follows_others = models.BooleanField(_("acts for others"), default=False, db_default=False)
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("may open the admin"), default=False)
    date_joined = models.DateTimeField(_("joined"), default=clock.now)

    DIGEST_HOUR = 9
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()

    # accounts.roles.roles_of keeps its answer here for the life of the instance.
    _roles: frozenset[Role] | None = None
    # Set by a door that asks for a fresh proof (a browser's session, a token). Nobody came by one: an act of our own.
    fresh_proof: Callable[[], bool] | None = None
    # The same of a colleague's second factor. Set for a browser's session alone.
    fresh_factor: Callable[[], bool] | None = None
    # Of the token this person or machine came with: accounts.scopes. None: they came with none.
    token_scopes: frozenset[str] | None = None

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ("email",)
        constraints = (
            # Every door lower-cases; a row that slipped past would be a second account of the same person.
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="user_email_lower_case"),
            models.UniqueConstraint(fields=["service_key"], condition=~models.Q(service_key=""), name="one_user_for_a_service"),
        )

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def is_freshly_proven(self) -> bool:
        """That it is really them, shown just now by a code to a settled contact or by a passkey."""
        return self.fresh_proof is None or self.fresh_proof()

    @property
    def is_factor_fresh(self) -> bool:
        """That a colleague has shown the second factor just now."""
        return self.fresh_factor is None or self.fresh_factor()

    def get_full_name(self) -> str:
        return self.name or self.reachable_email or str(_("My account"))

    def get_short_name(self) -> str:
        return self.name or self.reachable_email.partition("@")[0] or str(_("My account"))

    @property
    def reachable_email(self) -> str:
        return "" if self.email.endswith(".invalid") else self.email  # no letter reaches such a name


class SentForm(models.Model):
    """One form of one person, by the token in it: a second tap finds `location`, where the first one's answer led."""

    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    token = models.CharField(max_length=64)
    location = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "token"], name="one_answer_to_a_form")]

    def __str__(self) -> str:
        return self.location


class Phone(models.Model):
    """The number that person has proven with a code. One that is only claimed is kept in the session, never here."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="phone")
    number = models.CharField(_("mobile number"), max_length=16, unique=True)
    verified_at = models.DateTimeField(_("proven at"))

    class Meta:
        verbose_name = _("mobile number")
        verbose_name_plural = _("mobile numbers")

    def __str__(self) -> str:
        return f"{self.number[:3]}****{self.number[-4:]}"


class TextMessage(models.Model):
    """One text message on its way. Its words are sealed, and gone once it was sent or given up."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")

    number = models.CharField(_("mobile number"), max_length=16)
    sealed = models.TextField(blank=True)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    price = models.DecimalField(_("price"), max_digits=8, decimal_places=4, default=0, db_default=0)
    error = models.CharField(_("error"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("created at"))
    next_at = models.DateTimeField(_("next attempt at"))

    class Meta:
        verbose_name = _("text message")
        verbose_name_plural = _("text messages")
        indexes = [models.Index(fields=["next_at"], condition=models.Q(state="waiting"), name="text_messages_waiting")]

    def __str__(self) -> str:
        return f"{self.state} {self.pk}"


class Letter(models.Model):
    """One letter about the account on its way. It is sealed, its address too, and empty once it was sent or given up."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")

    sealed = models.TextField(blank=True)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    error = models.CharField(_("error"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("created at"))
    next_at = models.DateTimeField(_("next attempt at"))
    useful_until = models.DateTimeField(_("of use until"))

    class Meta:
        verbose_name = _("letter about an account")
        verbose_name_plural = _("letters about accounts")
        indexes = [models.Index(fields=["next_at"], condition=models.Q(state="waiting"), name="letters_waiting")]

    def __str__(self) -> str:
        return f"{self.state} {self.pk}"


class CodeGuesses(models.Model):
    """How often one code was guessed at in one browser. The key is a digest of both."""

    key = models.CharField(max_length=64, primary_key=True)
    tries = models.PositiveSmallIntegerField(default=0)
    counted_until = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("guesses at a code")
        verbose_name_plural = _("guesses at codes")

    def __str__(self) -> str:
        return f"{self.tries}"


class Install(models.Model):
    """Which install the database belongs to, and where it lay when that was said. One row."""

    install_id = models.CharField(max_length=32)
    place = models.CharField(max_length=100)
    store_says = models.CharField(max_length=200, blank=True)
    since = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("install")
        verbose_name_plural = _("installs")

    def __str__(self) -> str:
        return self.install_id


class MailOutage(models.Model):
    """That the mail server does not answer. At most one row, gone when it answers."""

    since = models.DateTimeField(_("since"))
    asked_at = models.DateTimeField(_("last asked at"))
    error = models.CharField(_("error"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("outage of the mail server")
        verbose_name_plural = _("outages of the mail server")

    def __str__(self) -> str:
        return f"{self.since:%Y-%m-%d %H:%M}"


class SecondFactor(Authenticator):
    """An authenticator as the admin shows it, under a name that can be translated."""

    class Meta:
        proxy = True
        verbose_name = _("second factor")
        verbose_name_plural = _("second factors")


class FormerContact(models.Model):
    """An address or number that was proven and is not the account's any more. For some days it still proves who one is, and is told."""

    class Kind(models.TextChoices):
        EMAIL = "email", _("e-mail address")
        PHONE = "phone", _("mobile number")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=5, choices=Kind.choices)
    value = models.CharField(max_length=254)
    until = models.DateTimeField(_("counts until"))

    class Meta:
        verbose_name = _("former address or number")
        verbose_name_plural = _("former addresses and numbers")
        constraints = [models.UniqueConstraint(fields=["user", "kind", "value"], name="a_former_contact_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class KnownNetwork(models.Model):
    """A network from which that person has signed in: a digest, only ever compared (accounts.known_devices)."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    network = models.CharField(max_length=32)
    last_at = models.DateTimeField()

    class Meta:
        verbose_name = _("known network")
        verbose_name_plural = _("known networks")
        constraints = [models.UniqueConstraint(fields=["user", "network"], name="a_known_network_once")]
        indexes = [models.Index(fields=["network"], name="known_network"), models.Index(fields=["last_at"], name="known_network_age")]

    def __str__(self) -> str:
        return f"{self.pk}"


class PlatformIdentity(models.Model):
    """What the platform calls this person: `external:<subject>` is theirs."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="platform_identities")
    subject = models.CharField(_("the platform's own name"), max_length=100, unique=True)
    linked_at = models.DateTimeField(_("joined at"))

    class Meta:
        verbose_name = _("account at the platform")
        verbose_name_plural = _("accounts at the platform")

    def __str__(self) -> str:
        return self.subject


class UsedAssertion(models.Model):
    """A signed word of the platform that was taken: none is taken twice. Kept as long as it would be valid."""

    jti = models.CharField(max_length=200, unique=True)
    until = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.jti


class EntryLink(models.Model):
    """An address that signs one person in, once. Only its digest is kept."""

    digest = models.CharField(max_length=64, unique=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    following = models.CharField(max_length=3000, blank=True)
    until = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.user_id} {self.until}"


class ReadEntry(models.Model):
    """One reading of what is other people's. It names its complaint by reference and its person by key, so it outlives both."""

    class Kind(models.TextChoices):
        OPENED = "opened", _("Complaint opened")
        LISTED = "listed", _("List read")
        SEARCHED = "searched", _("Searched")
        EXPORTED = "exported", _("List taken along")
        REPORTED = "reported", _("Figures")
        DOSSIER = "dossier", _("Dossier or receipt")
        PERSON = "person", _("A person's data")

    class Door(models.TextChoices):
        PAGE = "page", _("Page")
        API = "api", _("Program")
        ADMIN = "admin", _("Administration")

    at = models.DateTimeField()
    reader = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    door = models.CharField(max_length=5, choices=Door.choices)
    place = models.CharField(max_length=100)
    ref = models.CharField(max_length=40, blank=True)
    person = models.BigIntegerField(null=True)
    count = models.PositiveIntegerField(null=True)
    term_digest = models.CharField(max_length=32, blank=True)
    term_length = models.PositiveSmallIntegerField(default=0)
    network = models.CharField(max_length=50, blank=True)

    class Meta:
        verbose_name = _("reading")
        verbose_name_plural = _("readings")
        indexes = [
            models.Index(fields=["reader", "at"], name="read_by"),
            models.Index(fields=["at"], name="read_at"),
            models.Index(fields=["ref"], condition=~models.Q(ref=""), name="read_ref"),
            models.Index(fields=["person"], condition=models.Q(person__isnull=False), name="read_person"),
            models.Index(fields=["term_digest"], condition=~models.Q(term_digest=""), name="read_term"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.ref}"


class ReadAlarm(models.Model):
    """That a person read unusually much. At most one row a person and hour."""

    at = models.DateTimeField(db_index=True)
    reader = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    opened = models.PositiveIntegerField()
    taken = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("alarm of unusual reading")
        verbose_name_plural = _("alarms of unusual reading")

    def __str__(self) -> str:
        return f"{self.reader_id} {self.at:%Y-%m-%d %H:%M}"
