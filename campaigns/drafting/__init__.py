"""How an organiser writes a campaign on the site: drafts that save themselves, pictures, the acts of its life."""
