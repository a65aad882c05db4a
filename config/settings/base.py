"""What every way to run has in common."""

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from config import env, logs
from config.schedule import beat_schedule
from config.settings import schema
from config.settings.shop import *  # noqa: F403 - settings modules build on each other

BASE_DIR = env.BASE_DIR
VAR_DIR = env.var_dir()
SITE_URL = env.site_url()
ALLOWED_HOSTS = [SITE_URL.split("://", 1)[1].split(":", 1)[0].split("/", 1)[0], "127.0.0.1", "localhost", "[::1]"]
CSRF_TRUSTED_ORIGINS = [SITE_URL]

INSTALLED_APPS = [
    "config",
    "unfold.apps.BasicAppConfig",
    "people.apps.DeskConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "config.static.UsedStaticFiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django.contrib.sitemaps",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.vk",
    "allauth.socialaccount.providers.yandex",
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "people.apps.PeopleConfig",
    "fund.ledger.apps.LedgerConfig",
    "fund.payments.apps.PaymentsConfig",
    "fund.sales.apps.SalesConfig",
    "fund.reports.apps.ReportsConfig",
    "communities.apps.CommunitiesConfig",
    "campaigns.apps.CampaignsConfig",
    "merch.apps.MerchConfig",
    "pages.apps.PagesConfig",
    "api.apps.ApiConfig",
]
MIDDLEWARE = [
    "config.middleware.TellRequestsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.middleware.PackWholeMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "pages.languages.LanguageOfAddressMiddleware",
    "pages.middleware.TellDemonstrationMiddleware",
    "pages.middleware.PlainRefusalsMiddleware",
    "pages.middleware.DatabaseDownMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "pages.middleware.LargestBodyMiddleware",
    "pages.kept.middleware.KeptPagesMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "pages.context_processors.site",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "pages.templatetags.money",
                "pages.templatetags.moments",
                "pages.templatetags.pictures",
                "pages.templatetags.written",
            ],
        },
    },
]


# A migration that waits for a lock holds up everybody who comes after it: it gives up soon, and is run again.
PATIENCE = {"OWNER_DATABASE_URL": {"options": "-c lock_timeout=5s -c statement_timeout=15min"}}


def _database(name: str) -> dict[str, object]:
    found = env.database(name)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": found.name,
        "USER": found.user,
        "PASSWORD": found.password,
        "HOST": found.host,
        "PORT": found.port,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "connect_timeout": 3,
            "application_name": found.user,
            "prepare_threshold": 2,  # for cursors that bind at the server alone: the books' (docs/adr/0034)
            **PATIENCE.get(name, {}),
        },
        "ATOMIC_REQUESTS": False,
    }


# Three roles, three addresses (docs/adr/0003): the site's, the owner's for migrations, the sealer's. A process that is
# not given an address can't act in that role.
ROLES = {"default": "DATABASE_URL", "owner": "OWNER_DATABASE_URL", "sealer": "SEALER_DATABASE_URL"}
DATABASES = {
    alias: _database(name)
    for alias, name in ROLES.items()
    if alias == "default" or env.is_embedded("DATABASE_URL") or not env.is_embedded(name)
}
DATABASE_ROUTERS = ["config.routers.OwnerMigrates"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.redis_url()
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "fund",
        "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 2},
    },
}
SESSION_ENGINE = "people.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "pages.views.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["people.backends.RoleBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in {
        "UserAttributeSimilarityValidator": {"user_attributes": ["email"]},
        "MinimumLengthValidator": {"min_length": 10},
        "CommonPasswordValidator": {},
        "NumericPasswordValidator": {},
    }.items()
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "people:me"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
TRUSTED_PROXIES = env.whole("TRUSTED_PROXIES", 0, most=5)  # how many of our own proxies stand before the site

