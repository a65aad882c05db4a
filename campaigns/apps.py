"""The app's place in Django."""

from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    """Crowdfunding campaigns and the gifts to them."""

    name = "campaigns"
    label = "campaigns"
