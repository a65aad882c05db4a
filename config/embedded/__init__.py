"""PostgreSQL and Redis from the wheels, for machines that have neither."""
