"""A copy of the whole fund that a stranger can bring back to life: the database and the files, with their hashes."""
