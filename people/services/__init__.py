"""Writes about people: donors and what they agreed to, roles, acts of staff."""

from people.services.accounts import AdministratorExistsError, appoint_administrator, open_account
from people.services.acts import record_act, subject_of
from people.services.donors import record_donor
from people.services.roles import (
    LastAdministratorError,
    OwnRoleError,
    RoleRefusedError,
    RolesApartError,
    UnknownRoleError,
    grant_role,
    revoke_role,
)
from people.services.sessions import end_sessions

__all__ = [
    "AdministratorExistsError",
    "LastAdministratorError",
    "OwnRoleError",
    "RoleRefusedError",
    "RolesApartError",
    "UnknownRoleError",
    "appoint_administrator",
    "end_sessions",
    "grant_role",
    "open_account",
    "record_act",
    "record_donor",
    "revoke_role",
    "subject_of",
]
