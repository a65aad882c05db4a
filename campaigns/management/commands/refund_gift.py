"""``manage.py refund_gift``: send a gift back, whole or in part, from the machine; people do it at the staff desk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from campaigns.models import Donation
from fund.money import NotMoneyError, parse_roubles
from fund.payments import services
from fund.payments.models import Refund

if TYPE_CHECKING:
    from django.core.management.base import CommandParser

SENTENCES: dict[type[services.RefundError], str] = {
    services.NotPaidError: "The gift is not paid.",
    services.RefundSpentError: "The project has spent money that would go back: less is left of it.",
    services.RefundTooLargeError: "More would go back than was given.",
    services.RefundTooSmallError: "ЮKassa refunds no less than a rouble, and no less may be left.",
    services.RefundKeyReusedError: "This key names another refund: take a new one.",
}


class Command(BaseCommand):
    """Ask for one refund; the worker carries it out. The same key asks once."""

    help = "Refunds a gift: refund_gift NUMBER ROUBLES --reason … --key …"

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the gift's public number, the sum, the reason and a key."""
        parser.add_argument("number", type=int)
        parser.add_argument("roubles")
        parser.add_argument("--reason", required=True, choices=Refund.Reason.values)
        parser.add_argument("--key", required=True)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Write the refund down."""
        donation = Donation.objects.filter(pk=options["number"]).first()
        if donation is None:
            raise CommandError(f"There is no gift {options['number']}.")
        try:
            refund = services.refund_by_command(
                payment_id=donation.payment_id,
                amount_kopecks=parse_roubles(options["roubles"]),
                reason=options["reason"],
                request_key=options["key"],
                now=timezone.now(),
            )
        except NotMoneyError as error:
            raise CommandError("Write the sum in roubles, such as 500 or 1250,50.") from error
        except services.RefundError as error:
            raise CommandError(SENTENCES[type(error)]) from error
        self.stdout.write(f"Refund {refund.pk} of gift {donation.number} is on its way.")
