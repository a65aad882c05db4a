"""``manage.py load_city``: the city's communities and the demo campaigns."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from campaigns.services.loading import load_campaigns
from communities import seed
from communities.services import load_communities


class Command(BaseCommand):
    """Load the directory and the demo campaigns; a second time changes nothing."""

    help = "Loads the city's communities and demo campaigns. Repeatable."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Load both files and say what changed."""
        communities = load_communities(seeds=seed.read_communities())
        campaigns = load_campaigns(seeds=seed.read_campaigns(), now=timezone.now())
        for name, loaded in (("communities", communities), ("demo campaigns", campaigns)):
            self.stdout.write(f"{name}: {loaded.created} new, {loaded.changed} changed, {loaded.unchanged} the same")
