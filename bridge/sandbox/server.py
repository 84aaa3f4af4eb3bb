"""Serves a sandbox on a port, all vendors and the controls; breaks connections where a rule says so. Decides nothing.

Set `SCRAVIO_BASE_URL` to `<url>/api`, `INSTANTLY_BASE_URL` and `INBOX_BASE_URL` to `<url>`, `PUFFLE_BASE_URL` to
`<url>/puffle`.
"""

import os
import socket
import struct
import sys
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from threading import Event, Thread
from typing import Any, Self
from urllib.parse import parse_qsl, unquote, urlsplit

from bridge.sandbox.control import PREFIX, control
from bridge.sandbox.delivering import post
from bridge.sandbox.faults import Rule, pieces
from bridge.sandbox.sandbox import Sandbox
from bridge.sandbox.wire import Request, Response

_POLL = 0.05
_FOREVER = 3_600.0
_RESET = struct.pack("ii", 1, 0)  # SO_LINGER on, no time: closing sends RST


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], sandbox: Sandbox, latency: float) -> None:
        self.sandbox = sandbox
        sandbox.post = post
        self.latency = latency
        self.stopping = Event()
        self._open: set[socket.socket] = set()
        super().__init__(address, _Handler)
        Thread(target=self._deliver, name="webhooks", daemon=True).start()

    @property
    def url(self) -> str:
        host, port = self.server_address[:2]
        return f"http://{host!s}:{port}"

    def _deliver(self) -> None:
        # Webhooks have times of their own, whatever is asked meanwhile.
        while not self.stopping.wait(_POLL):
            self.sandbox.deliver_due()

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def server_bind(self) -> None:
        # HTTPServer would look its own name up, which takes seconds where DNS is slow, and is not needed.
        TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    def handle_error(self, request: Any, client_address: Any) -> None:
        # A client that hangs up is its own affair; anything else is a defect of the sandbox.
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    def server_close(self) -> None:
        self.stopping.set()
        super().server_close()
        for connection in list(self._open):
            # Wakes the threads that wait for a next request on a connection that was kept open.
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                self._open.discard(connection)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the parameter's name is the library's
        """Nothing: the client logs."""

    def _serve(self) -> None:
        sandbox, stopping = self.server.sandbox, self.server.stopping
        request = self._read()
        if request.path.startswith(PREFIX):
            self._send(control(sandbox, request))
            return
        if self.server.latency:
            stopping.wait(self.server.latency)
        exchange = sandbox.exchange(request)
        if exchange.fault is None:
            self._send(exchange.response)
        else:
            self._break(exchange.response, exchange.fault)

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _serve  # noqa: N815 - the names are the library's

    def _read(self) -> Request:
        parts = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        headers = {name.lower(): value for name, value in self.headers.items()}
        pairs = tuple(parse_qsl(parts.query, keep_blank_values=True))
        body = self.rfile.read(length) if length else b""
        return Request(self.command, unquote(parts.path), pairs, headers, body)

    def _head(self, response: Response) -> bytes:
        lines = [f"HTTP/1.1 {response.status} {self.responses.get(response.status, ('Unknown',))[0]}"]
        lines += [f"{name}: {value}" for name, value in response.headers]
        lines += [f"Content-Type: {response.content_type}", f"Content-Length: {len(response.body)}", "", ""]
        return "\r\n".join(lines).encode("latin-1")

    def _send(self, response: Response) -> None:
        self.wfile.write(self._head(response) + response.body)

    def _break(self, response: Response, fault: Rule) -> None:
        wait = self.server.stopping.wait
        match fault.kind:
            case "connect":
                self._hang_up(reset=True)
            case "cut":
                self._hang_up(reset=fault.committed)
            case "hang":
                wait(_FOREVER)
                self._hang_up(reset=True)
            case "truncated":
                self.wfile.write(self._head(response) + response.body[: len(response.body) // 2])
                self._hang_up(reset=False)
            case "drip":
                self.wfile.write(self._head(response))
                for piece, pause in pieces(response.body, fault.seconds):
                    wait(pause)
                    self.wfile.write(piece)
            case _:
                wait(fault.seconds if fault.kind == "delay" else 0)
                self._send(response)

    def _hang_up(self, *, reset: bool) -> None:
        self.close_connection = True
        if reset:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            os.close(self.connection.detach())


class Running:
    """A sandbox that is being served by threads of this process; `stop`, or leave the `with` block, to end it."""

    def __init__(self, server: _Server) -> None:
        self._server = server
        self._thread = Thread(target=server.serve_forever, kwargs={"poll_interval": _POLL}, daemon=True)
        self._thread.start()
        self.url = server.url

    def stop(self) -> None:
        """Take no more requests and close every connection."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()


def start(sandbox: Sandbox, host: str = "127.0.0.1", port: int = 0, latency: float = 0.0) -> Running:
    """Serve in the background; port 0 takes a free one. `latency`: milliseconds before each answer. Raises OSError."""
    return Running(_Server((host, port), sandbox, latency / 1_000))


def serve(
    sandbox: Sandbox, host: str, port: int, latency: float = 0.0, ready: Callable[[str], None] = lambda _url: None
) -> None:
    """Serve until KeyboardInterrupt or SystemExit is raised in this thread; `ready` is called with the address."""
    server = _Server((host, port), sandbox, latency / 1_000)
    try:
        ready(server.url)
        server.serve_forever()
    except KeyboardInterrupt:
        return
    finally:
        server.server_close()
