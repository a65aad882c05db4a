"""The app's place in Django."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """The public HTTP API."""

    name = "api"
    label = "api"
