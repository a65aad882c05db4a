"""The app's place in Django, and the desk's."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    """People: sign-in, roles, donors, consents."""

    name = "people"
    label = "people"
    verbose_name = _("People")


class DeskConfig(AdminConfig):
    """Django's admin, whose site is the staff desk: each room's ``admin.py`` registers there."""

    default_site = "people.desk.DeskSite"
