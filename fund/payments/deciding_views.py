"""One decision at the desk: asked once, taken, or said why not; whatever is decided about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect
from django.utils import timezone

from people.desk_pages import render_desk

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from django.forms import Form
    from django.http import HttpRequest, HttpResponse


@dataclass(frozen=True)
class Matter:
    """What is decided about: its template, where its page is, which errors are refusals and how they are said."""

    template: str
    context: dict[str, Any]
    back: str
    refusals: tuple[type[Exception], ...]
    words: Callable[[Exception], str]


def decide(
    request: HttpRequest,
    matter: Matter,
    act: Callable[[datetime], str],
    *,
    title: str,
    submit: str,
    form: Form | None = None,
) -> HttpResponse:
    """Ask, and on POST act: ``act`` returns what to say once it is done. 422 where it is refused."""
    error = ""
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            messages.success(request, act(timezone.now()))
        except matter.refusals as refused:
            error = matter.words(refused)
        else:
            return redirect(matter.back)
    context = matter.context | {"error": error, "form": form, "submit": submit}
    is_refused = bool(error) or request.method == "POST"
    return render_desk(request, matter.template, title=title, is_refused=is_refused, **context)
