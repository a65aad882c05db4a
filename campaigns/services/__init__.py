"""Every write about campaigns and gifts, by subject; receipts apart, whose PDF engine only a worker loads."""

from campaigns.services.giving import (
    CampaignClosedError,
    Gift,
    KeyReusedError,
    TooManyGiftsError,
    give,
)
from campaigns.services.life import close_campaign, open_campaign

__all__ = [
    "CampaignClosedError",
    "Gift",
    "KeyReusedError",
    "TooManyGiftsError",
    "close_campaign",
    "give",
    "open_campaign",
]
