"""Home, about, state of services."""
