"""The books: accounts, operations, postings."""
