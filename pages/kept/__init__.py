"""Pages kept for strangers as long as nothing has changed (docs/adr/0025)."""
