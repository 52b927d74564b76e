"""Small drawings that stand for the photographs and papers of a demonstration's cases."""

from __future__ import annotations

import io
from functools import cache

from PIL import Image, ImageDraw

from app.demo.answers import MINUTES, PHOTO, SIGNATURE

SIZE = (160, 120)
SKY, WALL, ROOF, EARTH, DOOR, INK, PAPER = (
    "#b9d6ea",
    "#e8dcc4",
    "#9c5a3c",
    "#c9b37e",
    "#6b4a2f",
    "#1f2d3d",
    "#fdfdfb",
)


@cache
def drawn() -> dict[str, bytes]:
    """File name → PNG: a house, a signature, a page of minutes."""
    return {PHOTO: _png(_house()), SIGNATURE: _png(_signature()), MINUTES: _png(_minutes())}


def _house() -> Image.Image:
    picture = Image.new("RGB", SIZE, SKY)
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 84, 160, 120), fill=EARTH)
    pen.rectangle((36, 52, 124, 92), fill=WALL)
    pen.polygon(((28, 54), (80, 26), (132, 54)), fill=ROOF)
    pen.rectangle((72, 64, 88, 92), fill=DOOR)
    return picture


def _signature() -> Image.Image:
    picture = Image.new("RGB", SIZE, PAPER)
    pen = ImageDraw.Draw(picture)
    pen.line(
        ((24, 70), (40, 44), (48, 82), (62, 40), (70, 78), (92, 50), (100, 74), (136, 56)), fill=INK, width=3
    )
    return picture


def _minutes() -> Image.Image:
    picture = Image.new("RGB", SIZE, PAPER)
    pen = ImageDraw.Draw(picture)
    for line in range(9):
        pen.line(((20, 22 + line * 10), (140 - line % 3 * 14, 22 + line * 10)), fill=INK, width=1)
    return picture


def _png(picture: Image.Image) -> bytes:
    made = io.BytesIO()
    picture.save(made, "PNG", optimize=True)
    return made.getvalue()
