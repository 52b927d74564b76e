"""Every page as pictures, side by side in sheets: `python -m tests.journeys.gallery FOLDER [WHO ...]`."""

import sys
from pathlib import Path

from PIL import Image

from tests.journeys.everyday import PEOPLE, everyday
from tests.journeys.looking import Looker
from tests.journeys.screen import DESK, PHONE, chromium, served
from tests.journeys.walking import Walk

ON_A_SHEET = {PHONE["width"]: 6, DESK["width"]: 3}
TALLEST = 1500


def main(folder, *whose):
    """Walk, look, and lay out what was seen."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    town = everyday(folder)
    with served(town) as address, chromium() as browser:
        for who in whose or PEOPLE:
            looker = Looker(browser, address, folder, PEOPLE[who])
            pages = list(dict.fromkeys(Walk(town, PEOPLE[who]).pages))
            for number, page in enumerate(pages):
                looker.visit(page, picture=folder / f"{who}-{number:03d}")
            (folder / f"{who}.txt").write_text("\n".join([*pages, "", *looker.close()]))
            for width in ON_A_SHEET:
                _sheets(folder, who, width)
    town.close()


def _sheets(folder, who, width):
    taken = sorted(folder.glob(f"{who}-???-{width}.png"))
    many = ON_A_SHEET[width]
    for start in range(0, len(taken), many):
        pictures = [Image.open(one).convert("RGB") for one in taken[start : start + many]]
        height = min(TALLEST, max(one.height for one in pictures))
        sheet = Image.new("RGB", ((width + 20) * len(pictures), height), "grey")
        for place, one in enumerate(pictures):
            sheet.paste(one.crop((0, 0, width, min(height, one.height))), (place * (width + 20), 0))
        sheet.save(folder / f"sheet-{who}-{width}-{start:03d}.png")


if __name__ == "__main__":
    main(*sys.argv[1:])
