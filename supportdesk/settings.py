"""Every setting, from the environment. With none at all: SQLite, one process, secrets of its own. Production fails by name."""

import hmac
import os
import re
from pathlib import Path
from typing import Any

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from supportdesk.local import secret_key

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))
VAR_DIR.mkdir(parents=True, exist_ok=True)
PRODUCTION = env.str("DJANGO_ENV", default="embedded") == "production"
DEBUG = env.bool("DEBUG", default=False)
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)  # only where a proxy of ours sets the forwarded headers itself

# ---- What production may not leave to a default
REQUIRED_IN_PRODUCTION = (
    "SECRET_KEY",
    "DATABASE_URL",
    "ALLOWED_HOSTS",
    "CACHE_URL",
    "CELERY_BROKER_URL",
    "EMAIL_URL",
    "DEFAULT_FROM_EMAIL",
    "SITE_URL",
    "EVIDENCE_KEYS",
    "EVIDENCE_HMAC_KEY",
)
missing = [name for name in REQUIRED_IN_PRODUCTION if not os.environ.get(name)]
if PRODUCTION and missing:
    raise ImproperlyConfigured(f"Set in the environment: {', '.join(missing)} (DJANGO_ENV is production).")

SECRET_KEY = env.str("SECRET_KEY", default="") or secret_key(VAR_DIR / "secret_key")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
SITE_URL = env.str("SITE_URL", default="http://127.0.0.1:8000").rstrip("/")  # the start of links in e-mails

# ---- Domain
# Accounts are kept as a keyed digest. A key of its own survives a change of SECRET_KEY: frozen accounts are found again.
ACCOUNT_HMAC_KEY = env.str("ACCOUNT_HMAC_KEY", default="") or hmac.new(SECRET_KEY.encode(), b"account digest", "sha256").hexdigest()
# The vault's own: it compares numbers of documents, binds the custody log and signs receipts. It outlives a change of SECRET_KEY too.
EVIDENCE_HMAC_KEY = env.str("EVIDENCE_HMAC_KEY", default="") or hmac.new(SECRET_KEY.encode(), b"evidence digest", "sha256").hexdigest()
EVIDENCE_KEYS = env.list("EVIDENCE_KEYS", default=[])  # id:base64 of 32 bytes, the current one first; empty: a file of this install's own
EVIDENCE_KEY_FILE = VAR_DIR / "evidence_keys"
FREEZE_ADAPTER_URL = env.str("FREEZE_ADAPTER_URL", default="")  # empty: freeze operators act by hand
FREEZE_ADAPTER_SECRET = env.str("FREEZE_ADAPTER_SECRET", default="")  # signs what we send and what it calls back with
if FREEZE_ADAPTER_URL and not FREEZE_ADAPTER_SECRET:
    raise ImproperlyConfigured("Set in the environment: FREEZE_ADAPTER_SECRET (FREEZE_ADAPTER_URL is set).")

FILINGS_PER_HOUR = env.int("FILINGS_PER_HOUR", default=12)  # freezes, and complaints, of one customer in the browser; 0: no limit

# ---- Rooms
INSTALLED_APPS = [
    "sla",
    "tickets",
    "evidence",
    "portal",
    "desk",
    "api",
    "letterbox",
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
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "supportdesk.middleware.WithoutNulCookiesMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "supportdesk.middleware.WithoutNulMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "accounts.middleware.PreferencesMiddleware",
    "accounts.middleware.SecondFactorMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

CSRF_FAILURE_VIEW = "supportdesk.errors.csrf_failed"
ROOT_URLCONF = "supportdesk.urls"
WSGI_APPLICATION = "supportdesk.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
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
        # Only for the queue's rows: Django's engine spends most of that page on them.
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "templates" / "jinja2"],
        "APP_DIRS": False,
        "OPTIONS": {},
    },
]

