"""Every setting, from the environment. With none at all: SQLite, one process, secrets of its own. Production fails by name."""

import hmac
import os
import re
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

from supportdesk.fixed_settings import *  # noqa: F403 - all of them, as Django wants them in one place
from supportdesk.fixed_settings import BASE_DIR, REST_FRAMEWORK
from supportdesk.local import keep_private, secret_key
from supportdesk.logs import logging_of
from supportdesk.refused_settings import names_asked_for, refusals

env = environ.Env()

VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))
keep_private(VAR_DIR)
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
READING = ("supportdesk/settings.py", "supportdesk/slow_clients.py", "gunicorn.conf.py")  # whatever else reads the environment
if refused := refusals(os.environ, names_asked_for(*(BASE_DIR / name for name in READING))):
    raise ImproperlyConfigured("Settings that are refused:\n  " + "\n  ".join(refused))

SECRET_KEY = env.str("SECRET_KEY", default="") or secret_key(VAR_DIR / "secret_key")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
MAILBOX_DOMAINS = env.list("MAILBOX_DOMAINS", default=[])  # own hosts at which people have mailboxes
SITE_URL = env.str("SITE_URL", default=f"http://127.0.0.1:{env.str('PORT', default='8000')}").rstrip("/")  # the start of links in e-mails

# ---- Domain
# Accounts are kept as a keyed digest. A key of its own survives a change of SECRET_KEY: frozen accounts are found again.
ACCOUNT_HMAC_KEY = env.str("ACCOUNT_HMAC_KEY", default="") or hmac.new(SECRET_KEY.encode(), b"account digest", "sha256").hexdigest()
# The vault's own: it compares numbers of documents, binds the custody log and signs receipts. It outlives a change of SECRET_KEY too.
EVIDENCE_HMAC_KEY = env.str("EVIDENCE_HMAC_KEY", default="") or hmac.new(SECRET_KEY.encode(), b"evidence digest", "sha256").hexdigest()
EVIDENCE_KEYS = env.list("EVIDENCE_KEYS", default=[])  # id:base64 of 32 bytes, the current one first; empty: a file of this install's own
EVIDENCE_KEY_FILE = VAR_DIR / "evidence_keys"
FREEZE_ADAPTER_URL = env.str("FREEZE_ADAPTER_URL", default="")  # empty: freeze operators act by hand
FREEZE_ADAPTER_SECRET = env.str("FREEZE_ADAPTER_SECRET", default="")  # signs what we send and what it calls back with
FREEZE_ADAPTER_SECRET_FALLBACKS = env.list("FREEZE_ADAPTER_SECRET_FALLBACKS", default=[])  # while both sides change over
if FREEZE_ADAPTER_URL and not FREEZE_ADAPTER_SECRET:
    raise ImproperlyConfigured("Set in the environment: FREEZE_ADAPTER_SECRET (FREEZE_ADAPTER_URL is set).")

# The platform's signed word for a customer of its own: `name:base64 of the PEM` of each public key. None: nobody is let in by it.
PLATFORM_JWT_KEYS = env.list("PLATFORM_JWT_KEYS", default=[])
PLATFORM_JWKS_URL = env.str("PLATFORM_JWKS_URL", default="")  # where it publishes them, so that it may change them by itself
PLATFORM_JWT_ISSUER = env.str("PLATFORM_JWT_ISSUER", default="")
PLATFORM_JWT_AUDIENCE = env.str("PLATFORM_JWT_AUDIENCE", default=SITE_URL)
PLATFORM_TOKEN_LASTS = timedelta(minutes=env.int("PLATFORM_TOKEN_MINUTES", default=60))
PLATFORM_ENTRY_LASTS = timedelta(seconds=env.int("PLATFORM_ENTRY_SECONDS", default=60))
if (PLATFORM_JWT_KEYS or PLATFORM_JWKS_URL) and not PLATFORM_JWT_ISSUER:
    raise ImproperlyConfigured("Set in the environment: PLATFORM_JWT_ISSUER (keys of the platform are set).")

