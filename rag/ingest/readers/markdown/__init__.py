"""Markdown, rendered: what a reader of the page sees, with spans into the source."""
