"""Many products changed at once at the desk: chosen on the list, shown before and after, then done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from fund.ledger.forms import RoublesField
from merch import repricing
from merch.desk.products import PERMISSION
from merch.models import Collection, Product
from people.access import person
from people.desk_pages import desk_page, render_desk

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

OVERTAKEN = gettext_lazy("This was done already, or prices changed meanwhile: look at what would change now.")
NOTHING_CHOSEN = gettext_lazy("Choose products on the list first.")


class ManyForm(forms.Form):
    """What is done with chosen products."""

    what = forms.ChoiceField(
        label=gettext_lazy("What to change"),
        choices=[
            ("percent", gettext_lazy("Price, by so many per cent")),
            ("price", gettext_lazy("Price, to this sum")),
            ("collection", gettext_lazy("Collection")),
            ("listed", gettext_lazy("Put on sale")),
            ("withdrawn", gettext_lazy("Withdraw from sale")),
        ],
    )
    percent = forms.IntegerField(
        label=gettext_lazy("Per cent, with a minus to lower"), min_value=-90, max_value=300, required=False
    )
    price = RoublesField(label=gettext_lazy("Price, ₽"), max_length=30, required=False)
    collection = forms.ModelChoiceField(
        Collection.objects.order_by("position", "title"),
        label=gettext_lazy("Collection"),
        required=False,
        empty_label=gettext_lazy("None"),
    )

    def clean(self) -> dict[str, Any]:
        """Refuse a price without its number."""
        cleaned = super().clean() or {}
        what = cleaned.get("what")
        if what in {"percent", "price"} and what not in self.errors and not cleaned.get(what):
            self.add_error(what, _("Write the number."))
        return cleaned

    def change(self) -> repricing.Change:
        """Return what the valid form asks for."""
        found, what = self.cleaned_data, self.cleaned_data["what"]
        if what in {"percent", "price"}:
            return repricing.Change(**{"percent" if what == "percent" else "price_kopecks": found[what]})
        if what == "collection":
            return repricing.Change(collection_id=found["collection"].pk if found["collection"] else 0)
        return repricing.Change(state=what)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page(PERMISSION)
def change_many(request: HttpRequest) -> HttpResponse:
    """Ask what to change of the chosen products, show it, then do it as it was shown."""
    sent = request.POST if request.method == "POST" else request.GET
    chosen = [int(one) for one in sent.getlist("product") if one.isdecimal() and len(one) < 19]  # noqa: PLR2004 - digits of a bigint
    products = list(Product.objects.filter(pk__in=chosen[: repricing.MOST_PRODUCTS]).order_by("title", "pk"))
    if not products:
        messages.warning(request, str(NOTHING_CHOSEN))
        return redirect("shop_desk:products")
    form = ManyForm(request.POST or None)
    if form.is_valid() and "confirmed" in request.POST and _done(request, form, products):
        return redirect("shop_desk:products")
    plan = _plan(form, products) if form.is_valid() else None
    return render_desk(
        request,
        "shop_desk/many.html",
        title=_("Change several products"),
        is_refused=bool(form.errors),
        form=form,
        products=products,
        plan=plan,
        rows=_shown(plan, form) if plan else [],
        is_price=form.is_valid() and form.cleaned_data["what"] in {"percent", "price"},
    )


def _plan(form: ManyForm, products: list[Product]) -> repricing.Plan | None:
    try:
        return repricing.plan(product_ids=[one.pk for one in products], change=form.change())
    except repricing.PriceOutOfBoundsError as error:
        form.add_error(None, _out_of_bounds(error))
    return None


def _done(request: HttpRequest, form: ManyForm, products: list[Product]) -> bool:
    """Do what was shown, or say in the form why not."""
    try:
        count = repricing.carry_out(
            product_ids=[one.pk for one in products],
            change=form.change(),
            fingerprint=request.POST.get("fingerprint", ""),
            by=person(request),
            now=timezone.now(),
        )
    except repricing.OvertakenError:
        form.add_error(None, str(OVERTAKEN))
    except repricing.PriceOutOfBoundsError as error:
        form.add_error(None, _out_of_bounds(error))
    else:
        messages.success(
            request, ngettext("%(count)d change is made.", "%(count)d changes are made.", count) % {"count": count}
        )
        return True
    return False


def _out_of_bounds(error: repricing.PriceOutOfBoundsError) -> str:
    return _("The price of «%(title)s» would be under a rouble or over 100,000.") % {"title": error.title}


def _shown(plan: repricing.Plan, form: ManyForm) -> list[dict[str, Any]]:
    """Return rows with states and collections by their names. One query at most."""
    names: dict[Any, Any] = {}
    if form.cleaned_data["what"] == "collection":
        names = {0: _("None")} | dict(Collection.objects.values_list("pk", "title"))
    elif plan.rows and isinstance(plan.rows[0].before, str):
        names = dict(Product.State.choices)
    return [
        {"title": row.title, "before": names.get(row.before, row.before), "after": names.get(row.after, row.after)}
        for row in plan.rows
    ]
