"""A year of a made-up city: campaigns of every kind, led through every state by the fund's own services and worker."""
