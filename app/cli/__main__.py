"""``python -m app.cli`` is ``xiangshen``."""

from app.cli import main

main()
