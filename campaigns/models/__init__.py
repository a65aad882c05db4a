"""Campaigns and their whole life, who runs them, and the gifts to them. What was raised stands in the books alone."""

from campaigns.models.applications import Acceptance, OrganiserDocument, OrganiserStep, Requisites
from campaigns.models.campaigns import RESERVED_SLUGS, BudgetLine, Campaign, CampaignQuerySet
from campaigns.models.drafts import CampaignPicture, Draft, HandedIn
from campaigns.models.following import Attempt, Follow, Mailing, NewsKind, Reader, StoppedKind
from campaigns.models.giving import Donation, DonationQuerySet, HiddenName, Statement
from campaigns.models.life import Amendment, Approval, Step
from campaigns.models.listing import Listing
from campaigns.models.organisers import Organiser
from campaigns.models.purposes import Choice, PurposeAnswer, PurposeQuestion, PurposeShare
from campaigns.models.reports import ProjectReport, SpentLine
from campaigns.models.sheets import Sheet
from campaigns.models.subscriptions import Charge, Subscription, SubscriptionStep
from campaigns.models.telling import Comment, Complaint, Question, Update, UpdateVersion
from campaigns.models.wishes import BankDetails, RefundRequest

__all__ = [
    "RESERVED_SLUGS",
    "Acceptance",
    "Amendment",
    "Approval",
    "Attempt",
    "BankDetails",
    "BudgetLine",
    "Campaign",
    "CampaignPicture",
    "CampaignQuerySet",
    "Charge",
    "Choice",
    "Comment",
    "Complaint",
    "Donation",
    "DonationQuerySet",
    "Draft",
    "Follow",
    "HandedIn",
    "HiddenName",
    "Listing",
    "Mailing",
    "NewsKind",
    "Organiser",
    "OrganiserDocument",
    "OrganiserStep",
    "ProjectReport",
    "PurposeAnswer",
    "PurposeQuestion",
    "PurposeShare",
    "Question",
    "Reader",
    "RefundRequest",
    "Requisites",
    "Sheet",
    "SpentLine",
    "Statement",
    "Step",
    "StoppedKind",
    "Subscription",
    "SubscriptionStep",
    "Update",
    "UpdateVersion",
]
