"""An address that people have kept goes on working: the list of routes is a file."""

from pathlib import Path

from app import create_app
from app.settings import Settings

LIST = Path(__file__).with_name("routes.txt")


def routes(folder: Path) -> set[str]:
    """Every method and address of the application with its demonstration."""
    settings = Settings.from_environment({"XIANGSHEN_DATA_DIR": str(folder), "XIANGSHEN_DEMO": "1"})
    rules = create_app(settings).url_map.iter_rules()
    return {f"{method} {rule.rule}" for rule in rules for method in rule.methods - {"HEAD", "OPTIONS"}}


def test_no_route_is_removed_without_a_decision(tmp_path):
    """Put a redirect where the route was; only then strike it off the list."""
    listed = set(LIST.read_text().splitlines())

    assert sorted(listed - routes(tmp_path)) == []


def test_every_route_is_listed(tmp_path):
    listed = set(LIST.read_text().splitlines())

    assert sorted(routes(tmp_path) - listed) == [], f"add to {LIST.name}"
