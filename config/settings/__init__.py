"""Settings: base for all, then dev (embedded), test and prod."""
