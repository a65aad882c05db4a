"""The whole books, or a period of them, to be taken away and checked by tools of one's own; constant memory."""
