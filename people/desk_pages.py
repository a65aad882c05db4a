"""Pages of our own in the desk's clothes."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec

from django.contrib import admin
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from people.access import desk_policy, needs

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse
    from django.http.response import HttpResponseBase

P = ParamSpec("P")


def desk_page(
    permission: str, *, fresh: bool = False
) -> Callable[
    [Callable[Concatenate[HttpRequest, P], HttpResponseBase]], Callable[Concatenate[HttpRequest, P], HttpResponseBase]
]:
    """Open a page to staff who may do this, under the desk's policy, and let no browser keep it.

    :param fresh: for weighty acts: the second factor was used lately, see :func:`people.access.needs`.
    """

    def decorate(
        view: Callable[Concatenate[HttpRequest, P], HttpResponseBase],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        opened: Any = never_cache(desk_policy(needs(permission, fresh=fresh)(view)))
        return opened  # type: ignore[no-any-return]  # Django's decorators forget the other arguments

    return decorate


def render_desk(
    request: HttpRequest, template: str, *, title: str, is_refused: bool = False, **context: Any
) -> HttpResponse:
    """Return a page with the desk's menu and title; 422 where what was sent is refused."""
    whole = {**admin.site.each_context(request), "title": title, **context}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if is_refused else HTTPStatus.OK
    return render(request, template, whole, status=status)
