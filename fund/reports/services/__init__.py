"""Everything that writes reports."""
