"""What any stage needs of written text."""
