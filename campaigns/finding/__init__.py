"""Search, facets, the map of districts, what machines read of a campaign."""
