"""The shop as the city sees it: what there is, where a price goes, who waits for what is sold out."""
