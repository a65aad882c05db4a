"""Production: real money, every secret from the environment."""

from config import env, logs
from config.settings.base import *  # noqa: F403 - settings modules build on each other

for required in ("DATABASE_URL", "REDIS_URL", "SITE_URL", "TRUSTED_PROXIES"):
    env.text(required)
for requisite in ("FUND_NAME", "FUND_INN", "FUND_KPP", "FUND_OGRN", "FUND_ADDRESS", "FUND_EMAIL"):
    env.text(requisite)

if env.flag("DEMO", default=False):
    raise env.SettingError("DEMO=1 plays pretended gifts: production takes none, leave it out.")

DEBUG = False
DEMO_MODE = False
SECRET_KEY = env.text("DJANGO_SECRET_KEY")
SECRET_KEY_FALLBACKS = list(filter(None, [env.text("DJANGO_OLD_SECRET_KEY", "")]))  # while the key is being changed
ALLOWED_HOSTS = [
    SITE_URL.split("://", 1)[1].split("/", 1)[0].split(":", 1)[0],
    *env.text("INTERNAL_HOSTS", "127.0.0.1").split(","),  # how Prometheus and the health check name a web server
]
YOOKASSA = env.yookassa_live()

SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^metrics$"]  # asked from inside, without the proxy
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True

METRICS_TOKEN = env.metrics_token("")
LOGGING = logs.logging_settings(is_json=True)

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = env.text("EMAIL_HOST")
EMAIL_PORT = env.whole("EMAIL_PORT", 587, least=1, most=65535)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS", default=True)
