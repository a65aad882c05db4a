"""Who signs in, who gave, what they agreed to, and the letters to them."""

from people.models.donors import Consent, Donor
from people.models.legal import LegalText
from people.models.letters import MOST_ATTEMPTS, Letter
from people.models.users import User, UserManager

__all__ = ["MOST_ATTEMPTS", "Consent", "Donor", "LegalText", "Letter", "User", "UserManager"]
