"""``manage.py sweep_monthly``: what beat does about monthly gifts, by hand; in a demonstration also as if later."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from campaigns.subscriptions.tasks import sweep
from fund.payments.tasks import settle_payment
from people.models import Letter
from people.outbox import send_letter

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    """Tell of charges, charge what is due, end what is over."""

    help = "Takes monthly gifts as far as they go now. In a demonstration --at does it as at another moment."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take a moment."""
        parser.add_argument("--at", default="", help="a moment with its zone, such as 2027-02-28T12:00:00+03:00")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Do it and say how many charges were begun."""
        now = _moment(options["at"])
        begun = sweep(now=now)
        for payment_id in begun:
            settle_payment.delay(payment_id=payment_id)
        if options["at"]:  # the worker, who lives now, would send them when their time has come
            for letter_id in Letter.objects.waiting().filter(due_at=now).values_list("pk", flat=True):
                send_letter(letter_id=letter_id, now=now)
        self.stdout.write(f"{len(begun)} charges begun")


def _moment(text: str) -> datetime:
    if not text:
        return timezone.now()
    if not settings.DEMO_MODE:
        raise CommandError("--at is for demonstrations: real money is charged when its day has come.")
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise CommandError(f"{text!r} is no moment.") from None
    if found.tzinfo is None:
        raise CommandError(f"{text!r} says no zone: add +03:00.")
    return found
