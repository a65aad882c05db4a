"""Who signs in, who gave, what they agreed to, and the letters to them."""

from people.models.donors import Consent, ConsentWithdrawal, Donor, ErasureRequest, Visit
from people.models.legal import LegalDraft, LegalText
from people.models.letters import MOST_ATTEMPTS, Letter
from people.models.users import User, UserManager

__all__ = [
    "MOST_ATTEMPTS",
    "Consent",
    "ConsentWithdrawal",
    "Donor",
    "ErasureRequest",
    "LegalDraft",
    "LegalText",
    "Letter",
    "User",
    "UserManager",
    "Visit",
]
