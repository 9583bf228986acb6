"""HTML pages: their main text, with tables, lists and notes."""
