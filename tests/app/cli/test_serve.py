"""`xiangshen serve` as `make run` starts it: accounts printed, pages and worker up, gone when told."""

import os
import signal
import socket
import subprocess
import sys
import urllib.request

import pytest


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@pytest.mark.seconds(120)
def test_serving_prints_the_accounts_answers_and_stops(installed, xiangshen):
    assert xiangshen("demo", "seed").code == 0
    port = free_port()
    log = (installed / "serve.log").open("w")
    serving = subprocess.Popen(
        [sys.executable, "-m", "app.cli", "serve"],
        env={**os.environ, "XIANGSHEN_BIND": f"127.0.0.1:{port}", "XIANGSHEN_WEB_WORKERS": "1"},
        stdout=subprocess.PIPE,
        stderr=log,
        text=True,
    )

    with serving, log:
        try:
            said = []
            for line in serving.stdout:
                said.append(line)
                if line.startswith("乡审已启动"):
                    break
            assert said[-1].startswith("乡审已启动"), (installed / "serve.log").read_text()
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz") as answer:
                ready = answer.status
        finally:
            serving.send_signal(signal.SIGTERM)
            code = serving.wait(60)

    assert "Xiangshen-2026" in "".join(said)
    assert any("zhejialiang-household1" in line and "王秀兰" in line for line in said)
    assert (ready, code) == (200, 0)
