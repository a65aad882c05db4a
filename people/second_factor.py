"""Setting up a second factor proves it as well, and ends what was opened without it."""

from __future__ import annotations

import struct
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from allauth.mfa.webauthn.views import AddWebAuthnView
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from people.access import person
from people.services import end_sessions
from people.services.api_keys import revoke_keys

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest, HttpResponse

# What the library for keys (fido2 2) raises of bytes that are no key's answer; allauth expects a part of it alone.
NO_ANSWER = (TypeError, ValueError, AttributeError, LookupError, struct.error)


@contextmanager
def read_as_a_form() -> Iterator[None]:
    """Let an answer that no key gave be wrong as any field may be."""
    try:
        yield
    except NO_ANSWER as error:
        raise ValidationError(_("The key was not read. Try once more.")) from error


class AddKeyForm(AddWebAuthnForm):  # type: ignore[misc]  # allauth has no types
    """A new key and its name."""

    name = forms.CharField(label=_("Name of the key"), max_length=40, required=False)

    def clean(self) -> Any:
        """Read what the key answered."""
        with read_as_a_form():
            return super().clean()


class AnswerKeyForm(AuthenticateWebAuthnForm):  # type: ignore[misc]
    """A key's answer at sign-in."""

    def clean_credential(self) -> Authenticator:
        """Read what the key answered."""
        with read_as_a_form():
            return super().clean_credential()


class ProveKeyForm(ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """A key's answer where somebody who is signed in proves it anew."""

    def clean_credential(self) -> Authenticator:
        """Read what the key answered."""
        with read_as_a_form():
            return super().clean_credential()


class EditKeyForm(EditWebAuthnForm):  # type: ignore[misc]
    """Another name for a key."""

    name = forms.CharField(label=_("Name of the key"), max_length=40)


class ActivateAppView(ActivateTOTPView):  # type: ignore[misc]
    """Sets up an authenticator app."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Keep the app, and note that its code was right."""
        answer: HttpResponse = super().form_valid(form)
        _note_proof(self.request, Authenticator.Type.TOTP)
        return answer


class AddKeyView(AddWebAuthnView):  # type: ignore[misc]
    """Sets up a security key."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Keep the key, and note that it answered."""
        answer: HttpResponse = super().form_valid(form)
        _note_proof(self.request, Authenticator.Type.WEBAUTHN)
        return answer


def _note_proof(request: HttpRequest, kind: Authenticator.Type) -> None:
    user = person(request)
    end_sessions(user=user, but=request.session.session_key)  # those know the first step alone,
    revoke_keys(user=user, now=timezone.now())  # and who knew it may have made keys
    newest = Authenticator.objects.filter(user=user, type=kind).latest("pk")
    record_authentication(request, user, "mfa", id=newest.pk, type=newest.type)


activate_totp = never_cache(ActivateAppView.as_view())
add_webauthn = never_cache(AddKeyView.as_view())
