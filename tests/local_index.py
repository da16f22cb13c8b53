"""A package index on loopback (PEP 503), as slow as a test needs it, that remembers its callers."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote

from packaging.utils import canonicalize_name

_BLOCK = 1 << 14


@dataclass
class LocalIndex:
    """Serves the wheels and sdists of a folder as they are at that moment."""

    folder: Path
    rate: int | None = None
    """Bytes a second for each file; None: as fast as it goes."""
    hashes: bool = True
    """Whether the page of a project tells the files' hashes."""
    broken_after: int | None = None
    """After how many bytes of a file the line is cut."""
    status: int = 200
    """What every page answers with."""
    url: str = ""
    fetched: list[str] = field(default_factory=list)
    """The files that were sent whole, in order."""
    begun: list[str] = field(default_factory=list)
    """The files that somebody has asked for, in order."""
    ended: list[str] = field(default_factory=list)
    """Those for which nothing is sent any more."""

    @property
    def is_quiet(self) -> bool:
        """Whether nobody is being sent a file."""
        return len(self.ended) == len(self.begun)

    @property
    def options(self) -> list[str]:
        return ["--index-url", f"{self.url}/simple/"]

    def files(self, project: str) -> list[Path]:
        return [
            path
            for path in sorted(self.folder.iterdir())
            if canonicalize_name(path.name.partition("-")[0]) == canonicalize_name(project)
        ]


class _Handler(BaseHTTPRequestHandler):
    def __init__(self, index: LocalIndex, *rest: object) -> None:
        self._index = index
        super().__init__(*rest)  # type: ignore[arg-type] # what the server gives

    def do_GET(self) -> None:
        parts = unquote(self.path).strip("/").split("/")
        if self._index.status != 200:
            self.send_error(self._index.status)
        elif parts[0] == "simple" and len(parts) == 2:
            self._page(parts[1])
        elif parts[0] == "files" and (self._index.folder / parts[1]).is_file():
            self._index.begun.append(parts[1])
            try:
                self._file(self._index.folder / parts[1])
            except OSError:
                pass  # whoever asked was killed
            finally:
                self._index.ended.append(parts[1])
        else:
            self.send_error(404)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""

    def _page(self, project: str) -> None:
        files = self._index.files(project)
        if not files:
            self.send_error(404)
            return
        rows = []
        for path in files:
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            end = f"#sha256={digest}" if self._index.hashes else ""
            rows.append(f'<a href="/files/{path.name.replace("+", "%2B")}{end}">{path.name}</a>')
        body = f"<!DOCTYPE html><html><body>{'<br>'.join(rows)}</body></html>".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _file(self, path: Path) -> None:
        data = path.read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", "application/octet-stream")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        for start in range(0, len(data), _BLOCK):
            if self._index.broken_after is not None and start >= self._index.broken_after:
                return
            block = data[start : start + _BLOCK]
            # Before the block, not after it: whoever has a file has waited for it.
            if self._index.rate is not None:
                time.sleep(len(block) / self._index.rate)
            self.wfile.write(block)
        self._index.fetched.append(path.name)


@contextmanager
def local_index(folder: Path, **how: object) -> Iterator[LocalIndex]:
    """Serve a folder until the end of the block."""
    index = LocalIndex(folder, **how)  # type: ignore[arg-type] # its own fields
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, index))
    server.daemon_threads = True
    index.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield index
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def plain_pip(variables: Mapping[str, str]) -> dict[str, str]:
    """Return the variables without pip's own, and without its files of settings and its cache."""
    kept = {name: value for name, value in variables.items() if not name.startswith("PIP_")}
    return {**kept, "PIP_CONFIG_FILE": "/dev/null", "PIP_NO_CACHE_DIR": "1", "PIP_RETRIES": "0"}
