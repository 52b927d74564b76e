"""The README's pictures, taken anew: `python -m tests.journeys.pictures`.

A district with a few weeks of made-up cases, seen by a village cadre on a phone and by the bureau at a desk.
"""

import tempfile
from datetime import datetime
from pathlib import Path

from PIL import Image
from sqlalchemy import select

from app.demo.cases import seed_cases
from tests.clock import LOCAL, TurnableClock
from tests.databases import make_tables
from tests.journeys.screen import DESK, PHONE, Screen, chromium, served
from tests.journeys.town import CADRE, COUNTY, Town, furnish
from workflows.cases import Case

DOCS = Path(__file__).resolve().parents[2] / "docs"
NOW = datetime(2026, 11, 20, 10, 30, tzinfo=LOCAL)
CASES = 24
COLOURS = 192
LONGEST = select(Case.number).where(Case.outcome == "已纳入监测").order_by(Case.revision.desc()).limit(1)


def main():
    """Make the district, look, keep what was seen."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = f"sqlite:///{folder / 'office.sqlite3'}"
        make_tables(url)
        furnish(url)
        town = Town(url, TurnableClock(NOW), folder, demo=True)
        seed_cases(town.executor, CASES, data_dir=folder, until=NOW)
        with served(town) as address, chromium() as browser:
            _inbox(Screen(browser, address, folder, PHONE))
            _case(Screen(browser, address, folder, DESK | {"height": 900}), town)
        town.close()


def _inbox(screen):
    _take(screen.sign_in(CADRE), "inbox-phone.png")


def _case(screen, town):
    """A case that went all the way, and round once."""
    number = town.read(lambda session: session.scalar(LONGEST))
    _take(screen.sign_in(COUNTY).open(f"/cases/{number}?tab=record"), "case.png")


def _take(screen, name):
    """What the window shows, in few colours: the pictures travel with every checkout."""
    taken = screen.folder / name
    screen.page.screenshot(path=taken)
    DOCS.mkdir(exist_ok=True)
    picture = Image.open(taken).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    picture.save(DOCS / name, optimize=True)
    screen.close()


if __name__ == "__main__":
    main()
