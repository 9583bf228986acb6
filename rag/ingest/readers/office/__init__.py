"""What files of Word and Excel have in common."""
