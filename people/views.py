"""One's own account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account.decorators import reauthentication_required
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from people import erasure, roles, services
from people.access import has_second_factor, person
from people.selectors import roles_held, sessions_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@never_cache
@login_required
@require_safe
def me(request: HttpRequest) -> HttpResponse:
    """Show one's own account: roles held, second factor, where one is signed in, the way to the desk."""
    user = person(request)
    context = {
        "person": user,
        "roles": [roles.title(name) for name in roles_held(user_id=user.pk)],
        "has_second_factor": has_second_factor(user),
        "sessions": sessions_of(user=user, current=request.session.session_key, now=timezone.now()),
        "providers": bool(settings.SOCIALACCOUNT_PROVIDERS) or SocialAccount.objects.filter(user=user).exists(),
    }
    return render(request, "people/me.html", context)


@login_required
@require_POST
def end_others(request: HttpRequest) -> HttpResponse:
    """Sign out everywhere else."""
    services.end_sessions(user=person(request), but=request.session.session_key)
    messages.success(request, _("You are signed in here alone."))
    return redirect("people:me")


@never_cache
@login_required
@reauthentication_required  # type: ignore[untyped-decorator]  # allauth has no types
@require_http_methods(["GET", "HEAD", "POST"])
def close(request: HttpRequest) -> HttpResponse:
    """Ask once, then close one's own account and sign out."""
    user = person(request)
    if request.method == "POST":
        try:
            erasure.close_account(user=user, now=timezone.now())
        except erasure.RoleHeldError:
            messages.warning(request, _("Who holds a role in the fund keeps the account: ask an administrator first."))
            return redirect("people:me")
        except erasure.AccountBusyError:
            messages.warning(
                request, _("You run projects that are not finished: first they are reported or called off.")
            )
            return redirect("people:me")
        request.session.flush()
        messages.success(request, _("Your account is closed."))
        return redirect("pages:home")
    return render(request, "people/close.html", {"person": user, "holds_role": user.is_staff})
