"""Crowdfunding campaigns and the gifts to them."""
