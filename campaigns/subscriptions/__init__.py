"""Monthly gifts by a saved method of payment."""
