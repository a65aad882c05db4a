"""Who signs in, who gave, what they agreed to, the letters to them, and what staff may do and did."""

from people.models.api_keys import ApiKey
from people.models.donors import Consent, ConsentWithdrawal, Donor, ErasureRequest, Visit
from people.models.legal import LegalDraft, LegalText
from people.models.letters import MOST_ATTEMPTS, NOT_WANTED, Letter
from people.models.roles import RoleGrant, StaffAct
from people.models.sessions import Session
from people.models.users import User, UserManager

__all__ = [
    "MOST_ATTEMPTS",
    "NOT_WANTED",
    "ApiKey",
    "Consent",
    "ConsentWithdrawal",
    "Donor",
    "ErasureRequest",
    "LegalDraft",
    "LegalText",
    "Letter",
    "RoleGrant",
    "Session",
    "StaffAct",
    "User",
    "UserManager",
    "Visit",
]
