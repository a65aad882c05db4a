"""How campaigns are found: words, facets, sorting, the map, what is similar (docs/adr/0049)."""
