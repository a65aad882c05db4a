"""Every write about campaigns and gifts, by subject."""

from campaigns.services.giving import (
    CampaignClosedError,
    Gift,
    KeyReusedError,
    TooManyGiftsError,
    give,
)
from campaigns.services.life import close_campaign, open_campaign
from campaigns.services.receipts import finish_receipt

__all__ = [
    "CampaignClosedError",
    "Gift",
    "KeyReusedError",
    "TooManyGiftsError",
    "close_campaign",
    "finish_receipt",
    "give",
    "open_campaign",
]
