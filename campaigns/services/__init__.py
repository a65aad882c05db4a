"""Every write about campaigns and gifts, by subject; receipts apart, whose PDF engine only a worker loads."""

from campaigns.services.giving import (
    CampaignClosedError,
    Gift,
    KeyReusedError,
    TooManyGiftsError,
    give,
)
from campaigns.services.life import (
    NotADraftError,
    NotLiveError,
    close_campaign,
    end_campaign,
    launch_campaign,
    open_campaign,
)
from campaigns.services.moderating import hide_name, show_name

__all__ = [
    "CampaignClosedError",
    "Gift",
    "KeyReusedError",
    "NotADraftError",
    "NotLiveError",
    "TooManyGiftsError",
    "close_campaign",
    "end_campaign",
    "give",
    "hide_name",
    "launch_campaign",
    "open_campaign",
    "show_name",
]
