"""Money in and back through ЮKassa."""
