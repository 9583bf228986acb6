"""Excel workbooks: each row with its header."""
