"""The organiser's desk: the money of one's own campaign, its gifts and letters, and what is to be done next."""
