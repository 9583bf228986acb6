"""How a page of ours is served: which requests it answers, from whom, how many, and with which headers."""

from rag.web.address import Access, check_address, check_reach
from rag.web.listeners import Listeners
from rag.web.server import Served, serve_page

__all__ = ["Access", "Listeners", "Served", "check_address", "check_reach", "serve_page"]
