"""Where ЮKassa sends its notifications."""

from __future__ import annotations

import json
import re
from functools import partial
from http import HTTPStatus
from ipaddress import ip_address
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import transaction
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from fund.payments import services, tasks
from fund.payments.addresses import client_address
from fund.payments.services.notifying import Told

if TYPE_CHECKING:
    from django.http import HttpRequest

EVENT = re.compile(r"[a-z_.]{1,64}")
OBJECT_ID = re.compile(r"[0-9A-Za-z-]{1,64}")  # it becomes part of an address at ЮKassa


@csrf_exempt  # a machine calls; nothing it says is believed
@require_POST
def notifications(request: HttpRequest) -> HttpResponse:
    """Keep a notification and answer 200 at once; only that stops ЮKassa from repeating it."""
    address = ip_address(client_address(request))
    if not any(address in network for network in settings.YOOKASSA.trusted_networks):
        return HttpResponse(status=HTTPStatus.FORBIDDEN)
    try:
        body = request.body
    except RequestDataTooBig:
        return HttpResponse(status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    told = _read(body)
    if told is None:
        return HttpResponse(status=HTTPStatus.BAD_REQUEST)
    notification = services.receive_notification(body=body, told=told, now=timezone.now())
    follow = partial(tasks.handle_notification.delay, notification_id=notification.pk)
    transaction.on_commit(follow, robust=True)
    return HttpResponse(status=HTTPStatus.OK)


def _read(body: bytes) -> Told | None:
    """Return what the body claims; None where it has not the shape of a notification."""
    try:
        told = json.loads(body)
        event, object_id = told["event"], told["object"]["id"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    if not isinstance(event, str) or not isinstance(object_id, str):
        return None
    return Told(event, object_id) if EVENT.fullmatch(event) and OBJECT_ID.fullmatch(object_id) else None
