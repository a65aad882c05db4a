"""Writes about people: donors and what they agreed to, roles, acts of staff."""

from people.services.accounts import AdministratorExistsError, appoint_administrator, open_account
from people.services.acts import record_act, subject_of
from people.services.donors import record_donor, repeat_donor
from people.services.roles import (
    LastAdministratorError,
    OwnRoleError,
    RoleRefusedError,
    RolesApartError,
    UnknownRoleError,
    grant_role,
    revoke_role,
)
from people.services.second_factors import seal_second_factors_anew
from people.services.sessions import end_sessions, end_sessions_of

__all__ = [
    "AdministratorExistsError",
    "LastAdministratorError",
    "OwnRoleError",
    "RoleRefusedError",
    "RolesApartError",
    "UnknownRoleError",
    "appoint_administrator",
    "end_sessions",
    "end_sessions_of",
    "grant_role",
    "open_account",
    "record_act",
    "record_donor",
    "repeat_donor",
    "revoke_role",
    "seal_second_factors_anew",
    "subject_of",
]
