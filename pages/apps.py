"""The app's place in Django."""

from django.apps import AppConfig


class PagesConfig(AppConfig):
    """Home, about, state of services."""

    name = "pages"
    label = "pages"
