"""Who signs in, who gave, what they agreed to, and what staff may do and did."""

from people.models.donors import Consent, Donor
from people.models.legal import LegalText
from people.models.roles import RoleGrant, StaffAct
from people.models.sessions import Session
from people.models.users import User, UserManager

__all__ = ["Consent", "Donor", "LegalText", "RoleGrant", "Session", "StaffAct", "User", "UserManager"]
