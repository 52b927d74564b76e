"""Scanners to try: a program that looks for the test string, and a clamd that answers INSTREAM."""

import contextlib
import socket
import struct
import sys
import threading

HALVES = (r"X5O!P%@AP[4\PZX54(P^)7CC)7}$", "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*")
"""The harmless string every scanner knows; put together only when a test runs."""


def test_string():
    return "".join(HALVES).encode()


PROGRAM = """#!{python}
import sys
with open(sys.argv[-1], "rb") as file:
    data = file.read()
if b"EICAR-" + b"STANDARD" in data:
    sys.exit(1)
sys.exit({otherwise})
"""


def program(folder, otherwise=0):
    """A scanner as a program; `otherwise` is how it exits where it finds nothing."""
    path = folder / f"scan-{otherwise}"
    path.write_text(PROGRAM.format(python=sys.executable, otherwise=otherwise))
    path.chmod(0o700)
    return str(path)


@contextlib.contextmanager
def clamd(folder=None, answers=None):
    """A daemon on this machine that takes one stream at a time; gives its address and what it was sent."""
    sent = []
    if folder:
        listening = socket.socket(socket.AF_UNIX)
        listening.bind(str(folder / "clamd"))
        address = f"unix:{folder / 'clamd'}"
        listening.listen()
    else:
        listening = socket.create_server(("127.0.0.1", 0))
        address = f"127.0.0.1:{listening.getsockname()[1]}"

    def serve():
        with contextlib.suppress(OSError):
            while True:
                line, _ = listening.accept()
                with line:
                    _answer(line, sent, answers)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield address, sent
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join()


def _answer(line, sent, answers):
    assert _exactly(line, 10) == b"zINSTREAM\0"
    data = b""
    while size := struct.unpack("!I", _exactly(line, 4))[0]:
        data += _exactly(line, size)
    sent.append(data)
    found = b"EICAR-" + b"STANDARD" in data
    usual = b"stream: Eicar-Test-Signature FOUND\0" if found else b"stream: OK\0"
    line.sendall(answers or usual)


def _exactly(line, size):
    data = b""
    while len(data) < size:
        more = line.recv(size - len(data))
        if not more:
            raise OSError("the line ended early")
        data += more
    return data
