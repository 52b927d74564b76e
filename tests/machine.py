"""Where this machine keeps the programs that tests start: PostgreSQL's server and Chromium.

`setup.sh` either installs them for everybody or, without the right to, unpacks them into `var/apt`.
What is unpacked there needs to be told where its libraries and fonts are.
"""

import os
import shutil
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
UNPACKED = ROOT / "var" / "apt" / "root"
BROWSERS = ("chromium", "google-chrome", "google-chrome-stable", "chromium-browser")

# Chromium without a sandbox of its own (root, containers) and without asking anybody on the internet.
CHROMIUM_ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class NotInstalled(Exception):
    """A program that tests start is missing."""


def postgresql(program: str) -> Path:
    """The newest of the machine's `initdb`, `postgres` or `pg_ctl`."""
    folders = [
        found
        for base in (Path("/usr/lib/postgresql"), UNPACKED / "usr/lib/postgresql")
        for found in sorted(base.glob("*/bin"), key=_version, reverse=True)
    ]
    found = shutil.which(program, path=os.pathsep.join([*map(str, folders), *os.get_exec_path()]))
    if found:
        return Path(found)
    raise NotInstalled(f"PostgreSQL's {program} is not on this machine; `make test` installs it")


def chromium() -> Path:
    """The browser: one that is named, one that is installed, or one that was unpacked or fetched."""
    named = os.environ.get("XIANGSHEN_CHROMIUM")
    candidates = [Path(named)] if named else []
    candidates += [Path(found) for found in map(shutil.which, BROWSERS) if found]
    candidates += [UNPACKED / "usr/lib/chromium/chromium"]
    candidates += sorted((ROOT / "var" / "playwright").glob("chromium-*/chrome-linux*/chrome"))
    for candidate in candidates:
        if candidate.exists():
            return candidate
    raise NotInstalled("Chromium is not on this machine; `make test` installs it")


def environment(program: Path) -> dict[str, str]:
    """The environment to start a program in: an unpacked one finds its own libraries and fonts."""
    unpacked = dict(os.environ)
    if not UNPACKED.exists():
        return unpacked
    unpacked["FONTCONFIG_FILE"] = str(UNPACKED / "fonts.conf")
    if program.is_relative_to(UNPACKED):
        unpacked["LD_LIBRARY_PATH"] = os.pathsep.join(map(str, _libraries()))
    return unpacked


@cache
def _libraries() -> list[Path]:
    """Every unpacked folder with libraries, the outer before the inner."""
    folders = {
        library.parent for base in ("usr/lib", "lib") for library in (UNPACKED / base).glob("**/lib*.so*")
    }
    return sorted(folders, key=lambda folder: (len(folder.parts), folder))


def _version(folder: Path) -> float:
    try:
        return float(folder.parent.name)
    except ValueError:
        return 0
