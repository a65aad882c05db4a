"""How campaigns are told of elsewhere: links, the widget, oEmbed, pictures, posters (docs/adr/0050)."""
