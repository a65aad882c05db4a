"""The embedded run: everything on this machine, money only pretended."""

from config import env
from config.settings.base import *  # noqa: F403 - settings modules build on each other
from config.settings.base import SITE_URL, VAR_DIR

DEBUG = False
DEMO_MODE = True
INSTALLED_APPS += ["config.embedded.demo"]  # its commands exist here alone
SECRET_KEY = env.text("DJANGO_SECRET_KEY", env.embedded_secret("django"))
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True  # http://localhost
METRICS_TOKEN = env.metrics_token(env.embedded_secret("metrics"))
EMAIL_BACKEND = "pages.mail.FileBackend"
EMAIL_FILE_PATH = VAR_DIR / "mail"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin" if SITE_URL.startswith("https") else None
