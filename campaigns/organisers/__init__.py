"""Who runs campaigns: applying, being verified, the public page."""