LANGUAGE_CODE = "ru"
LANGUAGES = [("ru", _("Russian")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale", BASE_DIR / "people" / "locale"]  # the second: texts of libraries, said better
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Moscow"

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = VAR_DIR / "static"
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ("map", "png", "woff2")
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {  # receipts and statements: nobody else on this machine reads them
            "location": VAR_DIR / "files",
            "base_url": None,
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# A form's policy also holds where its answer redirects to: the page where the donor pays.
PAY_PAGES = ["https://yookassa.ru", "https://yoomoney.ru", *filter(None, [env.yookassa().emulator_url])]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF, *PAY_PAGES],
        "frame-ancestors": [NONE],
    },
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# What a form or a caller sends is words; the pages that take a file, from who is signed in, are named with their limit.
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
DATA_UPLOAD_MAX_NUMBER_FILES = 5
LARGEST_BODY_BYTES = 1024 * 1024
LARGER_BODIES = dict.fromkeys(
    ("own:pictures", "organiser_own:document", "api:own-pictures", "shop_desk:photos", "shop_desk:sheets"),
    9 * 1024 * 1024,
)

EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.text("FUND_EMAIL", "fond@social-capital.example")

CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 120,
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
    "retry_on_timeout": True,
}
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_step": 0.2}
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 300
CELERY_TIMEZONE = "Europe/Moscow"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULER = "config.pulse:BeatPulse"
CELERY_BEAT_MAX_LOOP_INTERVAL = 4
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "run" / "beat-schedule")
PACE_SECONDS = env.whole("PACE_SECONDS", 10, least=1, most=60)  # the soonest that payments are looked at again
CELERY_BEAT_SCHEDULE = beat_schedule(pace_seconds=PACE_SECONDS)
# Queues take turns, so that a hundred PDFs hold up no refund; in production the sealer alone listens to its own.
PAPERS = (
    "campaigns.finish_receipt",
    "campaigns.make_agreement",
    "campaigns.make_statement",
    "campaigns.make_picture",
    "campaigns.make_sheets",
    "merch.make_paper",
    "reports.render_next",
)
CELERY_TASK_ROUTES = {"ledger.seal_books": {"queue": "sealing"}, **{name: {"queue": "papers"} for name in PAPERS}}

_LOG_KEYS = env.log_keys()
LOG_SIGNING_KEY, LOG_VERIFIER_KEY = _LOG_KEYS.signing, _LOG_KEYS.verifier
SEALING_LAG_SECONDS = env.whole("SEALING_LAG_SECONDS", 300, least=20)  # from when on /healthz calls the sealer down

# Downloads of the books: how many at once in each web process, how long one may take in all, and for one block of it.
EXPORT_PLACES = env.whole("EXPORT_PLACES", 2, least=1, most=16)
EXPORT_SECONDS = env.whole("EXPORT_SECONDS", 900, least=1, most=86_400)
EXPORT_BLOCK_SECONDS = env.whole("EXPORT_BLOCK_SECONDS", 20, least=1, most=600)

YOOKASSA = env.yookassa()
GIFT_MIN_KOPECKS = env.whole("GIFT_MIN_KOPECKS", 10_00, least=1_00, most=350_000_00)
GIFT_MAX_KOPECKS = env.whole("GIFT_MAX_KOPECKS", 350_000_00, least=1_00, most=350_000_00)
# Card testing: how many gifts may be started in ten minutes.
GIFTS_PER_ADDRESS = env.whole("GIFTS_PER_ADDRESS", 20, least=1)
GIFTS_PER_EMAIL = env.whole("GIFTS_PER_EMAIL", 10, least=1)
GIFTS_PER_CAMPAIGN = env.whole("GIFTS_PER_CAMPAIGN", 3000, least=1)
# Monthly gifts: how many days before a charge its donor is told; how many days after it a refused one is tried again.
SUBSCRIPTION_NOTICE_DAYS = env.whole("SUBSCRIPTION_NOTICE_DAYS", 3, least=2, most=14)
SUBSCRIPTION_RETRY_DAYS = env.wholes("SUBSCRIPTION_RETRY_DAYS", (1, 3, 7), least=1, most=27)
# Links to «my gifts»: how many may be asked for in ten minutes.
LINKS_PER_ADDRESS = env.whole("LINKS_PER_ADDRESS", 10, least=1)
LINKS_PER_EMAIL = env.whole("LINKS_PER_EMAIL", 3, least=1)
# Words to projects (comments, questions, complaints, followings): how many of each may be sent in ten minutes.
WORDS_PER_ADDRESS = env.whole("WORDS_PER_ADDRESS", 20, least=1)
WORDS_PER_PERSON = env.whole("WORDS_PER_PERSON", 5, least=1)
NEWS_PER_TICK = env.whole("NEWS_PER_TICK", 50, least=1, most=1000)  # letters to followers, each PACE_SECONDS
REPORTS_PER_ADDRESS = env.whole("REPORTS_PER_ADDRESS", 10, least=1)  # reports asked for in ten minutes
# How many days what is known of people is kept. The privacy policy names them too: who changes one publishes it anew.
RETAIN_DAYS = {
    "donor": env.whole("RETAIN_DONOR_DAYS", 1826, least=30),  # after the last gift
    "unfinished": env.whole("RETAIN_UNFINISHED_DAYS", 30, least=2),  # e-mail, name, word of a gift that was not paid
    "address": env.whole("RETAIN_ADDRESS_DAYS", 90, least=2),  # the IP address of a consent
    "application": env.whole("RETAIN_APPLICATION_DAYS", 90, least=2),  # an organiser's, refused or never handed in
    "agreement": env.whole("RETAIN_AGREEMENT_DAYS", 1826, least=30),  # of who ran campaigns, once they are forgotten
    "letter": env.whole("RETAIN_LETTER_DAYS", 30, least=2),  # an address that is neither a donor's nor a user's
    "requisites": env.whole("RETAIN_REQUISITES_DAYS", 30, least=2),  # where a donor was paid a debt
    "contact": env.whole("RETAIN_CONTACT_DAYS", 90, least=30),  # whom an order went to, once it is closed
}
# Who bears ЮKassa's fee of a gift to an all-or-nothing campaign that goes back: the fund, or its donor.
REFUND_FEE_BORNE_BY = env.one_of("REFUND_FEE_BORNE_BY", "fund", ("fund", "donor"))
# What one member of staff may send back alone: of one payment, and in one day; above it a second one must approve.
PURPOSE_DAYS = env.whole("PURPOSE_DAYS", 14, least=3, most=90)  # the least that donors get to answer, in days
YOOKASSA_REFUND_DAYS = env.whole("YOOKASSA_REFUND_DAYS", 1095, least=1)  # ЮKassa returns no older payment (three years)
REFUNDS_PER_TICK = env.whole("REFUNDS_PER_TICK", 20, least=1, most=500)  # of a missed campaign, each PACE_SECONDS
REFUND_APPROVAL_KOPECKS = env.whole("REFUND_APPROVAL_KOPECKS", 5_000_00)
STUCK_AFTER_MINUTES = env.whole("STUCK_AFTER_MINUTES", 120, least=5)  # ЮKassa itself gives up after an hour

