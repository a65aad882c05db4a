"""The books through the API; sums in kopecks."""

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
from api.v1.pages import CURSOR, LARGEST, PAGE_SIZE, number_cursor
from fund.ledger import selectors
from fund.ledger.forms import OperationsForm

if TYPE_CHECKING:
    from rest_framework.request import Request


class AccountSerializer(serializers.Serializer[Any]):
    """One account and what it holds on its own side."""

    code = serializers.CharField()
    name = serializers.CharField()
    side = serializers.ChoiceField(["active", "passive", "both"])
    debit_kopecks = serializers.IntegerField()
    credit_kopecks = serializers.IntegerField()
    balance_kopecks = serializers.IntegerField()


class AccountPageSerializer(serializers.Serializer[Any]):
    """One page of accounts."""

    items = AccountSerializer(many=True)
    next_cursor = serializers.CharField(allow_null=True)


class PostingSerializer(serializers.Serializer[Any]):
    """One posting."""

    line = serializers.IntegerField()
    debit_code = serializers.CharField()
    debit_name = serializers.CharField()
    credit_code = serializers.CharField()
    credit_name = serializers.CharField()
    amount_kopecks = serializers.IntegerField()
    debit_change_kopecks = serializers.IntegerField()
    credit_change_kopecks = serializers.IntegerField()


class OperationSerializer(serializers.Serializer[Any]):
    """One operation with its postings."""

    number = serializers.IntegerField()
    kind = serializers.CharField()
    subject = serializers.CharField()
    subject_name = serializers.CharField()
    business_date = serializers.DateField()
    memo = serializers.CharField()
    plain = serializers.CharField()
    posted_at = serializers.DateTimeField()
    amount_kopecks = serializers.IntegerField()
    reverses = serializers.IntegerField(allow_null=True)
    reversed_by = serializers.IntegerField(allow_null=True)
    is_sealed = serializers.BooleanField()
    postings = PostingSerializer(many=True)


class OperationPageSerializer(serializers.Serializer[Any]):
    """One page of operations, newest first."""

    items = OperationSerializer(many=True)
    next_cursor = serializers.CharField(allow_null=True)


FILTERS = [OpenApiParameter(name, kind) for name, kind in (("subject", str), ("since", str), ("until", str))]
FILTERS += [OpenApiParameter("number", int), OpenApiParameter("amount", str, description="In roubles: 1250,50.")]


@extend_schema(operation_id="ledger_accounts_list", parameters=[CURSOR], responses={200: AccountPageSerializer})
@api_view(["GET"])
def accounts(request: Request) -> Response:
    """Return accounts in the order of their codes."""
    cursor = request.query_params.get("cursor", "")[:80].replace("\x00", "")
    rows = selectors.accounts_page(after=cursor, limit=PAGE_SIZE + 1)
    page = rows[:PAGE_SIZE]
    following = page[-1].code if len(rows) > PAGE_SIZE else None
    return Response({"items": AccountSerializer(page, many=True).data, "next_cursor": following})


@extend_schema(
    operation_id="ledger_operations_list",
    parameters=[CURSOR, *FILTERS],
    responses={200: OperationPageSerializer} | problems(400),
)
@api_view(["GET"])
def operations(request: Request) -> Response:
    """Return operations, the newest business date first, of a project, period, number and sum where asked."""
    form = OperationsForm(request.query_params)
    if not form.is_valid():
        raise ValidationError({name: [str(text) for text in texts] for name, texts in form.errors.items()})
    rows = selectors.operations_page(wanted=form.wanted(), before=number_cursor(request), limit=PAGE_SIZE + 1)
    page = rows[:PAGE_SIZE]
    following = str(page[-1].number) if len(rows) > PAGE_SIZE else None
    return Response({"items": [asdict(row) for row in page], "next_cursor": following})


@extend_schema(responses={200: OperationSerializer} | problems(404))
@api_view(["GET"])
def operation(request: Request, number: int) -> Response:  # noqa: ARG001 - DRF's signature
    """Return one operation."""
    found = selectors.find_operation(number=number) if number <= LARGEST else None
    if found is None:
        raise NotFound(_("There is no such operation."))
    return Response(asdict(found))
