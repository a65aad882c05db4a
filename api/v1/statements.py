"""The trial balance, account cards and corrections through the API; sums in kopecks."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.response import Response

from api.errors import problems
from api.v1.ledger import OperationSerializer
from api.v1.pages import CURSOR, PAGE_SIZE, number_cursor
from fund.ledger import card, chart, errata, selectors, statements
from fund.ledger.forms import CardForm, StatementForm

if TYPE_CHECKING:
    from datetime import date

    from rest_framework.request import Request

    from fund.ledger.forms import PeriodForm


class StatementRowSerializer(serializers.Serializer[Any]):
    """One line of a trial balance: at the start, turned over, at the end."""

    code = serializers.CharField()
    name = serializers.CharField()
    side = serializers.ChoiceField(["active", "passive", "both", ""])
    opening_debit_kopecks = serializers.IntegerField()
    opening_credit_kopecks = serializers.IntegerField()
    turnover_debit_kopecks = serializers.IntegerField()
    turnover_credit_kopecks = serializers.IntegerField()
    closing_debit_kopecks = serializers.IntegerField()
    closing_credit_kopecks = serializers.IntegerField()


class TrialBalanceSerializer(serializers.Serializer[Any]):
    """A page of a trial balance, and all lines added up."""

    checkpoint = serializers.IntegerField(allow_null=True)
    since = serializers.DateField(allow_null=True)
    until = serializers.DateField(allow_null=True)
    items = StatementRowSerializer(many=True)
    totals = StatementRowSerializer()
    next_cursor = serializers.CharField(allow_null=True)


class CardEntrySerializer(serializers.Serializer[Any]):
    """One posting of an account; the balance is debit minus credit after it."""

    number = serializers.IntegerField(source="place.number")
    line = serializers.IntegerField(source="place.line")
    business_date = serializers.DateField()
    memo = serializers.CharField()
    other_code = serializers.CharField()
    other_name = serializers.CharField()
    debit_kopecks = serializers.IntegerField()
    credit_kopecks = serializers.IntegerField()
    balance_kopecks = serializers.IntegerField()


class CardSerializer(serializers.Serializer[Any]):
    """A page of an account's card."""

    checkpoint = serializers.IntegerField(allow_null=True)
    since = serializers.DateField(allow_null=True)
    until = serializers.DateField(allow_null=True)
    account = StatementRowSerializer()
    before_kopecks = serializers.IntegerField(help_text="Debit minus credit before the first item.")
    items = CardEntrySerializer(many=True)
    next_cursor = serializers.CharField(allow_null=True)


class ErratumSerializer(serializers.Serializer[Any]):
    """A reversal beside what it reverses."""

    correction = OperationSerializer()
    wrong_number = serializers.IntegerField()
    wrong_memo = serializers.CharField()
    wrong_date = serializers.DateField()
    reason = serializers.CharField()
    approver = serializers.CharField(help_text="A role, never a person; empty where none was written down.")


class ErrataPageSerializer(serializers.Serializer[Any]):
    """One page of reversals, newest first."""

    items = ErratumSerializer(many=True)
    next_cursor = serializers.CharField(allow_null=True)


PERIOD = [OpenApiParameter(name, str, description="A day; both are included.") for name in ("since", "until")]
HEAD = OpenApiParameter("head", str, description="Two digits: each account that begins with them.")


@extend_schema(
    operation_id="ledger_trial_balance",
    parameters=[CURSOR, *PERIOD, HEAD],
    responses={200: TrialBalanceSerializer} | problems(400, 404),
)
@api_view(["GET"])
def trial_balance(request: Request) -> Response:
    """Return the trial balance of a period (all the time if none), as the newest checkpoint counts it."""
    form = StatementForm({**request.query_params.dict(), "after": request.query_params.get("cursor", "")})
    since, until = _period(form)
    head = form.cleaned_data["head"]
    if head and not chart.synthetic_name(head):
        raise NotFound(_("The chart has no account of these two digits."))
    checkpoint = selectors.newest_checkpoint()
    found = statements.trial_balance(
        checkpoint=checkpoint.pk if checkpoint else 0, since=since, until=until, head=head,
        after=form.cleaned_data["after"], limit=PAGE_SIZE + 1,
    )  # fmt: skip
    rows = found.rows[:PAGE_SIZE] if head else found.rows
    answer = {
        "checkpoint": checkpoint.pk if checkpoint else None, "since": since, "until": until,
        "items": [asdict(row) for row in rows], "totals": asdict(found.totals),
        "next_cursor": rows[-1].code if len(found.rows) > len(rows) else None,
    }  # fmt: skip
    return Response(answer)


@extend_schema(
    operation_id="ledger_account_card",
    parameters=[CURSOR, *PERIOD],
    responses={200: CardSerializer} | problems(400, 404),
)
@api_view(["GET"])
def account_card(request: Request, code: str) -> Response:
    """Return an account's entries in the order of business date and place in the log, with the balance after each."""
    form = CardForm({**request.query_params.dict(), "after": request.query_params.get("cursor", "")})
    since, until = _period(form)
    checkpoint = selectors.newest_checkpoint()
    try:
        found = card.card(
            code=code, checkpoint=checkpoint.pk if checkpoint else 0, since=since, until=until, after=form.place(),
            limit=PAGE_SIZE + 1,
        )  # fmt: skip
    except card.NoPlaceError as error:
        raise ValidationError({"cursor": [_("This is not a cursor that we gave.")]}) from error
    if found is None:
        raise NotFound(_("The books have no account with this code."))
    entries = found.entries[:PAGE_SIZE]
    answer = {
        "checkpoint": checkpoint.pk if checkpoint else None, "since": since, "until": until,
        "account": asdict(found.account), "before_kopecks": found.before_kopecks,
        "items": CardEntrySerializer(entries, many=True).data,
        "next_cursor": str(entries[-1].place) if len(found.entries) > len(entries) else None,
    }  # fmt: skip
    return Response(answer)


@extend_schema(operation_id="ledger_errata", parameters=[CURSOR], responses={200: ErrataPageSerializer} | problems(400))
@api_view(["GET"])
def errata_log(request: Request) -> Response:
    """Return reversals, newest first: of what, why, and by whose decision."""
    found = errata.errata_page(before=number_cursor(request), limit=PAGE_SIZE + 1)
    rows = found[:PAGE_SIZE]
    following = str(rows[-1].correction.number) if len(found) > len(rows) else None
    return Response({"items": [asdict(row) for row in rows], "next_cursor": following})


def _period(form: PeriodForm) -> tuple[date | None, date | None]:
    if not form.is_valid():
        raise ValidationError({name: [str(text) for text in texts] for name, texts in form.errors.items()})
    return form.cleaned_data["since"], form.cleaned_data["until"]
