"""What a person must look at: alarms, and what does not go on by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from fund.payments import selectors, services
from fund.payments.desk_forms import CloseAlarmForm
from fund.payments.models import Alarm
from fund.payments.playbooks import PLAYBOOKS
from people.access import person
from people.desk_pages import desk_page, render_desk

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
@desk_page("payments.view_alarm")
def alarm_list(request: HttpRequest) -> HttpResponse:
    """Show open alarms, the oldest first; or the closed ones, the newest first."""
    is_closed = "closed" in request.GET
    found = Alarm.objects.select_related("closed_by").filter(closed_at__isnull=not is_closed)
    found = found.order_by("-raised_at", "-pk") if is_closed else found.order_by("raised_at", "pk")
    page = Paginator(found, selectors.PAGE_SIZE).get_page(request.GET.get("page"))
    alarms = list(page)
    links = selectors.alarm_links(alarms=alarms)
    closed = "closed=1&" if is_closed else ""
    return render_desk(
        request,
        "desk/alarms.html",
        title=_("Alarms"),
        rows=[{"alarm": alarm, "payment_id": links.get(alarm.pk)} for alarm in alarms],
        is_closed=is_closed,
        next_url=f"?{closed}page={page.next_page_number()}" if page.has_next() else "",
        previous_url=f"?{closed}page={page.previous_page_number()}" if page.has_previous() else "",
    )


@require_safe
@desk_page("payments.view_alarm")
def alarm_detail(request: HttpRequest, alarm_id: int) -> HttpResponse:
    """Show an alarm and what to do about it."""
    return _page(request, _find(alarm_id), CloseAlarmForm())


@require_http_methods(["POST"])
@desk_page("payments.close_alarm")
def close(request: HttpRequest, alarm_id: int) -> HttpResponse:
    """Close an alarm, with who and why."""
    alarm, form = _find(alarm_id), CloseAlarmForm(request.POST)
    if form.is_valid():
        try:
            services.dismiss_alarm(
                alarm_id=alarm.pk, user=person(request), reason=form.cleaned_data["reason"], now=timezone.now()
            )
        except services.AlarmClosedError:
            messages.warning(request, _("The alarm was closed meanwhile."))
        else:
            messages.success(request, _("The alarm is closed."))
        return redirect("money:alarm", alarm_id=alarm.pk)
    return _page(request, alarm, form)


@require_safe
@desk_page("payments.view_payment")
def stuck_list(request: HttpRequest) -> HttpResponse:
    """Show what does not go on by itself, with what to do."""
    return render_desk(
        request,
        "desk/stuck.html",
        title=_("Stuck"),
        rows=selectors.stuck(now=timezone.now()),
        may_enter=request.user.has_perm("payments.enter_bank_payment"),
    )


def _page(request: HttpRequest, alarm: Alarm, form: CloseAlarmForm) -> HttpResponse:
    may_close = alarm.closed_at is None and request.user.has_perm("payments.close_alarm")
    return render_desk(
        request,
        "desk/alarm.html",
        title=_("Alarm"),
        is_refused=bool(form.errors),
        alarm=alarm,
        payment_id=selectors.alarm_links(alarms=[alarm]).get(alarm.pk),
        playbook=PLAYBOOKS[alarm.kind],
        form=form,
        may_close=may_close,
        lost_refund_id=_lost_refund_id(alarm) if request.user.has_perm("payments.view_refund") else None,
    )


def _lost_refund_id(alarm: Alarm) -> int | None:
    """Return the refund whose key is lost, where the open alarm is about one."""
    about, _colon, number = alarm.subject.partition(":")
    is_lost = about == "refund" and alarm.kind == Alarm.Kind.KEY_EXPIRED and alarm.closed_at is None
    return int(number) if is_lost else None


def _find(alarm_id: int) -> Alarm:
    return get_object_or_404(Alarm.objects.select_related("closed_by"), pk=alarm_id)
