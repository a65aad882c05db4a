"""The app's place in Django."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """People: sign-in, roles, donors, consents."""

    name = "people"
    label = "people"

    def ready(self) -> None:
        """Tell the outbox of letters that come with their words."""
        from django.utils.translation import gettext_lazy as _

        from people import letters

        letters.register("account", letters.ReadyLetter(_("A letter about an account")))
