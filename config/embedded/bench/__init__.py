"""``make bench-pages``: how quickly strangers are answered while gifts come in, and how right the figures are."""
