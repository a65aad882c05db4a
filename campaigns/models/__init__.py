"""Campaigns and their whole life, who runs them, and the gifts to them. What was raised stands in the books alone."""

from campaigns.models.applications import Acceptance, OrganiserDocument, OrganiserStep, Requisites
from campaigns.models.campaigns import RESERVED_SLUGS, BudgetLine, Campaign, CampaignQuerySet
from campaigns.models.drafts import CampaignPicture, Draft, HandedIn
from campaigns.models.giving import Donation, DonationQuerySet, HiddenName, Statement
from campaigns.models.life import Amendment, Approval, Step
from campaigns.models.listing import Listing
from campaigns.models.organisers import Organiser
from campaigns.models.reports import ProjectReport, SpentLine

__all__ = [
    "RESERVED_SLUGS",
    "Acceptance",
    "Amendment",
    "Approval",
    "BudgetLine",
    "Campaign",
    "CampaignPicture",
    "CampaignQuerySet",
    "Donation",
    "DonationQuerySet",
    "Draft",
    "HandedIn",
    "HiddenName",
    "Listing",
    "Organiser",
    "OrganiserDocument",
    "OrganiserStep",
    "ProjectReport",
    "Requisites",
    "SpentLine",
    "Statement",
    "Step",
]
