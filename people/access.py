"""Who may act as staff: signed in, with a second factor set up and used in this session, and with the permission."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec
from urllib.parse import urlencode, urlsplit

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from csp.constants import SELF, UNSAFE_EVAL, UNSAFE_INLINE
from csp.decorators import csp_update
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from people.models import User

P = ParamSpec("P")
SECOND_FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]  # codes for recovery alone are none
STAFF_IDLE = timedelta(hours=12)
SEEN, SEEN_PACE = "desk_seen_at", timedelta(minutes=5)

# The desk's scripts (Alpine) compile what stands in attributes, and its templates carry styles: docs/adr/0009.
desk_policy = csp_update({"script-src": [SELF, UNSAFE_EVAL], "style-src": [SELF, UNSAFE_INLINE]})


def needs(
    permission: str, *, fresh: bool = False
) -> Callable[
    [Callable[Concatenate[HttpRequest, P], HttpResponseBase]], Callable[Concatenate[HttpRequest, P], HttpResponseBase]
]:
    """Open a page to staff whose roles allow an act of ``roles.toml``; lead everybody else to what is missing.

    :param fresh: for weighty acts: the second factor was used within ``ACCOUNT_REAUTHENTICATION_TIMEOUT`` seconds.
    """

    def decorate(
        view: Callable[Concatenate[HttpRequest, P], HttpResponseBase],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            elsewhere = obstacle(request)
            if elsewhere is not None:
                return elsewhere
            if not request.user.has_perm(permission):
                raise PermissionDenied
            if fresh and not used_second_factor_lately(request):
                return prove_again(request)
            return view(request, *args, **kwargs)

        guarded.needs = permission  # type: ignore[attr-defined]  # read by the table of roles and addresses
        return guarded

    return decorate


def obstacle(request: HttpRequest) -> HttpResponseRedirect | None:
    """Return where somebody is led who can't act as staff yet; None for who can.

    Four queries in all: the session, the person, the second factor and, when asked for, the roles.

    :raises PermissionDenied: if the person holds no role.
    """
    user = request.user
    if not user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    if not (user.is_active and user.is_staff):
        raise PermissionDenied
    if not has_second_factor(user):
        return HttpResponseRedirect(reverse("mfa_index"))
    if not used_second_factor(request):
        return prove_again(request)
    _stay_awake(request, timezone.now())
    return None


def person(request: HttpRequest) -> User:
    """Return who is signed in.

    :raises PermissionDenied: if nobody is.
    """
    if not request.user.is_authenticated:
        raise PermissionDenied
    return request.user


def has_second_factor(user: User) -> bool:
    """Return whether a person has set up a second factor. One query."""
    return bool(is_mfa_enabled(user, SECOND_FACTORS))


def used_second_factor(request: HttpRequest) -> bool:
    """Return whether the person proved themselves with a second factor in this session."""
    return any(record.get("method") == "mfa" for record in get_authentication_records(request, request.user))


def used_second_factor_lately(request: HttpRequest) -> bool:
    """Return whether that was within ``ACCOUNT_REAUTHENTICATION_TIMEOUT`` seconds."""
    since = time.time() - settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
    records = get_authentication_records(request, request.user)
    return any(record["at"] > since for record in records if record.get("method") == "mfa")


def prove_again(request: HttpRequest) -> HttpResponseRedirect:
    """Lead to where the second factor is asked for, and back: for what was sent, to the page of its button."""
    back = request.get_full_path()
    page = urlsplit(request.headers.get("Referer", ""))
    if request.method == "POST" and page.netloc == request.get_host():
        back = page.path
    return HttpResponseRedirect(f"{reverse('mfa_reauthenticate')}?{urlencode({'next': back})}")


def _stay_awake(request: HttpRequest, now: datetime) -> None:
    """Let a staff session end twelve hours after its last use; written at most every five minutes."""
    seen = request.session.get(SEEN)
    if seen is None or now - datetime.fromisoformat(seen) > SEEN_PACE:
        request.session[SEEN] = now.isoformat()
        request.session.set_expiry(int(STAFF_IDLE.total_seconds()))
