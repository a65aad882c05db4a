"""Every write about campaigns and gifts, by subject; receipts apart, whose PDF engine only a worker loads."""

from campaigns.services.giving import (
    CampaignClosedError,
    Gift,
    KeyReusedError,
    NotMonthlyError,
    TooManyGiftsError,
    give,
)
from campaigns.services.moderating import hide_name, show_name

__all__ = [
    "CampaignClosedError",
    "Gift",
    "KeyReusedError",
    "NotMonthlyError",
    "TooManyGiftsError",
    "give",
    "hide_name",
    "show_name",
]
