"""A campaign's life: drafts, the council's review, every move from state to state, amendments."""
