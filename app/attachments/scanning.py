"""Virus scanning of uploads: a program of the installation's choice, a clamd daemon, both, or none."""

from __future__ import annotations

import socket
import struct
import subprocess
import tempfile
from contextlib import closing
from typing import TYPE_CHECKING

import structlog

from workflows.errors import Invalid, Unavailable

if TYPE_CHECKING:
    from app.settings import Settings

NONE, CLEAN, INFECTED, AWAY = "none", "clean", "infected", "away"
"""Not scanned, since no scanner is set up; nothing found; something found; the scanner could not say."""

PATIENCE = 60
"""Seconds a scanner may take for one file."""

CHUNK = 64 * 1024
LONGEST_ANSWER = 4096

log = structlog.get_logger("scan")


class Infected(Invalid):
    """The scanner found something; the file is not kept."""

    code = "attachment.infected"
    sentence = "文件“{name}”未通过病毒检查，没有保存。请换一个文件，并检查拍照或存放它的设备。"


class ScannerAway(Unavailable):
    """The scanner cannot be reached or failed; without its word no file is kept."""

    code = "attachment.scanner_away"
    sentence = "病毒检查暂时无法进行，文件“{name}”没有保存。请稍后重传；若一再出现，请告知系统管理员。"


def scanned(settings: Settings, data: bytes) -> str:
    """What the installation's scanners say of a file; the worst of them counts."""
    verdicts = {NONE}
    if settings.scan_command:
        verdicts.add(_by_program(settings.scan_command, data))
    if settings.clamd:
        verdicts.add(_by_clamd(settings.clamd, data))
    return next(verdict for verdict in (INFECTED, AWAY, CLEAN, NONE) if verdict in verdicts)


def _by_program(command: tuple[str, ...], data: bytes) -> str:
    """Exit 0 is clean, 1 infected, everything else a failure. No shell: the path is one argument."""
    with tempfile.NamedTemporaryFile(prefix="upload-") as file:
        file.write(data)
        file.flush()
        try:
            done = subprocess.run([*command, file.name], capture_output=True, timeout=PATIENCE, check=False)  # noqa: S603 (the operator's own setting)
        except (OSError, subprocess.TimeoutExpired) as error:
            log.warning("scanner failed", scanner=command[0], error=str(error))
            return AWAY
    verdict = {0: CLEAN, 1: INFECTED}.get(done.returncode, AWAY)
    if verdict == AWAY:
        log.warning("scanner failed", scanner=command[0], exit=done.returncode)
    return verdict


def _by_clamd(place: str, data: bytes) -> str:
    """Send the file to clamd by INSTREAM: each chunk behind its length, an empty one at the end."""
    try:
        with closing(_connected(place)) as line:
            line.sendall(b"zINSTREAM\0")
            for start in range(0, len(data), CHUNK):
                chunk = data[start : start + CHUNK]
                line.sendall(struct.pack("!I", len(chunk)) + chunk)
            line.sendall(struct.pack("!I", 0))
            answer = _answer(line)
    except OSError as error:
        log.warning("clamd cannot be reached", clamd=place, error=str(error))
        return AWAY
    if answer.endswith("FOUND"):
        return INFECTED
    if answer.endswith("OK"):
        return CLEAN
    log.warning("clamd failed", clamd=place, answer=answer[:200])
    return AWAY


def _connected(place: str) -> socket.socket:
    """A connection to `unix:/path`, or to `host:port`."""
    if place.startswith("unix:"):
        line = socket.socket(socket.AF_UNIX)
        line.settimeout(PATIENCE)
        line.connect(place.removeprefix("unix:"))
        return line
    host, _, port = place.rpartition(":")
    return socket.create_connection((host, int(port)), timeout=PATIENCE)


def _answer(line: socket.socket) -> str:
    said = b""
    while not said.endswith(b"\0") and len(said) < LONGEST_ANSWER:
        more = line.recv(LONGEST_ANSWER)
        if not more:
            break
        said += more
    return said.rstrip(b"\0\n").decode(errors="replace")
