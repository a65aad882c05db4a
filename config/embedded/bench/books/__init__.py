"""``make bench``: how quick the books are beside bare SQL and beside others' ledgers, on one PostgreSQL in one run."""
