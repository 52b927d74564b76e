"""One stylesheet and one set of components: what a template names is there, and what is there is named."""

import json
import re
from pathlib import Path

from tests.guards.sources import ROOT, texts
from tests.guards.test_templates import templates

STYLES = Path("app/static/src/styles")
PAPER = Path("app/papers")
DIST = ROOT / "app" / "static" / "dist"
CLASS = re.compile(r"\.(-?[A-Za-z_][\w-]*)")
TABLES = ("app/templates/components/", "app/papers/templates/papers/")
"""Where tables are drawn: by components, and on paper."""


def spoken(template):
    """The classes a template names in full; what it puts together from parts is left out."""
    plain = re.sub(r"\{#.*?#\}", "", template, flags=re.DOTALL)
    plain = re.sub(r"\{%.*?%\}", " ", re.sub(r"\{\{.*?\}\}", "\0", plain, flags=re.DOTALL), flags=re.DOTALL)
    return {
        name for one in re.findall(r'\bclass="([^"]*)"', plain) for name in one.split() if "\0" not in name
    }


def our_styles():
    """Our own rules for the screen and for paper, without their comments."""
    ours = (path for path in texts() if path.suffix == ".css" and path.parent in {STYLES, PAPER})
    found = "\n".join(texts()[path] for path in ours)
    return re.sub(r"/\*.*?\*/", "", found, flags=re.DOTALL)


def built():
    """The stylesheets as pages get them: Tabler's purged rules before ours."""
    manifest = json.loads((DIST / "manifest.json").read_text())
    return "\n".join((DIST / name).read_text() for key, name in manifest.items() if key.endswith(".css"))


def test_no_template_names_a_class_without_a_rule():
    ruled = set(CLASS.findall(our_styles())) | set(CLASS.findall(built()))

    unruled = {path: spoken(text) - ruled for path, text in templates().items()}

    assert {path: names for path, names in unruled.items() if names} == {}


def test_no_rule_is_for_a_class_that_nobody_names():
    speakers = "\n".join(
        text
        for path, text in texts().items()
        if path.suffix in {".html", ".py", ".js"} and path.parts[0] in {"app", "forms"}
    )

    def named(name):
        if re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", speakers):
            return True
        # Of `said-${kind}` or `"btn-" ~ kind` the part before the last dash is written out.
        stem = name.rpartition("-")[0]
        return bool(stem) and re.search(rf"(?<![\w-]){re.escape(stem)}-[^\w-]", speakers) is not None

    assert sorted(name for name in set(CLASS.findall(our_styles())) if not named(name)) == []


def test_lists_and_tables_are_drawn_by_components():
    """Use `list_table` for a list, `answers` for rows within answers."""
    drawn = [path for path, text in templates().items() if "<table" in text and not path.startswith(TABLES)]

    assert drawn == []


def test_bars_dialogs_and_pictures_are_drawn_by_components():
    """Use `action_bar`, `confirm` and `icon`; a second way to draw them would come to look different."""
    parts = {'class="actions"': "action_bar.html", "<dialog": "confirm.html", "<svg": "icon.html"}

    drawn = [
        f"{path}: {mark}"
        for path, text in templates().items()
        for mark, home in parts.items()
        if mark in text and not path.endswith(f"components/{home}")
    ]

    assert drawn == []
