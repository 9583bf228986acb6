from rag.command import Command

COMMAND = Command("review", "x", lambda p: None, lambda a: 0)
