"""What the emulator is started with."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Settings:
    """Addresses, shop and secrets of one emulator."""

    host: str
    port: int
    state: Path
    public_url: str
    webhook_url: str
    shop_id: str
    secret_key: str
    control_token: str
    shop_name: str = "Городской фонд «Социальный капитал»"
