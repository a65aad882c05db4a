"""People: sign-in, roles, donors, consents."""