DEMO = env.bool("DEMO", default=False)  # demo people and their one-tap sign-in; set by `make run`
# Text messages: an http address, or "file:" (codes in var/texts). Empty: nobody signs in by phone.
SMS_GATEWAY_URL = env.str("SMS_GATEWAY_URL", default="file:" if DEMO else "")
SMS_GATEWAY_SECRET = env.str("SMS_GATEWAY_SECRET", default="")  # signs what we send
if SMS_GATEWAY_URL.startswith("http") and not SMS_GATEWAY_SECRET:
    raise ImproperlyConfigured("Set in the environment: SMS_GATEWAY_SECRET (SMS_GATEWAY_URL is set).")
SMS_COUNTRIES = env.list("SMS_COUNTRIES", default=["+86"])  # texts go to numbers that begin so
SMS_PER_DAY = env.int("SMS_PER_DAY", default=5_000)  # half of it for numbers that nobody has proven, a fifth for freezes alone; 0: no limit
SMS_PRICES = dict(each.split("=", 1) for each in env.list("SMS_PRICES", default=[]))  # +86=0.05,+44=0.30: of one text, by its beginning
SMS_PRICE_PER_DAY = Decimal(env.str("SMS_PRICE_PER_DAY", default="0"))  # in the same money, with the same shares; 0: no limit
HELP_PHONE = env.str("HELP_PHONE", default="")  # where a person answers; shown on customers' pages, with the hours
HELP_HOURS = env.str("HELP_HOURS", default="")
HELP_CALL_BACK = env.bool("HELP_CALL_BACK", default=True)  # customers may ask to be called about a complaint
ACCOUNT_LOGIN_METHODS = {"email", "phone"} if SMS_GATEWAY_URL else {"email"}

# A changed address or number proves who one is only after these days; until then the one from before does, and is told of everything.
PROOF_SETTLES = timedelta(days=env.int("PROOF_SETTLES_DAYS", default=7))
# A customer's deletion can be taken back for these days; what an open complaint or a hold keeps is looked at again after these hours.
DELETION_GRACE = timedelta(days=env.int("DELETION_GRACE_DAYS", default=7))
DELETION_AGAIN = timedelta(hours=env.int("DELETION_AGAIN_HOURS", default=24))

FILES_PER_DAY = env.int("FILES_PER_DAY", default=200)  # of one customer, over all complaints; 0: no limit
# Of one customer, at every door; what the desk files for a caller is not counted. 0: no limit.
FREEZES_PER_HOUR = env.int("FREEZES_PER_HOUR", default=12)
FILINGS_PER_HOUR = env.int("FILINGS_PER_HOUR", default=60)
# From one network, by people we have not known for a day: what goes beyond is marked as a flood, rings once, and is never refused.
FREEZES_OF_STRANGERS = env.str("FREEZES_OF_STRANGERS", default="20/h")
FREEZE_REQUESTS_WAITING = env.int("FREEZE_REQUESTS_WAITING", default=10_000)  # freezes asked for that no code has proven; 0: no limit
# Complaints opened or searched, and rows taken along, by one person in an hour: beyond it privacy officers are told. 0: no bound.
READS_PER_HOUR, ROWS_TAKEN_PER_HOUR = env.int("READS_PER_HOUR", default=120), env.int("ROWS_TAKEN_PER_HOUR", default=2_000)
READS_KEPT_DAYS = env.int("READS_KEPT_DAYS", default=1_095)