FUND = {
    "name": env.text("FUND_NAME", "Городской фонд «Социальный капитал» (демонстрация)"),
    "inn": env.text("FUND_INN", "0000000000"),
    "kpp": env.text("FUND_KPP", "000000000"),
    "ogrn": env.text("FUND_OGRN", "0000000000000"),
    "address": env.text("FUND_ADDRESS", "г. Пенза"),
    "email": DEFAULT_FROM_EMAIL,
}

# Sign-in (django-allauth): by e-mail, with a password or with a code; docs/adr/0010.
ACCOUNT_ADAPTER = "people.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_CHANGE_EMAIL = True  # one address each, changed once the new one has answered
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True  # codes everywhere: no secret travels in an address
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # nobody gets letters from us because somebody typed their address
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_DEFAULT_HTTP_PROTOCOL = SITE_URL.split(":", 1)[0]
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key", "signup": "5/m/ip", "reset_password": "5/m/ip,3/10m/key"}
MFA_ADAPTER = "people.adapters.MfaAdapter"
MFA_FORMS = {
    "add_webauthn": "people.second_factor.AddKeyForm",
    "authenticate_webauthn": "people.second_factor.AnswerKeyForm",
    "reauthenticate_webauthn": "people.second_factor.ProveKeyForm",
    "edit_webauthn": "people.second_factor.EditKeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1  # a telephone's clock may be half a minute off
MFA_REAUTHENTICATION_REQUIRED = True
SOCIALACCOUNT_ADAPTER = "people.adapters.SocialAdapter"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False  # an e-mail that a provider tells opens no account of ours
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_PROVIDERS = {name: {"APPS": [app]} for name, app in env.sign_in_providers().items()}

# The desk (django-unfold). The green of the identity, from its tint to its night.
UNFOLD = {
    "DASHBOARD_CALLBACK": "pages.desk.dashboard",
    "SITE_TITLE": _("Desk of the fund"),
    "SITE_HEADER": _("Social capital"),
    "SITE_SUBHEADER": _("Desk of the fund"),
    "SITE_ICON": "people.desk.mark",
    "STYLES": ["people.desk.styles"],
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": "people.desk.mark"}],
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "BORDER_RADIUS": "8px",
    "COLORS": {
        "primary": {
            "50": "#e9f5ee",
            "100": "#d0eadb",
            "200": "#a6d6bb",
            "300": "#71bd95",
            "400": "#3d9f6e",
            "500": "#14864f",
            "600": "#00713d",
            "700": "#005a30",
            "800": "#004a28",
            "900": "#003c21",
            "950": "#002313",
        },
    },
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["api.parsers.PlainJsonParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_CLASSES": ["api.throttles.AddressThrottle"],
    "DEFAULT_THROTTLE_RATES": {
        "address": env.text("API_RATE", "600/min"),
        "export": f"{env.whole('EXPORTS_PER_ADDRESS', 20, least=1)}/min",
    },
    "EXCEPTION_HANDLER": "api.errors.problem_response",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = schema.SETTINGS

LOGGING = logs.logging_settings(is_json=False)
