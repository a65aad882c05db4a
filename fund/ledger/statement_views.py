"""The books as accountants read them: trial balance, account card, log of corrections."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from fund.ledger import card, chart, errata, periods, selectors, statements
from fund.ledger.forms import CardForm, ErrataForm, StatementForm
from fund.ledger.periods import Period

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from fund.ledger.forms import PeriodForm

ACCOUNTS_PAGE_SIZE = 50
ENTRIES_PAGE_SIZE = 50
ERRATA_PAGE_SIZE = 25
# What a page shows that was asked for in a wrong way.
NOTHING: dict[str, Any] = {
    "rows": (), "entries": (), "account": None, "head": "", "period": None, "checkpoint": None, "next_url": "",
    "is_first": True,
}  # fmt: skip


@require_safe
def trial_balance(request: HttpRequest) -> HttpResponse:
    """Show what accounts held and turned over, by synthetic account or the accounts of one; this month if not asked."""
    today = timezone.localdate()
    names_period = "since" in request.GET or "until" in request.GET
    default = {} if names_period else {"since": periods.this_month(today=today).since, "until": today}
    form = StatementForm({**request.GET.dict(), **default})
    shown = NOTHING | {"form": form, "presets": periods.presets(today=today)}
    if not form.is_valid():
        return render(request, "ledger/trial_balance.html", shown, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    head, period = form.cleaned_data["head"], _period(form)
    if head and not chart.synthetic_name(head):
        return _unknown(request, _("There is no such account"), _("The chart has no account of these two digits."))
    checkpoint = selectors.newest_checkpoint()
    found = statements.trial_balance(
        checkpoint=checkpoint.pk if checkpoint else 0, since=period.since, until=period.until, head=head,
        after=form.cleaned_data["after"], limit=ACCOUNTS_PAGE_SIZE + 1,
    )  # fmt: skip
    rows = found.rows[:ACCOUNTS_PAGE_SIZE] if head else found.rows
    following = f"?{period.query}&{urlencode({'head': head, 'after': rows[-1].code})}" if rows else ""
    shown |= {
        "period": period, "head": head, "name": chart.synthetic_name(head), "checkpoint": checkpoint, "rows": rows,
        "totals": found.totals, "is_balanced": found.is_balanced,
        "next_url": following if len(found.rows) > len(rows) else "",
    }  # fmt: skip
    return render(request, "ledger/trial_balance.html", shown)


@require_safe
def account_card(request: HttpRequest, code: str) -> HttpResponse:
    """Show an account's entries in order, with what it held after each."""
    form = CardForm(request.GET)
    shown = NOTHING | {
        "form": form,
        "code": code,
        "title": _("Card of account %(code)s") % {"code": code},
        "presets": periods.presets(today=timezone.localdate()),
    }
    if not form.is_valid():
        return render(request, "ledger/card.html", shown, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    checkpoint, period, after = selectors.newest_checkpoint(), _period(form), form.place()
    try:
        found = card.card(
            code=code, checkpoint=checkpoint.pk if checkpoint else 0, since=period.since, until=period.until,
            after=after, limit=ENTRIES_PAGE_SIZE + 1,
        )  # fmt: skip
    except card.NoPlaceError:
        return _unknown(request, _("There is no such page"), _("The card does not go on behind this entry."))
    if found is None:
        return _unknown(request, _("There is no such account"), _("The books have no account with this code."))
    entries = found.entries[:ENTRIES_PAGE_SIZE]
    following = f"?{period.query}&{urlencode({'after': str(entries[-1].place)})}" if entries else ""
    shown |= {
        "period": period, "account": found.account, "before_kopecks": found.before_kopecks, "entries": entries,
        "is_first": after is None, "checkpoint": checkpoint,
        "next_url": following if len(found.entries) > len(entries) else "",
    }  # fmt: skip
    return render(request, "ledger/card.html", shown)


@require_safe
def errata_log(request: HttpRequest) -> HttpResponse:
    """Show every reversal, the newest first: of what, why, and by whose decision."""
    form = ErrataForm(request.GET)
    if not form.is_valid():
        return render(request, "ledger/errata.html", NOTHING | {"form": form}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    found = errata.errata_page(before=form.cleaned_data["before"], limit=ERRATA_PAGE_SIZE + 1)
    rows = found[:ERRATA_PAGE_SIZE]
    next_url = f"?before={rows[-1].correction.number}" if len(found) > len(rows) else ""
    return render(request, "ledger/errata.html", {"form": form, "rows": rows, "next_url": next_url})


def _period(form: PeriodForm) -> Period:
    return Period(form.cleaned_data["since"], form.cleaned_data["until"])


def _unknown(request: HttpRequest, title: str, lead: str) -> HttpResponse:
    return render(request, "refusal.html", {"title": title, "lead": lead, "more": ""}, status=HTTPStatus.NOT_FOUND)
