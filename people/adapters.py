"""How allauth behaves here: whose address a request has, how letters leave, which powers need what."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp
from django.conf import settings
from django.db import transaction
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from people.access import SECOND_FACTORS, STAFF_IDLE, has_second_factor, person, used_second_factor_lately
from people.addresses import client_address
from people.emails import refuse_look_alike
from people.letters import Words
from people.models import User
from people.outbox import queue_letter
from people.sealing import seal, unseal
from people.services import end_sessions
from people.services.api_keys import revoke_keys
from people.tasks import send_soon

if TYPE_CHECKING:
    from django.http import HttpRequest

LETTER = "account"  # the kind of every letter about signing in
TAKES_KEYS = {  # letters of what takes the keys of one's programs back
    "account/email/password_changed", "account/email/password_reset", "account/email/password_set",
    "mfa/email/totp_activated", "mfa/email/webauthn_added",
}  # fmt: skip
CODE_LIVES = timedelta(minutes=15)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Sign-in, sign-up, passwords and letters."""

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the caller's address as the whole site sees it: limits hold behind our own proxies."""
        return client_address(request)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write a letter and put it into the outbox; one with a code is of no use when the code is not."""
        told = {"request": self.request, "email": email, "fund": settings.FUND, "site_url": settings.SITE_URL}
        told["keys_are_gone"] = template_prefix in TAKES_KEYS
        written = self.render_mail(template_prefix, email, told | context)
        now = timezone.now()
        with transaction.atomic():
            letter = queue_letter(
                kind=LETTER,
                key=uuid4().hex,
                now=now,
                to=User.objects.filter(email=email).first() or email,
                words=Words(written.subject, written.body),
                expires_at=now + CODE_LIVES if "code" in context else None,
            )
            send_soon(letter=letter)

    def clean_email(self, email: str) -> str:
        """Take an address that nobody mistakes for another."""
        found = str(super().clean_email(email))
        refuse_look_alike(found)
        return found

    def login(self, request: HttpRequest, user: User) -> None:
        """Sign a person in; a staff session ends twelve hours after its last use.

        Anybody may sign up with another's address and a password. Its owner proves it by a code, as the first to come
        in: that password is not theirs and goes.
        """
        if user.last_login is None and any(one.get("method") == "code" for one in _records(request, user)):
            user.set_unusable_password()
            user.save(update_fields=["password"])
        super().login(request, user)
        if user.is_staff:
            request.session.set_expiry(int(STAFF_IDLE.total_seconds()))

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Return where one lands after signing in: staff without a second factor at its set-up."""
        user = request.user
        if user.is_authenticated and user.is_staff and not has_second_factor(user):
            return reverse("mfa_index")
        return str(super().get_login_redirect_url(request))

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:  # noqa: ARG002 - allauth's signature
        """Return where one lands after changing the password."""
        return reverse("people:me")

    def set_password(self, user: User, password: str) -> None:
        """Set a new password, sign the person out everywhere else, and take their programs' keys back."""
        super().set_password(user, password)
        end_sessions(user=user, but=self.request.session.session_key)
        revoke_keys(user=user, now=timezone.now())

    def get_reauthentication_methods(self, user: User) -> list[dict[str, Any]]:
        """Return how a person may prove themselves anew: where there is a second factor, with that alone."""
        found: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        if user.is_authenticated and has_second_factor(user):
            return [method for method in found if method["id"] != "reauthenticate"]
        return found

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Return whether a weighty act needs proof anew: not within minutes of signing in."""
        needed = bool(super().is_reauthentication_required(app=app, **kwargs))
        return needed and not proved_recently(self.request)


class MfaAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Second factors."""

    def encrypt(self, text: str) -> str:
        """Return a secret as the database keeps it."""
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Return a secret that the database kept."""
        return unseal(encrypted_text)

    def get_totp_issuer(self) -> str:
        """Return the name under which an authenticator app shows us."""
        return _("Social capital")

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Return whether a second factor may go: staff keep one."""
        others = Authenticator.objects.filter(user=authenticator.user, type__in=SECOND_FACTORS)
        return not authenticator.user.is_staff or others.exclude(pk=authenticator.pk).exists()


class SocialAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Sign-in through VK and Yandex: only where it is configured; an e-mail told by them opens no account of ours."""

    def get_app(self, request: HttpRequest, provider: str, client_id: str | None = None) -> SocialApp:
        """Return how the site is known to a provider; one that is not configured has no page."""
        try:
            return super().get_app(request, provider, client_id)
        except SocialApp.DoesNotExist as error:
            raise Http404 from error

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: dict[str, Any]) -> User:
        """Take the e-mail alone from what the provider tells, and keep nothing else of it."""
        sociallogin.account.extra_data = {}
        user: User = super().populate_user(request, sociallogin, {"email": data.get("email")})
        return user


def _records(request: HttpRequest, user: User) -> list[dict[str, Any]]:
    """Return how the person proved themselves in this session."""
    found: list[dict[str, Any]] = get_authentication_records(request, user)
    return found


def proved_recently(request: HttpRequest) -> bool:
    """Return whether the person signed in or proved themselves within ``ACCOUNT_REAUTHENTICATION_TIMEOUT`` seconds.

    Where there is a second factor, with that one: a session from before it was set up knows the password alone.
    """
    if has_second_factor(person(request)):
        return used_second_factor_lately(request)
    since = time.time() - settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
    return any(record["at"] > since for record in _records(request, person(request)))
