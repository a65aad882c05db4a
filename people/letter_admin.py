"""The mail queue on the desk: what waits, what was sent, what can't be; never to whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.db import transaction
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import action

from people import desk
from people.access import person
from people.desk_pages import render_desk
from people.letters import titles
from people.models import Letter
from people.outbox import retry_letter
from people.paging import CappedPaginator
from people.services import record_act

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse


class StateFilter(admin.SimpleListFilter):
    """Shows how far letters have come."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:  # noqa: ARG002 - Django's signature
        """Return the states."""
        return Letter.State.choices

    def queryset(self, request: HttpRequest, queryset: QuerySet[Letter]) -> QuerySet[Letter]:  # noqa: ARG002
        """Return the letters of one state."""
        if self.value() == Letter.State.SENT:
            return queryset.filter(sent_at__isnull=False)
        chosen = {"waiting": False, "given_up": True}.get(str(self.value()))
        return queryset if chosen is None else queryset.filter(sent_at__isnull=True, given_up_at__isnull=not chosen)


@admin.register(Letter)
class LetterAdmin(desk.ReadOnlyAdmin):
    """Letters, the newest first. Neither address nor words are shown."""

    desk_group, desk_icon = desk.SITE, "mail"
    desk_title = gettext_lazy("Letters")
    list_display = ("number", "about", "stage", "queued", "tries", "why_not", "sent")
    list_filter = (StateFilter,)
    search_fields = ("=kind",)
    ordering = ("-pk",)
    paginator = CappedPaginator
    fields = readonly_fields = ("about", "stage", "queued", "tries", "why_not", "sent")
    actions_detail = ("resend",)

    @admin.display(description="№", ordering="pk")
    def number(self, letter: Letter) -> int:
        """Return the letter's number."""
        return letter.pk

    @admin.display(description=gettext_lazy("about what"), ordering="kind")
    def about(self, letter: Letter) -> str:
        """Return what the letter is about."""
        return str(titles().get(letter.kind, letter.kind))

    @admin.display(description=gettext_lazy("queued"), ordering="queued_at")
    def queued(self, letter: Letter) -> datetime:
        """Return when it was to be sent first."""
        return letter.queued_at

    @admin.display(description=gettext_lazy("attempts"), ordering="attempts")
    def tries(self, letter: Letter) -> int:
        """Return how often it was tried."""
        return letter.attempts

    @admin.display(description=gettext_lazy("why not"), ordering="failure", empty_value="—")
    def why_not(self, letter: Letter) -> str:
        """Return what the mail server said last."""
        return letter.failure

    @admin.display(description=gettext_lazy("sent"), ordering="sent_at", empty_value="—")
    def sent(self, letter: Letter) -> datetime | None:
        """Return when it was sent."""
        return letter.sent_at

    @admin.display(description=gettext_lazy("state"))
    def stage(self, letter: Letter) -> str:
        """Return how far the letter has come."""
        return str(letter.state.label)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """Return whether the reader may see the queue."""
        return request.user.has_perm("letters.view_letter")

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Return the same."""
        return self.has_view_permission(request)

    def has_resend_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:  # noqa: ARG002
        """Return whether the reader may send a letter again."""
        return request.user.has_perm("letters.resend")

    @action(description=gettext_lazy("Send again"), url_path="resend", permissions=["resend"])  # type: ignore[untyped-decorator]
    def resend(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Let a letter that was given up be tried anew; the act is written down."""
        if request.method == "POST":
            now, number = timezone.now(), int(object_id)
            with transaction.atomic():
                is_waiting = retry_letter(letter_id=number, now=now)
                if is_waiting:
                    actor = person(request)
                    record_act(actor=actor, action="letters.resend", subject=f"letter:{number}", now=now)
            if is_waiting:
                messages.success(request, _("The letter will be sent again."))
            else:
                messages.warning(request, _("This letter can't be sent again: it was sent, waits, or has no address."))
            return redirect("desk:people_letter_change", number)
        title = _("Send the letter again")
        lead = _("The letter was given up after many attempts. It will be tried anew, with the same words.")
        return render_desk(request, "desk/form.html", title=title, lead=lead, submit=_("Send again"))
