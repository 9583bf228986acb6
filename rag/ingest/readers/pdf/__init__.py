"""PDF pages: characters with boxes into lines, columns and blocks in reading order."""
