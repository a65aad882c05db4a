"""The app's place in Django."""

from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    """Crowdfunding campaigns and the gifts to them."""

    name = "campaigns"
    label = "campaigns"

    def ready(self) -> None:
        """Tell payments what a donation is."""
        from campaigns.purpose import DonationPurpose
        from campaigns.services.giving import PURPOSE
        from fund.payments import purposes

        purposes.register(PURPOSE, DonationPurpose())
