"""Tests: the embedded run's services, on data of their own."""

from config.settings.dev import *  # noqa: F403 - settings modules build on each other

STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
