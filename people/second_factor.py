"""Setting up a second factor proves it as well, and ends what was opened without it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from allauth.mfa.webauthn.views import AddWebAuthnView
from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from people.access import person
from people.services import end_sessions
from people.services.api_keys import revoke_keys

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


class AddKeyForm(AddWebAuthnForm):  # type: ignore[misc]  # allauth has no types
    """A new key and its name."""

    name = forms.CharField(label=_("Name of the key"), max_length=40, required=False)


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
