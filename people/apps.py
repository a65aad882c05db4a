"""The app's place in Django."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """People: sign-in, roles, donors, consents."""

    name = "people"
    label = "people"
