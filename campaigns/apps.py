"""The app's place in Django."""

from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    """Crowdfunding campaigns and the gifts to them."""

    name = "campaigns"
    label = "campaigns"

    def ready(self) -> None:
        """Tell payments what a donation is, and the outbox how letters to donors are written."""
        from campaigns import letters
        from campaigns.purpose import DonationPurpose
        from campaigns.services.giving import PURPOSE
        from fund.payments import purposes
        from people.letters import register

        purposes.register(PURPOSE, DonationPurpose())
        register(letters.RECEIPT, letters.ReceiptLetter())
        register(letters.LATE, letters.LateLetter())
        register(letters.REFUND, letters.RefundLetter())
