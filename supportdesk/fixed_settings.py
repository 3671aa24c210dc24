"""Settings that no environment changes: the rooms, who signs in how, the periodic duties, the content policy, the shape of the API."""

from pathlib import Path

import django
import kombu
from csp.constants import NONE, SELF

from supportdesk.queues import QUEUES, limits, queue_of, schedule

BASE_DIR = Path(__file__).resolve().parent.parent

# ---- Rooms
INSTALLED_APPS = [
    "supportdesk",
    "lib.duties",
    "sla",
    "tickets",
    "evidence",
    "portal",
    "desk",
    "api",
    "inbound_mail",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "accounts",  # after allauth: its admin pages of addresses, keys and sessions are taken down or replaced
    "rest_framework",
    "knox",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_filters",
    "django_htmx",
    "csp",
    "django.contrib.humanize",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
]

MIDDLEWARE = [
    "supportdesk.health.HealthMiddleware",
    "supportdesk.middleware.RequestIdMiddleware",
    "supportdesk.middleware.RequesterMiddleware",
    "supportdesk.middleware.FeaturesMiddleware",
    "supportdesk.middleware.BothSpellingsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "supportdesk.framing.FramingMiddleware",
    "supportdesk.middleware.CompressedFilesMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "supportdesk.middleware.CompressedPagesMiddleware",
    "supportdesk.middleware.WithoutNulCookiesMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "supportdesk.middleware.PrivatePagesMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "api.middleware.ConditionalMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "supportdesk.middleware.WithoutNulMiddleware",
    "supportdesk.middleware.BusyDatabaseMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "accounts.middleware.PreferencesMiddleware",
    "accounts.middleware.StaffSessionMiddleware",
    "accounts.middleware.SecondFactorMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "supportdesk.reads.ReadsMiddleware",
]

CSRF_FAILURE_VIEW = "supportdesk.errors.csrf_failure"
ROOT_URLCONF = "supportdesk.urls"
WSGI_APPLICATION = "supportdesk.wsgi.application"
FORM_RENDERER = "lib.form_renderer.FormRenderer"
FORM_WIDGETS = Path(django.__file__).parent / "forms" / "jinja2"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accounts.context_processors.viewer",
            ],
        },
    },
    {
        # All pages of ours (ADR 28). Django's own engine draws what others bring, and letters.
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "templates" / "jinja2", FORM_WIDGETS],
        "APP_DIRS": False,
        "OPTIONS": {
            "environment": "supportdesk.pages.environment",
            "context_processors": [
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accounts.context_processors.viewer",
            ],
        },
    },
]

# ---- Who
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "accounts.backends.PasswordBackend",
    "accounts.backends.AccountBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = LOGOUT_REDIRECT_URL = "/"
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "dashed": False, "length": 6}  # what phones fill in by themselves
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "accounts.forms.LoginForm",
    "signup": "accounts.forms.SignupForm",
    "request_login_code": "accounts.forms.RequestLoginCodeForm",
    "change_phone": "accounts.forms.ChangePhoneForm",
    "confirm_login_code": "accounts.codes.ConfirmLoginCodeForm",
    "confirm_email_verification_code": "accounts.codes.ConfirmEmailVerificationCodeForm",
    "confirm_password_reset_code": "accounts.codes.ConfirmPasswordResetCodeForm",
    "verify_phone": "accounts.codes.VerifyPhoneForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1"]
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 600
ACCOUNT_PHONE_VERIFICATION_TIMEOUT = 600
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_SESSION_REMEMBER = True
MFA_ADAPTER = "accounts.adapter.MFAAdapter"
MFA_FORMS = {
    "authenticate": "accounts.codes.AuthenticateForm",
    "reauthenticate": "accounts.codes.ReauthenticateForm",
    "activate_totp": "accounts.codes.ActivateTOTPForm",
    "add_webauthn": "accounts.codes.AddKeyForm",
    "edit_webauthn": "accounts.codes.EditKeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Supportdesk"

# ---- Background work
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "UTC"
# One retry and hardly a pause: a dead broker costs a request 0.01 s; Celery's own pauses cost it 2 s, its own retries 20.
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_step": 0.05, "interval_max": 0.05}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_QUEUES = tuple(kombu.Queue(key, kombu.Exchange(key), routing_key=key) for key in QUEUES)
CELERY_TASK_DEFAULT_QUEUE = "files"
CELERY_TASK_CREATE_MISSING_QUEUES = False
CELERY_TASK_ROUTES = queue_of()
CELERY_TASK_ANNOTATIONS = limits()
# What shows that the clock and the workers are alive (lib/duties/watching.py).
WATCHED = ("tickets.fire_due_timers", *(f"queue {key}" for key in QUEUES))
# `manage.py tick` calls the same duties. A sweep comes as often as the first pause of what it tries again (a test says so).
CELERY_BEAT_SCHEDULE = schedule(
    {
        "tickets.fire_due_timers": 10,  # so that a deadline fires within fifteen seconds, whatever else goes on
        "tickets.call_adapters": 5,
        "tickets.deliver_notifications": 5,  # urgent ones that came while a long run had no time left
        "tickets.send_notifications": 30,
        "tickets.send_channel_messages": 15,
        "tickets.carry_incidents": 30,
        "tickets.assign": 60,
        "tickets.housekeeping": 300,
        "tickets.count_reports": 300,
        "evidence.inspect_waiting": 60,
        "evidence.purge": 3600,
        "evidence.resume_runs": 300,
        "evidence.seal_history": 60,
        "evidence.prove_history": 1800,
        "api.purge": 3600,
        "api.call_webhooks": 5,
        "desk.sweep": 15,
        "desk.housekeeping": 3600,
        "letterbox.poll": 60,
        "accounts.send_texts": 5,
        "accounts.send_letters": 5,
        "accounts.watch_reads": 60,
        "evidence.carry_out_deletions": 3600,
        "supportdesk.watch": 30,
        "supportdesk.ping": 30,
    }
)

# ---- What a browser may do
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
    }
}

# ---- Programs
KNOX_TOKEN_MODEL = "api.Token"  # noqa: S105 - the name of a model
REST_FRAMEWORK: dict[str, object] = {
    # The bearer scheme first: it names itself to those who did not say who they are, so they get 401 and not 403.
    "DEFAULT_AUTHENTICATION_CLASSES": ["api.authentication.BearerAuthentication", "rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["api.permissions.SignedIn"],
    "DEFAULT_THROTTLE_CLASSES": ["api.throttles.PerAddress", "api.throttles.PerUser", "api.throttles.PerVisitor"],
    "DEFAULT_RENDERER_CLASSES": ["api.idempotency.Renderer"],
    "DEFAULT_PARSER_CLASSES": [
        "rest_framework.parsers.JSONParser",
        "rest_framework.parsers.MultiPartParser",
        "rest_framework.parsers.FormParser",
    ],
    "DEFAULT_SCHEMA_CLASS": "api.schema.Schema",
    "DEFAULT_METADATA_CLASS": None,
    "EXCEPTION_HANDLER": "api.problems.handle",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Supportdesk",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["api.permissions.Anyone"],
    "POSTPROCESSING_HOOKS": ["drf_spectacular.hooks.postprocess_schema_enums", "api.schema_hooks.complete"],
    "ENUM_NAME_OVERRIDES": {  # two shapes have each
        "EvidenceStateEnum": ["uploaded", "scanning", "clean", "rejected", "superseded", "deleted"],
        "FreezeStateEnum": ["requested", "active", "lifted", "failed"],
        "IncidentStateEnum": ["suggested", "open", "resolved", "dismissed"],
    },
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}
