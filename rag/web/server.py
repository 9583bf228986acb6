"""A Gradio page, served by uvicorn behind all that is checked first."""

import asyncio
import os
import threading
import time
import webbrowser
from collections.abc import Callable
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


class Served:
    """A page that is being served in a thread."""

    def __init__(
        self, build: Callable[[], Any], access: Access, css: str, listeners: Listeners, limits: Limits
    ) -> None:
        """Begin to serve what `build` makes; it is called in the event loop of the server."""
        self.address = access.address
        self.page: Any = None
        self.gradio: Any = None  # the app behind everything, whose routes are more than are served
        self._build = build
        self._access = access
        self._css = css
        self._listeners = listeners
        self._limits = limits
        self._server: Any = None
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="yinju-page", daemon=True)
        self._thread.start()

    def wait(self) -> None:
        """Wait until it ends; Ctrl+C ends it."""
        try:
            while self._thread.is_alive():
                self._thread.join(0.2)
        except KeyboardInterrupt:
            self.close()

    def close(self) -> None:
        """End it."""
        self.page._queue.close()
        self.page.is_running = False
        self._server.should_exit = True
        self._thread.join(timeout=10)

    def wait_for_start(self) -> None:
        """Wait until it answers. Raises what stood in the way."""
        end = time.monotonic() + _START_SECONDS
        while self._server is None or not self._server.started:
            if self._failure is not None:
                raise self._failure
            if not self._thread.is_alive() or time.monotonic() > end:
                where = f"{self._access.host} port {self._access.port}"
                raise UsageError(f"the page did not start on {where}: choose another --port")
            time.sleep(0.01)

    def _run(self) -> None:
        # Gradio makes an event loop, and never closes it, wherever it finds none running: so all of it is made in one.
        try:
            asyncio.run(self._serve())
        except BaseException as error:  # noqa: BLE001 - raised again in the thread that waits for the start
            self._failure = error

    async def _serve(self) -> None:
        import uvicorn

        from rag.web.connections import limited_protocol

        self.page = self._build()
        self.gradio, app = guard(
            self.page, access=self._access, css=self._css, listeners=self._listeners, limits=self._limits
        )
        self._server = uvicorn.Server(
            uvicorn.Config(
                app,
                host=self._access.host,
                port=self._access.port,
                http=limited_protocol(self._limits),
                ws="none",
                log_config=None,
                log_level="error",
                access_log=False,  # a path holds no question, but who asked when is nobody's business either
                server_header=False,
                proxy_headers=False,
                h11_max_incomplete_event_size=self._limits.head_bytes,
                timeout_keep_alive=self._limits.keep_alive_seconds,
                timeout_graceful_shutdown=1,
            )
        )
        await self._server.serve()


def serve_page(
    build: Callable[[], Any],
    *,
    access: Access,
    css: str,
    open_browser: bool = False,
    listeners: Listeners | None = None,
    limits: Limits = LIMITS,
) -> Served:
    """Serve the Gradio page that `build` makes, in a thread. Raises UsageError where it can't."""
    served = Served(build, access, css, listeners or Listeners(limits.listen_seconds), limits)
    served.wait_for_start()
    if open_browser:
        webbrowser.open(served.address)
    return served


def guard(page: Any, *, access: Access, css: str, listeners: Listeners, limits: Limits) -> tuple[Any, Any]:
    """Return Gradio's app of a page, and the app with everything in front of it: the outermost sees a request first."""
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
    page.queue(default_concurrency_limit=limits.workers, max_size=limits.waiting, api_open=False)
    # It looks for work 1,000 times a second, for progress 100 times: 3 % of a core while nobody asks, 1 % with these.
    page._queue.sleep_when_free = 0.01
    page._queue.progress_update_sleep_when_free = 1.0
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
    guarded = Policy(ReplyToCrashes(SameOriginOnly(OnlyRoutes(bodies, routes, access, limits), access)))
    return _mounted(parent), guarded


def _mounted(parent: Any) -> Any:
    """Return the app that was mounted last."""
    return parent.router.routes[-1].app
