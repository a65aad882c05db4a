"""HTTP: from sockets to the three rooms (API, pay page, control plane) and back."""

from __future__ import annotations

import json
import socket
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from emulator import api, checkout, plane
from emulator.errors import ApiError
from emulator.faults import AFTER
from emulator.settings import HERE

if TYPE_CHECKING:
    from emulator.app import Emulator
    from emulator.faults import Fault

POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'"
LARGEST_BODY = 1024 * 1024
STATIC = {"/checkout/static/pay.css": ("text/css; charset=utf-8", HERE / "static" / "pay.css")}


class Server(ThreadingHTTPServer):
    """Answers each request in a thread of its own."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator
        super().__init__((emulator.settings.host, emulator.settings.port), Handler)


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Server

    def do_GET(self) -> None:
        """Answer a GET."""
        self._answer("GET")

    def do_POST(self) -> None:
        """Answer a POST."""
        self._answer("POST")

    def do_DELETE(self) -> None:
        """Answer a DELETE."""
        self._answer("DELETE")

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Keep no log on the terminal: the journal holds what tests need, and no card number."""

    def _answer(self, method: str) -> None:
        parts = urlsplit(self.path)
        query = dict(parse_qsl(parts.query))
        body = self.rfile.read(min(int(self.headers.get("Content-Length") or 0), LARGEST_BODY))
        if parts.path.startswith(api.PREFIX):
            self._answer_api(method, parts.path, query, body)
        elif parts.path.startswith(plane.PREFIX):
            self._answer_plane(parts.path, body)
        else:
            self._answer_page(method, parts.path, query, body)

    def _answer_api(self, method: str, path: str, query: dict[str, str], body: bytes) -> None:
        emulator = self.server.emulator
        fault = emulator.faults.take(method, path)
        if fault and fault.kind == "slow":
            time.sleep(fault.seconds)
            fault = None
        if fault and fault.kind not in AFTER:
            self._journal(method, path, fault.kind)
            self._fail(fault)
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        try:
            status, found = 200, api.answer(emulator, method, path, query, headers, body)
        except ApiError as error:
            status, found = error.status, error.body()
        self._journal(method, path, fault.kind if fault else str(status))
        if fault:
            self._fail(fault)
        else:
            self._send_json(status, found)

    def _answer_plane(self, path: str, body: bytes) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        try:
            self._send_json(200, plane.command(self.server.emulator, path, headers, json.loads(body or b"{}")))
        except ApiError as error:
            self._send_json(error.status, error.body())

    def _answer_page(self, method: str, path: str, query: dict[str, str], body: bytes) -> None:
        try:
            if path in STATIC:
                kind, file = STATIC[path]
                self._send(200, file.read_bytes(), kind)
            elif path == "/":
                self._send(200, checkout.render("home.html").encode(), "text/html; charset=utf-8")
            elif method == "POST":
                form = dict(parse_qsl(body.decode("utf-8", "replace")))
                address, page = checkout.act(self.server.emulator, path, form)
                if address:
                    self._send(303, b"", "text/plain", {"Location": address})
                else:
                    self._send(422, page.encode(), "text/html; charset=utf-8")
            else:
                kind = "image/svg+xml" if path.endswith(".svg") else "text/html; charset=utf-8"
                self._send(200, checkout.show(self.server.emulator, path, query).encode(), kind)
        except ApiError as error:
            self._send(error.status, checkout.render("missing.html").encode(), "text/html; charset=utf-8")

    def _fail(self, fault: Fault) -> None:
        if fault.kind in {"drop_before", "drop_after"}:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
        elif fault.kind == "502_html":
            self._send(502, b"<html><body><h1>502 Bad Gateway</h1></body></html>", "text/html")
        elif fault.kind == "empty":
            self._send(200, b"", "application/json")
        elif fault.kind == "202":
            self._send_json(202, {"type": "processing", "description": "Request accepted", "retry_after": 1800})
        else:
            error = {
                "429": ApiError(429, "too_many_requests", "Too many requests", retry_after=500),
                "401": ApiError(401, "invalid_credentials", "Error in shopId or secret key", "Authorization"),
            }.get(fault.kind, ApiError(500, "internal_server_error", "Internal server error"))
            self._send_json(error.status, error.body())

    def _journal(self, method: str, path: str, status: str) -> None:
        store = self.server.emulator.store
        store.run(
            "INSERT INTO journal (at, method, path, status) VALUES (?, ?, ?, ?)", store.now(), method, path, status
        )

    def _send_json(self, status: int, found: dict[str, Any]) -> None:
        self._send(status, json.dumps(found, ensure_ascii=False).encode(), "application/json; charset=utf-8")

    def _send(self, status: int, body: bytes, kind: str, more: dict[str, str] | None = None) -> None:
        self.send_response(status)
        headers = {"Content-Type": kind, "Content-Length": str(len(body)), "Content-Security-Policy": POLICY,
                   "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", **(more or {})}  # fmt: skip
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
