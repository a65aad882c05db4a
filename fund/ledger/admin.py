"""The books on the desk: to read, never to write."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline

from fund.ledger.models import Account, Checkpoint, Operation, Posting
from fund.money import format_roubles
from people import desk
from people.paging import CappedPaginator

if TYPE_CHECKING:
    from django.http import HttpRequest


class PostingInline(TabularInline):  # type: ignore[misc]  # unfold has no types
    """The postings of an operation."""

    model = Posting
    fields = readonly_fields = ("line", "debit", "credit", "amount")
    extra = 0
    can_delete = False
    hide_title = True
    ordering = ("line",)

    def get_queryset(self, request: HttpRequest) -> Any:
        """Return postings with both accounts. One query."""
        return super().get_queryset(request).select_related("debit", "credit")

    @admin.display(description=_("Sum"))
    def amount(self, posting: Posting) -> str:
        """Return the sum in roubles."""
        return format_roubles(posting.amount_kopecks)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - Django's signature
        """Return whether the reader may see operations."""
        return request.user.has_perm("ledger.view_operation")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """Refuse."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """Refuse."""
        return False


@admin.register(Operation)
class OperationAdmin(desk.ReadOnlyAdmin):
    """Operations, the newest first."""

    desk_group, desk_icon = desk.MONEY, "receipt_long"
    list_display = ("number", "business_date", "memo", "subject", "posted_at")
    list_filter = (("business_date", admin.DateFieldListFilter),)
    search_fields = ("=number", "=subject", "=key")
    ordering = ("-number",)
    paginator = CappedPaginator
    fields = ("number", "business_date", "memo", "kind", "subject", "key", "reverses", "posted_at")
    inlines = (PostingInline,)


@admin.register(Account)
class AccountAdmin(desk.ReadOnlyAdmin):
    """The chart of accounts; what each holds is on the public page of the books."""

    desk_group, desk_icon = desk.MONEY, "account_tree"
    desk_rows_have_names = True
    list_display = ("code", "name", "side", "opened_at")
    list_filter = ("side",)
    search_fields = ("code__istartswith", "name")
    ordering = ("code",)
    paginator = CappedPaginator
    fields = ("code", "name", "side", "opened_at")


@admin.register(Checkpoint)
class CheckpointAdmin(desk.ReadOnlyAdmin):
    """When the books were sealed."""

    desk_group, desk_icon = desk.MONEY, "verified"
    list_display = ("id", "sealed_at", "operations", "postings")
    ordering = ("-id",)
    paginator = CappedPaginator
    fields = ("id", "sealed_at", "operations", "postings", "watermark")
