"""A Gradio page, served by uvicorn behind all that is checked first."""

import os
import threading
import time
import webbrowser
from dataclasses import dataclass
from typing import Any

from rag.errors import UsageError
from rag.web.address import Access
from rag.web.limits import LIMITS, Limits
from rag.web.listeners import Listeners

__all__ = ["Served", "guard", "serve_page"]

_FONTS = ["system-ui", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "sans-serif"]
_START_SECONDS = 30.0
# Gradio keeps the runs of a page, with what was asked, in the browser unless told otherwise; what earlier versions of
# ours left there goes when the page is opened, whatever the number that Gradio gave to their start.
_FORGET_RUNS = """<script>
for (const store of ["localStorage", "sessionStorage"]) {
  try {
    for (const key of Object.keys(window[store])) {
      if (key.startsWith("gradio:run-history:")) window[store].removeItem(key);
    }
  } catch (error) { console.warn("yinju: no access to " + store); }
}
</script>"""


@dataclass(frozen=True, slots=True)
class Served:
    """A page that is being served."""

    address: str
    page: Any
    _server: Any
    _thread: threading.Thread

    def wait(self) -> None:
        """Wait until it ends, or Ctrl+C."""
        while self._thread.is_alive():
            self._thread.join(0.2)

    def close(self) -> None:
        """End it."""
        self.page._queue.close()
        self.page.is_running = False
        self._server.should_exit = True
        self._thread.join(timeout=10)


def serve_page(
    page: Any,
    *,
    access: Access,
    css: str,
    open_browser: bool = False,
    workers: int = 4,
    listeners: Listeners | None = None,
    limits: Limits = LIMITS,
) -> Served:
    """Serve a Gradio page in a thread; `workers` of its calls run at a time. Raises UsageError where it can't."""
    import uvicorn

    from rag.web.connections import limited_protocol

    app = guard(page, access=access, css=css, workers=workers, listeners=listeners or Listeners(), limits=limits)
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            host=access.host,
            port=access.port,
            http=limited_protocol(limits),
            ws="none",
            log_config=None,
            log_level="error",
            access_log=False,  # a path holds no question, but who asked when is nobody's business either
            server_header=False,
            proxy_headers=False,
            h11_max_incomplete_event_size=limits.head_bytes,
            timeout_keep_alive=limits.keep_alive_seconds,
            timeout_graceful_shutdown=1,
        )
    )
    thread = threading.Thread(target=server.run, name="yinju-page", daemon=True)
    thread.start()
    end = time.monotonic() + _START_SECONDS
    while not server.started:
        if not thread.is_alive() or time.monotonic() > end:
            raise UsageError(f"the page did not start on {access.host} port {access.port}: choose another --port")
        time.sleep(0.01)
    if open_browser:
        webbrowser.open(access.address)
    return Served(access.address, page, server, thread)


def guard(page: Any, *, access: Access, css: str, workers: int, listeners: Listeners, limits: Limits = LIMITS) -> Any:
    """Return the ASGI app of a page with everything in front of it; outermost stands what sees a request first."""
    import gradio as gr
    from fastapi import FastAPI

    from rag.web.bodies import CheckedBodies
    from rag.web.calls import Calls
    from rag.web.origin import SameOriginOnly
    from rag.web.policy import Policy
    from rag.web.replies import ReplyToCrashes
    from rag.web.routes import HEARTBEAT, ROUTES, OnlyRoutes

    # Gradio recomputes statistics of up to 10,000 events after each: 4 % of the time of 20 readers, and it grows.
    os.environ.setdefault("GRADIO_ANALYTICS_CACHE_FREQUENCY", str(2**31))
    os.environ.setdefault("GRADIO_ANALYTICS_MAX_EVENTS", "1")
    page.queue(default_concurrency_limit=workers, max_size=limits.waiting, api_open=False)
    page.state_session_capacity = limits.sessions
    listeners.watch(page._queue)
    parent = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    gr.mount_gradio_app(
        parent,
        page,
        path="/",
        server_name=access.host,
        server_port=access.port,
        footer_links=[],
        run_history=False,
        root_path="",
        show_error=False,
        ssr_mode=False,
        enable_monitoring=False,
        pwa=False,
        mcp_server=False,
        theme=gr.themes.Base(font=_FONTS, font_mono=["ui-monospace", "monospace"]),
        css=css,
        head=_FORGET_RUNS,
    )
    routes = (*ROUTES, HEARTBEAT) if page.config.get("connect_heartbeat") else ROUTES
    bodies = CheckedBodies(parent, Calls.of(page), listeners, limits)
    return Policy(ReplyToCrashes(SameOriginOnly(OnlyRoutes(bodies, routes, access), access)))
