"""Widget, oEmbed, poster: campaigns on other people's walls."""
