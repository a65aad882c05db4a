"""The app's place in Django, and the desk's."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    """People: sign-in, roles, donors, consents."""

    name = "people"
    label = "people"
    verbose_name = _("People")

    def ready(self) -> None:
        """Tell the outbox of letters that come with their words."""
        from people import letters
        from people.desk import SITE, add_page

        add_page(
            group=SITE,
            title=_("Documents"),
            url_name="texts:list",
            permission="people.view_legaltext",
            icon="gavel",
        )
        letters.register("account", letters.ReadyLetter(_("A letter about an account")))


class DeskConfig(AdminConfig):
    """Django's admin, whose site is the staff desk: each room's ``admin.py`` registers there."""

    default_site = "people.desk.DeskSite"
