from rag.command import Command

COMMAND = Command("draft", "x", lambda p: None, lambda a: 0)
