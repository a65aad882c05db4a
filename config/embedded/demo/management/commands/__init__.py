"""Commands that exist in a demonstration alone."""
