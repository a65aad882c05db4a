"""``manage.py forget_old``: forget what is known of people when its time is over; beat does it every hour."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from campaigns.services.retention import forget_old


class Command(BaseCommand):
    """Forget what has been kept long enough, and say how much."""

    help = "Forgets what has been kept as long as the privacy policy says."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Forget."""
        for name, count in forget_old(now=timezone.now()).items():
            self.stdout.write(f"{name}: {count}")
