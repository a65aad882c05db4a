"""``manage.py alarms``: what about money a person must look at, as the staff desk shows it too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from fund.payments import selectors, services

if TYPE_CHECKING:
    from django.core.management.base import CommandParser


class Command(BaseCommand):
    """List open alarms, or close one that was looked at."""

    help = "Lists open alarms about money; --close NUMBER closes one."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the number of an alarm to close."""
        parser.add_argument("--close", type=int, metavar="NUMBER")

    def handle(self, *_args: Any, **options: Any) -> None:
        """List or close."""
        number = options["close"]
        if number is not None:
            if not services.close_alarm(alarm_id=number, now=timezone.now()):
                raise CommandError(f"There is no open alarm {number}.")
            self.stdout.write(f"Alarm {number} is closed.")
            return
        found = selectors.open_alarms()
        for alarm in found:
            raised = timezone.localtime(alarm.raised_at)
            self.stdout.write(f"{alarm.pk}  {raised:%d.%m.%Y %H:%M}  {alarm.subject}  {alarm.get_kind_display()}")
        self.stdout.write(f"{len(found)} open alarms")
