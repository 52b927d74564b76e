"""The real server over one database: gunicorn with its processes, and programs that speak HTTP to it."""

import contextlib
import http.client
import json
import os
import socket
import subprocess
import time
import uuid
from pathlib import Path

from app.cli.installation import gunicorn_command
from app.security import demo
from app.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
HOST = "127.0.0.1"
PATIENCE = 60
KEPT = 3


class Program:
    """One kept connection that speaks for an account."""

    def __init__(self, port, username):
        self._used = 0.0
        self._connection = http.client.HTTPConnection(HOST, port, timeout=PATIENCE)
        self.headers = {}
        self.username = username
        status, answer = self.post("/api/v1/tokens", {"username": username, "password": demo.PASSWORD})
        assert status == 200, answer
        self.headers = {"Authorization": f"Bearer {answer['token']}"}

    def get(self, path):
        return self.call("GET", path)

    def post(self, path, sent, key=None):
        headers = {"Content-Type": "application/json"} | ({"Idempotency-Key": key} if key else {})
        return self.call("POST", path, json.dumps(sent).encode(), headers)

    def upload(self, name, data):
        boundary = uuid.uuid4().hex
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        body = head.encode() + data + f"\r\n--{boundary}--\r\n".encode()
        kind = f"multipart/form-data; boundary={boundary}"
        status, answer = self.call("POST", "/api/v1/attachments", body, {"Content-Type": kind})
        assert status == 201, answer
        return answer["id"]

    def call(self, method, path, body=None, headers=None):
        """Status and what the JSON says."""
        if time.monotonic() - self._used > KEPT:
            self._connection.close()  # the server has closed its end; the next request opens another
        self._connection.request(method, path, body, {**self.headers, **(headers or {})})
        answer = self._connection.getresponse()
        said = json.loads(answer.read() or b"null")
        self._used = time.monotonic()
        return answer.status, said

    def close(self):
        self._connection.close()


@contextlib.contextmanager
def served(url, folder, *, workers=2, **environment):
    """The port of a server with ``workers`` processes over the database at ``url``, in demo mode."""
    with socket.create_server((HOST, 0)) as probe:
        port = probe.getsockname()[1]
    env = {
        **os.environ,
        "XIANGSHEN_DATABASE_URL": url,
        "XIANGSHEN_DATA_DIR": str(folder),
        "XIANGSHEN_DEMO": "1",
        "XIANGSHEN_BIND": f"{HOST}:{port}",
        "XIANGSHEN_WEB_WORKERS": str(workers),
        **environment,
    }
    command = gunicorn_command(Settings.from_environment(env))
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen(command, env=env, cwd=ROOT, stdout=log, stderr=log)
        try:
            _wait_until_ready(server, port, folder)
            yield port
        finally:
            server.terminate()
            server.wait(PATIENCE)


def _wait_until_ready(server, port, folder):
    while True:
        assert server.poll() is None, (folder / "server.log").read_text()
        with contextlib.suppress(OSError, http.client.HTTPException):
            connection = http.client.HTTPConnection(HOST, port, timeout=PATIENCE)
            connection.request("GET", "/readyz")
            ready = connection.getresponse().status == 200
            connection.close()
            if ready:
                return
