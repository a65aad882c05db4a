"""Campaigns and their whole life, who runs them, and the gifts to them. What was raised stands in the books alone."""

from campaigns.models.campaigns import RESERVED_SLUGS, BudgetLine, Campaign, CampaignQuerySet
from campaigns.models.giving import Donation, DonationQuerySet, HiddenName, Statement
from campaigns.models.life import Amendment, Approval, Step
from campaigns.models.listing import Listing
from campaigns.models.organisers import Organiser

__all__ = [
    "RESERVED_SLUGS",
    "Amendment",
    "Approval",
    "BudgetLine",
    "Campaign",
    "CampaignQuerySet",
    "Donation",
    "DonationQuerySet",
    "HiddenName",
    "Listing",
    "Organiser",
    "Statement",
    "Step",
]
