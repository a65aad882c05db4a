"""The app's place in Django."""

from django.apps import AppConfig


class CommunitiesConfig(AppConfig):
    """The directory of the city's communities."""

    name = "communities"
    label = "communities"
