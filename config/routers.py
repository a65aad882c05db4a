"""Which database address does what."""


class OwnerMigrates:
    """Let only the owner's address change tables; reads and writes use the default one."""

    def allow_migrate(self, db: str, app_label: str, **_hints: object) -> bool:  # noqa: ARG002 - Django's signature
        """Return whether migrations run at this address."""
        return db == "owner"
