"""Erasure at the staff desk: who asked by letter is entered here; what is open and done is seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods
from unfold.widgets import UnfoldAdminEmailInputWidget

from campaigns.handing import soon
from campaigns.services import erasing
from people.access import person
from people.desk_pages import desk_page, render_desk

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


class PersonForm(forms.Form):
    """Who is to be forgotten."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail of who asked by letter"),
        help_text=gettext_lazy("Names vanish at once, the rest when nothing is under way. It can't be undone."),
        widget=UnfoldAdminEmailInputWidget(attrs={"autocomplete": "off"}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page("people.erase_donor", fresh=True)
def erasures(request: HttpRequest) -> HttpResponse:
    """Show the last erasures; ask for one."""
    form = PersonForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            asked = erasing.erase_for_staff(email=form.cleaned_data["email"], by=person(request), now=timezone.now())
        except erasing.UnknownPersonError:
            form.add_error("email", _("Nobody of that address gave or has an account."))
        else:
            soon("campaigns.erase", request_id=asked.pk)
            messages.success(request, _("Erasure %(number)s is asked for.") % {"number": asked.pk})
            return redirect("erasures:list")
    return render_desk(
        request,
        "desk/erasures.html",
        title=_("Erasure of donors"),
        is_refused=bool(form.errors),
        form=form,
        submit=_("Erase"),
        rows=erasing.last_erasures(),
    )
