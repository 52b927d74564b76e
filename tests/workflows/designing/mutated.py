"""The real procedures with one thing changed, and what is said of it."""

import json
from dataclasses import replace

from tests.bpmn.artefacts import FORMS, PROCEDURES
from workflows.designing import folders
from workflows.designing.comparing import compare

KEY, RULED = "fp_01_ds", "as_01_ew"
REAL = folders.read(PROCEDURES, FORMS, KEY)
TABLED = folders.read(PROCEDURES, FORMS, RULED)
MIRRORED = {"added": "removed", "removed": "added", "changed": "changed", "moved": "moved"}
CHECK = "fp_01_ds_household_check"


def drawn(old, new, count=1):
    """The real procedure with other words in its diagram."""
    text = REAL.diagrams["process.bpmn"]
    assert old in text
    return replace(REAL, diagrams={"process.bpmn": text.replace(old, new, count)})


def asked(change, form=CHECK):
    """The real procedure with another form."""
    content = json.loads(REAL.forms[form])
    change(content["components"])
    return replace(REAL, forms={**REAL.forms, form: json.dumps(content, ensure_ascii=False)})


def described(**said):
    return replace(REAL, meta={**REAL.meta, **said})


def parameter(name, **said):
    """The real procedure with another parameter."""
    kept = [{**each, **said} if each["name"] == name else each for each in REAL.meta["parameters"]]
    return described(parameters=kept)


def ruled(old, new):
    """The procedure with a table, with other words in it."""
    [(name, text)] = TABLED.decisions.items()
    assert old in text
    return replace(TABLED, decisions={name: text.replace(old, new, 1)})


def told(change):
    return change.part, change.kind, change.subject, change.what


def only(new, old=REAL):
    """The one change there is; there and back say the same with old and new exchanged."""
    there, back = compare(old, new).changes, compare(new, old).changes
    assert sorted(mirrored(each) for each in there) == sorted(plainly(each) for each in back)
    [change] = there
    return change


def plainly(change):
    pieces = tuple((piece.kind, piece.text) for piece in change.pieces)
    return (*told(change), change.old, change.new, pieces)


def mirrored(change):
    other = {"old": "new", "new": "old", "same": "same"}
    pieces = _paired([(other[piece.kind], piece.text) for piece in change.pieces])
    return (
        change.part, MIRRORED[change.kind], change.subject, change.what, change.new, change.old, tuple(pieces)
    )  # fmt: skip


def _paired(pieces):
    """What was struck stands before what was put in."""
    for place in range(len(pieces) - 1):
        if (pieces[place][0], pieces[place + 1][0]) == ("new", "old"):
            pieces[place], pieces[place + 1] = pieces[place + 1], pieces[place]
    return pieces
