"""A small demo history, so that a newcomer sees life; it comes by the real way and exists in the embedded run alone."""
