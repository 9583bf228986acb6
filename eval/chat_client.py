"""A reader of the chat page without a browser: the requests that the page makes, over HTTP and server-sent events."""

import json
import re
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Self

import httpx

__all__ = ["ChatClient", "PageMap"]

_CONFIG = re.compile(r"window\.gradio_config = (\{.*?\});?</script>", re.DOTALL)
_API = "/gradio_api"


@dataclass(frozen=True, slots=True)
class PageMap:
    """Which function of the page answers which event, read from the page itself."""

    functions: dict[tuple[str, str], dict[str, Any]]  # (id of the element, event) -> the dependency
    elements: dict[int, str]  # number of the component -> id of the element

    @classmethod
    def read(cls, html: str) -> Self:
        """Read the map from the page's HTML. Raises ValueError where there is none."""
        found = _CONFIG.search(html)
        if found is None:
            raise ValueError("the page holds no window.gradio_config: is this the chat?")
        config = json.loads(found[1])
        elements = {c["id"]: str(c["props"].get("elem_id") or "") for c in config["components"]}
        functions = {
            (elements[target], event): {**dependency, "trigger": target}
            for dependency in config["dependencies"]
            for target, event in dependency["targets"]
            if target in elements
        }
        return cls(functions, elements)


class ChatClient:
    """One reader with one conversation."""

    def __init__(self, http: httpx.AsyncClient, page: PageMap) -> None:
        self._http = http
        self._page = page
        self.session = secrets.token_hex(6)

    @classmethod
    async def open(cls, http: httpx.AsyncClient) -> Self:
        """Load the page. Raises httpx.HTTPError or ValueError."""
        reply = await http.get("/")
        reply.raise_for_status()
        return cls(http, PageMap.read(reply.text))

    def beside(self) -> "ChatClient":
        """Return another reader of the same page."""
        return ChatClient(self._http, self._page)

    async def ask(self, question: str) -> str:
        """Ask a question and return the HTML of the conversation. Raises RuntimeError where the page reports one."""
        outputs = await self.trigger("yj-question", "submit", question)
        return str(outputs["yj-chat"])

    async def begin_anew(self) -> None:
        """Begin a new conversation."""
        await self.trigger("yj-new", "click")

    async def trigger(self, element: str, event: str, *values: Any, data: Any = None) -> dict[str, Any]:
        """Trigger an event and return the last outputs by element id; `values` are those of inputs with a value."""
        joined = await self.join(element, event, *values, data=data)
        async for message in self.messages():
            if message["msg"] == "process_completed" and message["event_id"] == joined:
                if not message["success"]:
                    raise RuntimeError(str(message["output"].get("error")))
                numbers = self._page.functions[element, event]["outputs"]
                return {self._page.elements[n]: v for n, v in zip(numbers, message["output"]["data"], strict=True)}
        raise RuntimeError("the stream ended before the answer")

    async def join(self, element: str, event: str, *values: Any, data: Any = None) -> str:
        """Put an event into the queue and return its id."""
        function = self._page.functions[element, event]
        given = list(values)
        inputs = [given.pop(0) if self._page.elements[n] else None for n in function["inputs"]]
        body = {
            "data": inputs,
            "event_data": data,
            "fn_index": function["id"],
            "trigger_id": function["trigger"],
            "session_hash": self.session,
        }
        reply = await self._http.post(f"{_API}/queue/join", json=body)
        reply.raise_for_status()
        return str(reply.json()["event_id"])

    async def messages(self) -> AsyncIterator[dict[str, Any]]:
        """Yield what the server sends to this reader until it closes the stream."""
        parameters = {"session_hash": self.session}
        async with self._http.stream("GET", f"{_API}/queue/data", params=parameters) as stream:
            stream.raise_for_status()
            async for line in stream.aiter_lines():
                if line.startswith("data:"):
                    message = json.loads(line[5:])
                    if message["msg"] == "close_stream":
                        return
                    yield message
