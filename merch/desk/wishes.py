"""Buyers who want to give goods back: at the desk they are taken back with the order's form, or declined here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from fund.sales.models import ReturnWish, Sale
from fund.sales.services import NotOpenError
from merch import handling
from merch.desk.orders import PERMISSION
from people.access import person
from people.desk_pages import desk_page, render_desk
from people.names import visible

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


class DeclineForm(forms.Form):
    """Why it is not taken back; the buyer reads it."""

    answer = forms.CharField(
        label=gettext_lazy("What the buyer reads"), max_length=500, widget=forms.Textarea(attrs={"rows": 4})
    )

    def clean_answer(self) -> str:
        """Leave what can be seen."""
        answer = visible(self.cleaned_data["answer"])
        if not answer:
            raise forms.ValidationError(_("Write why."))
        return answer


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page(PERMISSION)
def decline(request: HttpRequest, sale_id: int) -> HttpResponse:
    """Ask why, then say no."""
    sale = get_object_or_404(Sale, pk=sale_id)
    wish = sale.return_wishes.filter(state=ReturnWish.State.OPEN).first()
    if wish is None:
        messages.warning(request, _("Nobody waits for an answer about this order."))
        return redirect("shop_desk:order", sale.pk)
    form = DeclineForm(request.POST or None)
    if form.is_valid() and _declined(request, wish, form.cleaned_data["answer"]):
        return redirect("shop_desk:order", sale.pk)
    title = _("Order %(number)s: not taken back") % {"number": sale.number}
    return render_desk(
        request, "shop_desk/decline.html", title=title, is_refused=bool(form.errors), form=form, sale=sale, wish=wish
    )


def _declined(request: HttpRequest, wish: ReturnWish, answer: str) -> bool:
    try:
        handling.decline_return(wish_id=wish.pk, answer=answer, by=person(request), now=timezone.now())
    except NotOpenError:
        messages.warning(request, _("The wish has ended meanwhile."))
    else:
        messages.success(request, _("Declined: the buyer is told by e-mail."))
    return True
