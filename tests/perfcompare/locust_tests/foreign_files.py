"""Makes `files/` anew with the Locust that is installed: `python -m tests.perfcompare.locust_tests.foreign_files`.

A locustfile that knows nothing of this project asks a server one thing that is there and one that is not.
"""

from __future__ import annotations

import subprocess
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.locustfiles.running import LOCUST, environ

FOLDER = Path(__file__).with_name("files")
USERS = 4
LOCUSTFILE = """
from locust import HttpUser, constant, task

class Anybody(HttpUser):
    wait_time = constant(0.02)

    @task
    def right(self):
        self.client.get("/right")

    @task
    def wrong(self):
        self.client.get("/wrong", name="wrong")
"""


class Answer(BaseHTTPRequestHandler):
    """Five bytes of everything."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """404 for what is wrong."""
        self.send_response(404 if self.path == "/wrong" else 200)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"hello")

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def main() -> None:
    """Ask for eight seconds."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "locustfile.py"
        file.write_text(LOCUSTFILE)
        argv = [LOCUST, "--headless", "-f", str(file), "--host", f"http://127.0.0.1:{server.server_port}"]
        options = ["-u", str(USERS), "-r", "2", "-t", "8s", "--csv", "api", "--json-file", "api"]
        subprocess.run([*argv, *options], cwd=FOLDER, env=environ())
    server.shutdown()
    server.server_close()


if __name__ == "__main__":
    main()
