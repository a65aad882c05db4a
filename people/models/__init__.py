"""Who signs in, who gave, what they agreed to, the letters to them, and what staff may do and did."""

from people.models.donors import Consent, Donor
from people.models.legal import LegalText
from people.models.letters import MOST_ATTEMPTS, Letter
from people.models.roles import RoleGrant, StaffAct
from people.models.sessions import Session
from people.models.users import User, UserManager

__all__ = [
    "MOST_ATTEMPTS",
    "Consent",
    "Donor",
    "LegalText",
    "Letter",
    "RoleGrant",
    "Session",
    "StaffAct",
    "User",
    "UserManager",
]
