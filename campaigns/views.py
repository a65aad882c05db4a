"""Pages of campaigns and gifts."""
