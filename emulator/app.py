"""The emulator's parts, put together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulator.faults import Faults
from emulator.keys import Keys
from emulator.methods import Methods
from emulator.payments import Payments
from emulator.receipts import Receipts
from emulator.refunds import Refunds
from emulator.store import Store
from emulator.webhooks import Webhooks

if TYPE_CHECKING:
    from emulator.settings import Settings


class Emulator:
    """One shop at a pretended ЮKassa."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.store = Store(settings.state)
        self.webhooks = Webhooks(self.store, settings.webhook_url)
        self.methods = Methods(self.store)
        self.receipts = Receipts(self.store)
        self.payments = Payments(self.store, settings, self.webhooks, self.methods, self.receipts)
        self.refunds = Refunds(self.store, self.payments, self.webhooks, self.receipts)
        self.keys = Keys(self.store)
        self.faults = Faults()

    def start(self) -> None:
        """Begin to send notifications and to let time pass."""
        self.webhooks.start(self._tick)

    def _tick(self) -> None:
        self.payments.expire_old()
        self.refunds.settle_pending()
        self.receipts.settle_pending()
