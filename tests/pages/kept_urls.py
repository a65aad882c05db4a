"""The site's addresses, and one more by which a donor takes the name away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import redirect
from django.urls import path

from config.urls import handler400, handler403, handler404, handler500, urlpatterns
from people.models import Donor

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


def hide(request: HttpRequest, token: str) -> HttpResponse:
    Donor.objects.update(public_name="")
    return redirect("/projects/sad/")


urlpatterns = [*urlpatterns, path("hide/<slug:token>/", hide, name="hide")]
