"""A project's updates for readers of news."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.syndication.views import Feed
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _

from campaigns.markdown import render_markdown
from campaigns.telling import selectors
from campaigns.telling.views import find

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest

    from campaigns.models import Campaign, Update

    UpdateFeed = Feed[Update, Campaign]
else:  # Django's own class takes no arguments at run time
    UpdateFeed = Feed

FEED_SIZE = 20


class CampaignUpdates(UpdateFeed):
    """The newest updates of one project."""

    feed_type = Atom1Feed

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Campaign:  # noqa: ARG002 - Django's
        """Return the project."""
        return find(kwargs["slug"])

    def title(self, campaign: Campaign) -> str:
        """Return what the feed is called."""
        return _("%(title)s: news of the project") % {"title": campaign.title}

    def link(self, campaign: Campaign) -> str:
        """Return the page of all updates."""
        return reverse("telling:updates", kwargs={"slug": campaign.slug})

    def items(self, campaign: Campaign) -> list[Update]:
        """Return the newest first."""
        return list(selectors.updates(campaign=campaign)[:FEED_SIZE])

    def item_title(self, item: Update) -> str:
        """Return its title."""
        return item.title

    def item_description(self, item: Update) -> str:
        """Return its words as safe HTML."""
        return render_markdown(item.body)

    def item_pubdate(self, item: Update) -> datetime | None:
        """Return when it was published."""
        return item.published_at

    def item_updateddate(self, item: Update) -> datetime | None:
        """Return when it was corrected last."""
        return item.corrected_at or item.published_at
