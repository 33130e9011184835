"""Django's settings, made from the typed environment."""

import secrets
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.utils.translation import gettext_lazy as _
from pydantic import SecretStr

from dispatcher.conf import celery
from dispatcher.conf.carriers import carriers, pace
from dispatcher.conf.environment import Environment
from dispatcher.conf.logs import logging_settings
from dispatcher.kit.local.servers import found

CELERY_APP = celery.app  # the current one, wherever Django is set up
ENV = Environment()
BASE_DIR = Path(__file__).resolve().parents[2]
DEBUG = ENV.debug
RUNNING = None if ENV.database_url and ENV.redis_url else found(ENV.dispatcher_home)


def _told(given: SecretStr | None, otherwise: str) -> str:
    return given.get_secret_value() if given else otherwise


SECRET_KEY = _told(ENV.secret_key, secrets.token_urlsafe(48))
PUBLIC_URL = ENV.public_url.rstrip("/")
HOOKS_URL = (ENV.hooks_url or PUBLIC_URL).rstrip("/")
ALLOWED_HOSTS = [*ENV.allowed_hosts.split(","), urlsplit(PUBLIC_URL).hostname or ""]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

INSTALLED_APPS = [
    "contacts",
    "dispatcher.operators",
    "dispatcher.ledger",
    "dispatcher.wording",
    "dispatcher.alerts",
    "dispatcher.hooks",
    "dispatcher.console",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "dispatcher.console.unreadable.Unreadable",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "dispatcher.console.account.devices.SeenMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "dispatcher.console.refusals.Refusals",
]
ROOT_URLCONF = "dispatcher.conf.urls"
WSGI_APPLICATION = "dispatcher.conf.wsgi.application"
AUTH_USER_MODEL = "operators.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": [
                ("django.template.loaders.cached.Loader", ["dispatcher.console.margins.Loader"])
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "dispatcher.console.frame.frame",
            ],
        },
    }
]


def _database(url: str) -> dict[str, object]:
    """Django's form of a PostgreSQL URL; a socket directory may stand in the query's `host`."""
    parts = urlsplit(url)
    query = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(query.get("host", parts.hostname or "")),
        "PORT": str(query.get("port", parts.port or "")),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "connect_timeout": 5,
            "application_name": "dispatcher",
            # A host that falls off the network must not hold its row locks for the kernel's two
            # hours: either end gives up after 11 s of silence, an open transaction after a minute.
            "keepalives_idle": 5,
            "keepalives_interval": 2,
            "keepalives_count": 3,
            "tcp_user_timeout": 11_000,
            # Compiling a plan costs more than our set-wise statements gain: 5.2 s against 2.8 s
            # for 100,000 recipients in slices.
            "options": "-c jit=off -c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2"
            " -c tcp_keepalives_count=3 -c tcp_user_timeout=11000"
            " -c idle_in_transaction_session_timeout=60000",
        },
    }


# Where nothing is set, the servers that run on our home; else addresses where nobody answers.
DATABASES = {
    "default": _database(
        _told(
            ENV.database_url,
            RUNNING.database_url if RUNNING else "postgresql://127.0.0.1/dispatcher",
        )
    )
}
REDIS_URL = _told(ENV.redis_url, RUNNING.redis_url if RUNNING else "redis://127.0.0.1:6379/0")
CARRIERS = carriers(ENV)
PACE = pace(ENV, CARRIERS)
METRICS_TOKEN = ENV.metrics_token.get_secret_value()
TRACES_TO = ENV.otel_exporter_otlp_endpoint
LOGGING = logging_settings(ENV.log_format)

LANGUAGE_CODE = "en"
LANGUAGES = [
    ("en", _("English")),
    ("fa", _("Persian")),
    ("ar", _("Arabic")),
    ("es", _("Spanish")),
    ("fr", _("French")),
    ("de", _("German")),
    ("pt-br", _("Brazilian Portuguese")),
    ("zh-hans", _("Simplified Chinese")),
    ("zh-hant", _("Traditional Chinese")),
    ("ja", _("Japanese")),
    ("hi", _("Hindi")),
    ("ru", _("Russian")),
    ("tr", _("Turkish")),
]
LOCALE_PATHS = [BASE_DIR / "locales"]
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True

STATIC_URL = "static/"
STATIC_ROOT = None  # nothing is collected: whitenoise serves the rooms' own files
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
LIBRETRANSLATE = {
    "url": ENV.libretranslate_url,
    "key": ENV.libretranslate_key.get_secret_value(),
}
DEEPL = {
    "url": ENV.deepl_url,
    "key": ENV.deepl_key.get_secret_value(),
    "glossary_id": ENV.deepl_glossary,
}
WEB_ENGINES = tuple(filter(None, map(str.strip, ENV.web_engines.split(","))))
DRAFT_BUDGET = ENV.draft_budget
COUNTRY_RULES = ENV.country_rules
LIST_KEPT = timedelta(days=ENV.list_kept_days)
DELIVERIES_KEPT = timedelta(days=ENV.deliveries_kept_days)
ORGANISATION = ENV.organisation
CONTACT = ENV.contact
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "frame-ancestors": ["'none'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
    }
}
FILE_UPLOAD_HANDLERS = [
    "dispatcher.console.bodies.Bounded",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PUBLIC_URL.startswith("https://")
SECURE_REFERRER_POLICY = "same-origin"
LOGIN_URL = "/sign-in/"
# Of allauth we use what proves a person, behind pages of our own: docs/decisions/0021.
ACCOUNT_ADAPTER = "dispatcher.console.account.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
# Behind a proxy all would come from its address, and one stranger could lock everybody out.
ALLAUTH_TRUSTED_PROXY_COUNT = ENV.trusted_proxies
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
MFA_ADAPTER = "dispatcher.console.account.adapter.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_TOTP_TOLERANCE = 1  # a phone's clock may be half a minute off
# What has to be counted by all hosts alike while Valkey is away: codes used and codes mistyped.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "operators_marks",
        # Beyond it a third of all goes, used codes among them: more than slips in their minutes.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("MinimumLengthValidator", "CommonPasswordValidator", "NumericPasswordValidator")
]
