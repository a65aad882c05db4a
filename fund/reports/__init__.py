"""Pictures and PDFs of what the books hold."""
