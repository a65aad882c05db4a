"""One's own account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from people import roles
from people.access import has_second_factor, person
from people.selectors import roles_held

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@never_cache
@login_required
@require_safe
def me(request: HttpRequest) -> HttpResponse:
    """Show one's own account: roles held, second factor, the way to the desk."""
    user = person(request)
    held = [roles.title(name) for name in roles_held(user_id=user.pk)]
    return render(request, "people/me.html", {"roles": held, "has_second_factor": has_second_factor(user)})
