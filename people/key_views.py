"""The keys of one's own programs."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from people.access import person
from people.key_forms import KeyForm
from people.models import ApiKey
from people.services import api_keys

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@never_cache
@login_required
@reauthentication_required  # type: ignore[untyped-decorator]  # allauth has no types
@require_http_methods(["GET", "HEAD", "POST"])
def keys(request: HttpRequest) -> HttpResponse:
    """Show one's live keys; make another, which is shown this once."""
    user, now = person(request), timezone.now()
    form, secret = KeyForm(request.POST if request.method == "POST" else None), ""
    if form.is_valid():
        try:
            _row, secret = api_keys.make_key(user=user, now=now, **form.cleaned_data)
        except api_keys.TooManyKeysError:
            form.add_error(None, _("You have ten keys. Take one back that you don't need."))
        else:
            form = KeyForm()
    context = {
        "form": form,
        "secret": secret,
        "keys": ApiKey.objects.filter(user=user, revoked_at__isnull=True, expires_at__gt=now).order_by("-pk"),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "people/keys.html", context, status=status)


@login_required
@require_POST
def revoke(request: HttpRequest, key_id: int) -> HttpResponse:
    """Take one key back; it opens nothing from now on."""
    if api_keys.revoke_key(user=person(request), key_id=key_id, now=timezone.now()):
        messages.success(request, _("The key is taken back: it opens nothing any more."))
    return redirect("people:keys")
