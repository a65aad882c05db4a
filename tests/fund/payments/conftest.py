"""What tests of payments begin with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from fund.payments import services
from tests import make

if TYPE_CHECKING:
    from emulator.control import EmulatorControl
    from fund.payments.models import Payment


@pytest.fixture
def payment(control: EmulatorControl) -> Payment:
    """Return a payment of 500 roubles that ЮKassa says is paid, and that is booked."""
    found = make.donation(make.campaign()).payment
    control.pay(str(found.yookassa_id))
    services.reread_payment(payment_id=found.pk, now=timezone.now())
    return found