# ---- Database
SQLITE_OPTIONS = {
    # IMMEDIATE takes the write lock at BEGIN: the default fails writers that start as readers.
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL",
}
# Seconds for: one statement, waiting for a row that another holds, a transaction in which nothing happens. 0: no limit.
LIMITS = {
    # Pages and the API: whoever waits longer is told to come again, and the thread is free for others.
    "pages": (env.int("DB_STATEMENT_SECONDS", default=20), env.int("DB_LOCK_SECONDS", default=5), env.int("DB_IDLE_SECONDS", default=60)),
    # Workers and commands: long enough for any sweep and any migration of an index, and not for ever.
    "work": (
        env.int("DB_WORK_STATEMENT_SECONDS", default=3600),
        env.int("DB_WORK_LOCK_SECONDS", default=60),
        env.int("DB_WORK_IDLE_SECONDS", default=900),
    ),
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
    # A pooler that hands out its connections by transaction: nothing may outlive one, neither cursors nor statements nor limits.
    pooled = env.bool("DATABASE_POOLED", default=False)
    database["DISABLE_SERVER_SIDE_CURSORS"] = pooled
    database["LIMITS"] = {} if pooled else LIMITS
    # A machine that fell silent: no answer to a connection, to what was sent (milliseconds), to a sign of life.
    silence = {"connect_timeout": 5, "tcp_user_timeout": 25_000, "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3}
    binding = {"server_side_binding": True} if env.bool("PREPARED_STATEMENTS", default=not pooled) else {}  # for lib.prepared_queries
    database["OPTIONS"] = {**silence, **binding, **database.get("OPTIONS", {})}
DATABASES = {"default": database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# LocMem is enough for one process; several need a shared one, or the limits below count per process.
CACHES = {"default": env.cache_url("CACHE_URL", default="locmemcache://")}
if CACHES["default"]["BACKEND"].endswith(".LocMemCache"):
    # Of Django's three hundred a visitor with as many addresses would throw out everybody's counts.
    CACHES["default"]["OPTIONS"] = {"MAX_ENTRIES": 50_000, **CACHES["default"].get("OPTIONS", {})}
if CACHES["default"]["BACKEND"].endswith(".RedisCache"):
    CACHES["default"]["BACKEND"] = "lib.shared_cache.SharedCache"  # one that may go away

# ---- Background work
CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", default="memory://localhost/")
CELERY_TASK_ALWAYS_EAGER = env.bool("CELERY_TASK_ALWAYS_EAGER", default=False)
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")  # not beside the code, which may be read-only
if CELERY_BROKER_URL.startswith("redis"):
    CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_connect_timeout": 2.0}
if CELERY_BROKER_URL.startswith("memory"):
    # It asks again after so long, a second by itself: a second in which nothing is done while work waits.
    CELERY_BROKER_TRANSPORT_OPTIONS = {"polling_interval": 0.05}
# Nothing done by the clock, or by the workers of a queue, for so many seconds is told to people; 0: nobody looks.
STANDSTILL_SECONDS = env.int("STANDSTILL_SECONDS", default=120)
ALARM_ADDRESSES = env.list("ALARM_ADDRESSES", default=[])  # empty: all administrators
PING_URL = env.str("PING_URL", default="")  # called while all goes well; whoever misses the call raises the alarm

# ---- E-mail: without a server, letters are files under var/mail
if os.environ.get("EMAIL_URL"):
    vars().update(env.email_url("EMAIL_URL"))
else:
    EMAIL_BACKEND = "supportdesk.mail.EmbeddedBackend"
    EMAIL_FILE_PATH = str(VAR_DIR / "mail")
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Supportdesk <desk@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
REPLY_ADDRESS = env.str("REPLY_ADDRESS", default="")  # empty: letters cannot be answered
INBOUND_URL = env.str("INBOUND_URL", default="")  # imap+ssl://user:password@host/INBOX, where answers arrive
INBOUND_LARGEST = env.int("INBOUND_LARGEST", default=10 * 1024 * 1024)  # bytes of a letter with its files
INBOUND_BEGINS = env.str("INBOUND_BEGINS", default="off")  # whose letter may begin a complaint: off, known, anyone
INBOUND_BEGINNINGS_PER_DAY = env.int("INBOUND_BEGINNINGS_PER_DAY", default=100)  # of all senders: each is answered by a letter of ours
INBOUND_PER_HOUR = env.int("INBOUND_PER_HOUR", default=20)  # letters of one customer; 0: no limit

# ---- Who
REQUIRE_STAFF_2FA = env.bool("REQUIRE_STAFF_2FA", default=PRODUCTION)  # binds sessions, not tokens
STAFF_SESSION = timedelta(hours=env.int("STAFF_SESSION_HOURS", default=12))  # NIST SP 800-63B, AAL2
STAFF_IDLE = timedelta(minutes=env.int("STAFF_IDLE_MINUTES", default=30))
STAFF_FACTOR = timedelta(minutes=env.int("STAFF_FACTOR_MINUTES", default=15))  # where one is asked for: how long it is fresh
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if BEHIND_PROXY else 0  # the limits below count addresses of people, not of our proxy
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION  # http://localhost

# For this long a device, and the network it was in, is known after a sign-in: strangers' guesses do not lock it out.
KNOWN_DEVICE = timedelta(days=env.int("KNOWN_DEVICE_DAYS", default=180))

# ---- Languages and time: aware UTC inside, the viewer's zone in templates
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("zh-hant", "繁體中文"), ("en", "English")]
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
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if STATIC_MANIFEST
        else "django.contrib.staticfiles.storage.StaticFilesStorage",
        "OPTIONS": {"file_permissions_mode": 0o644, "directory_permissions_mode": 0o755},  # they are public, whoever serves them
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
# Django's own would write documents to temporary files.
FILE_UPLOAD_HANDLERS = ["desk.bills.upload_handler.CompressingUploadHandler", "evidence.intake.upload_handler.MemoryUploadHandler"]
# A file in the store that no row names is reported for so long before it goes: it may be newer than a database that was restored.
UNKNOWN_FILES_STAY = timedelta(days=env.int("UNKNOWN_FILES_DAYS", default=14))
HEIC = env.bool("HEIC", default=True)  # 0: pictures of iPhones are refused in words, and no decoder of theirs sees one (ADR 66)
CLAMD_URL = env.str("CLAMD_URL", default="")  # empty: files are taken apart and made anew, but not scanned for viruses
if EVIDENCE_S3_BUCKET := env.str("EVIDENCE_S3_BUCKET", default=""):
    STORAGES["evidence"] = {
        "BACKEND": "evidence.vault.bucket.Bucket",
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
FRAMED_BY = env.list("FRAMED_BY", default=[])  # origins of the platform's app, in whose frame a customer may use the desk
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
WEBHOOKS_TO_PRIVATE = env.bool("WEBHOOKS_TO_PRIVATE", default=not PRODUCTION)  # also to machines of our own network, also by http
REST_FRAMEWORK["NUM_PROXIES"] = 1 if BEHIND_PROXY else 0
# The page where receipts are checked counts with allauth's limits, which write the same rate their own way: 120/m/ip.
ACCOUNT_RATE_LIMITS = {
    "receipt": re.sub(r"/\s*(\w)\w*", r"/\1/ip", THROTTLE_RECEIPT),
    # A number is rung three times an hour and ten times a day at most, whoever asks. Thousands share an address of a mobile network:
    # what one address may ring in all is high.
    # Three guesses a code, and so sixty an hour: allauth's three codes a minute alone would leave 540.
    "request_login_code": "20/m/ip,3/m/key,20/h/key",
    # Who freezes gets a code though strangers have used up the above (ADR 22). The key is network address and address.
    "urgent_code": "60/h/ip,6/h/key",
    "fresh_code": "20/m/ip,3/m/key,20/h/key",  # the key is the person signed in: strangers' requests do not count here
    "change_phone": "6/m/user",  # allauth's one a minute would make who mistyped wait
    "text_message": "3/h/key,10/d/key,300/h/ip",
    "unsent": "10/h/ip,30/h/key",  # forms sent without a session, each a row for days; the key is a known device, or all strangers
}

# ---- Logs
LOGGING = logging_of(env.str("LOG_FORMAT", default="json" if PRODUCTION else "plain"), env.str("LOG_LEVEL", default="INFO"))
