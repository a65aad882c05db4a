"""Updates, questions, comments, followers, and the letters about them."""
