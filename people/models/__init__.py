"""Who signs in, who gave, and what they agreed to."""

from people.models.donors import Consent, Donor
from people.models.legal import LegalText
from people.models.users import User, UserManager

__all__ = ["Consent", "Donor", "LegalText", "User", "UserManager"]