# ---- Database
SQLITE_OPTIONS = {
    # IMMEDIATE takes the write lock at BEGIN: the default fails writers that start as readers.
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL",
}
database: dict[str, Any] = env.db_url("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'db.sqlite3'}")
if database["ENGINE"] == "django.db.backends.sqlite3":
    database["OPTIONS"] = {**SQLITE_OPTIONS, **database.get("OPTIONS", {})}
    # A file, because threads and the browser need one; a name of its own for each process, so test runs do not meet.
    database["TEST"] = {"NAME": str(VAR_DIR / f"test-{os.getpid()}.sqlite3")}
else:
    database["ENGINE"] = "supportdesk.postgresql"
    database["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=600)  # opening one per request costs 6 ms of database CPU
    database["CONN_HEALTH_CHECKS"] = True
DATABASES = {"default": database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# LocMem is enough for one process; several need a shared one, or the limits below count per process.
CACHES = {"default": env.cache_url("CACHE_URL", default="locmemcache://")}

# ---- Background work
CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", default="memory://localhost/")
CELERY_TASK_ALWAYS_EAGER = env.bool("CELERY_TASK_ALWAYS_EAGER", default=False)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "UTC"
# One retry and hardly a pause: a dead broker costs a request 0.01 s; Celery's own pauses cost it 2 s, its own retries 20.
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_step": 0.05, "interval_max": 0.05}
if CELERY_BROKER_URL.startswith("redis"):
    CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_connect_timeout": 2}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# `manage.py tick` calls the same duties. Expiry: after an outage one catch-up run is enough, not one for every missed beat.
SECONDS = 1.0
CELERY_BEAT_SCHEDULE = {
    name: {"task": name, "schedule": seconds * SECONDS, "options": {"expires": seconds * SECONDS}}
    for name, seconds in {
        "tickets.fire_due_timers": 15,
        "tickets.send_notifications": 30,
        "tickets.housekeeping": 300,
        "evidence.inspect_waiting": 60,
        "evidence.purge": 3600,
        "evidence.resume_runs": 300,
        "api.purge": 3600,
        "letterbox.poll": 60,
    }.items()
}

# ---- E-mail: without a server, letters are files under var/mail
if os.environ.get("EMAIL_URL"):
    vars().update(env.email_url("EMAIL_URL"))
else:
    EMAIL_BACKEND = "supportdesk.mail.EmbeddedBackend"
    EMAIL_FILE_PATH = str(VAR_DIR / "mail")
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Supportdesk <desk@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
REPLY_ADDRESS = env.str("REPLY_ADDRESS", default="")  # empty: letters cannot be answered
INBOUND_URL = env.str("INBOUND_URL", default="")  # imap+ssl://user:password@host/INBOX, where answers arrive
INBOUND_PER_HOUR = env.int("INBOUND_PER_HOUR", default=20)  # letters of one customer; 0: no limit

# ---- Who
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
DEMO = env.bool("DEMO", default=False)  # demo people and their one-tap sign-in; set by `make run`
if PRODUCTION and DEMO:
    raise ImproperlyConfigured("Unset DEMO: the passwords of the demo's people are public (DJANGO_ENV is production).")
REQUIRE_STAFF_2FA = env.bool("REQUIRE_STAFF_2FA", default=PRODUCTION)  # binds sessions, not tokens
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = LOGOUT_REDIRECT_URL = "/"
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if BEHIND_PROXY else 0  # the limits below count addresses of people, not of our proxy
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "dashed": False, "length": 6}  # what phones fill in by themselves
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {"login": "accounts.forms.LoginForm", "signup": "accounts.forms.SignupForm"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
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
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_SESSION_REMEMBER = True
MFA_ADAPTER = "accounts.adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION  # http://localhost
MFA_TOTP_ISSUER = "Supportdesk"

# ---- Languages and time: aware UTC inside, the viewer's zone in templates
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# ---- Static files: manifest names only where collectstatic has run
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # WhiteNoise warns about a missing one at every start
STATIC_MANIFEST = env.bool("STATIC_MANIFEST", default=PRODUCTION)
WHITENOISE_USE_FINDERS = not STATIC_MANIFEST
WHITENOISE_AUTOREFRESH = DEBUG
STATICFILES_DIRS: list[Any] = [
    entry
    for entry in (
        BASE_DIR / "static",
        ("vendor/bootstrap/css", BASE_DIR / "node_modules" / "bootstrap" / "dist" / "css"),
    )
    if Path(entry[1] if isinstance(entry, tuple) else entry).is_dir()  # before `npm ci` there are none
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if STATIC_MANIFEST
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
    # Evidence never has an address of its own: every byte leaves through one authorised view.
    "evidence": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": env.str("EVIDENCE_DIR", default=str(VAR_DIR / "evidence")),
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
            "base_url": None,
        },
    },
}
FILE_UPLOAD_HANDLERS = ["evidence.uploads.HeldInMemory"]  # Django's own would write documents to temporary files
# Type for PDFs, with hanzi. Never served, only read: npm brings it, as it brings the styles.
FONT_DIR = BASE_DIR / "node_modules" / "@expo-google-fonts" / "noto-sans-sc"
CLAMD_URL = env.str("CLAMD_URL", default="")  # empty: files are taken apart and made anew, but not scanned for viruses
if EVIDENCE_S3_BUCKET := env.str("EVIDENCE_S3_BUCKET", default=""):
    STORAGES["evidence"] = {
        "BACKEND": "evidence.bucket.Bucket",
        "OPTIONS": {
            "bucket_name": EVIDENCE_S3_BUCKET,
            "location": env.str("EVIDENCE_S3_PREFIX", default=""),
            "endpoint_url": env.str("EVIDENCE_S3_ENDPOINT", default="") or None,
            "region_name": env.str("EVIDENCE_S3_REGION", default="") or None,
            "access_key": env.str("EVIDENCE_S3_ACCESS_KEY", default="") or None,  # without it, what the machine is given
            "secret_key": env.str("EVIDENCE_S3_SECRET_KEY", default="") or None,
        },
    }
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FILES = 30

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
HTTPS = env.bool("HTTPS", default=PRODUCTION)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = HTTPS and env.bool("SECURE_SSL_REDIRECT", default=True)
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31_536_000 if HTTPS else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SILENCED_SYSTEM_CHECKS = [
    "security.W021",  # a place on the browsers' preload lists is for the operator to ask for
    "models.W040",  # the queue's covering index is PostgreSQL's; SQLite does well without
]
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# ---- Programs
# Requests per s, m(in), h or d; empty: no limit. Read at each request. Several people may share an address.
THROTTLE_USER = env.str("THROTTLE_USER", default="6000/min")
THROTTLE_ANON = env.str("THROTTLE_ANON", default="600/min")
THROTTLE_ADDRESS = env.str("THROTTLE_ADDRESS", default="30000/min")
THROTTLE_FILING = env.str("THROTTLE_FILING", default="600/min")
THROTTLE_UPLOAD = env.str("THROTTLE_UPLOAD", default="600/min")
THROTTLE_RECEIPT = env.str("THROTTLE_RECEIPT", default="120/min")
THROTTLE_DOSSIER = env.str("THROTTLE_DOSSIER", default="30/min")
# The page where receipts are checked counts with allauth's limits, which write the same rate their own way: 120/m/ip.
ACCOUNT_RATE_LIMITS = {"receipt": re.sub(r"/\s*(\w)\w*", r"/\1/ip", THROTTLE_RECEIPT)}
KNOX_TOKEN_MODEL = "api.Token"  # noqa: S105 - the name of a model
REST_FRAMEWORK = {
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
    "NUM_PROXIES": 1 if BEHIND_PROXY else 0,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Supportdesk",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["api.permissions.Anyone"],
    "POSTPROCESSING_HOOKS": ["drf_spectacular.hooks.postprocess_schema_enums", "api.schema.complete"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

# ---- Logs
LOG_FORMAT = env.str("LOG_FORMAT", default="json" if PRODUCTION else "plain")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {"()": "supportdesk.logs.JSONFormatter"},
        "plain": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        "django.server": {"handlers": ["console"], "propagate": False},
        # The sweeps run every few seconds: only what goes wrong with them is worth a line.
        **{name: {"level": "WARNING"} for name in ("celery.app.trace", "celery.worker.strategy", "celery.beat", "pikepdf")},
        "fontTools": {"level": "WARNING"},  # it names every character of a document that is drawn
    },
}
