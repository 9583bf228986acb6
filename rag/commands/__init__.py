"""The subcommands of `rag`, one file each."""

from rag.commands.ask import COMMAND as ASK
from rag.commands.check import COMMAND as CHECK
from rag.commands.index import COMMAND as INDEX
from rag.commands.models import COMMAND as MODELS
from rag.commands.search import COMMAND as SEARCH
from rag.commands.show import COMMAND as SHOW
from rag.commands.train import COMMAND as TRAIN

__all__ = ["COMMANDS"]

COMMANDS = (INDEX, ASK, SEARCH, SHOW, CHECK, TRAIN, MODELS)
