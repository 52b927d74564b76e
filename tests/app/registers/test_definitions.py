"""Every definition is whole, its quotations stand in the sources, its states are left only by legal moves."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.registers.definition import LOCALITIES, Malformed, every, read
from app.registers.models import RegisterRow
from app.registers.rows import IllegalMove, UnknownState, _moved

SOURCES = Path(__file__).parents[3] / "bpmn" / "sources"
TEXTS = {path.name: "".join(path.read_text().replace("*", "").split()) for path in SOURCES.iterdir()}


@pytest.mark.parametrize("key", every())
def test_each_quotation_of_a_definition_stands_in_its_source(key):
    of = every()[key]

    for basis in of.basis:
        file, _, quotation = basis.partition("｜")
        assert "".join(quotation.replace("*", "").split()) in TEXTS[file]
    assert of.basis or of.origin == "default"


@pytest.mark.parametrize("key", every())
def test_what_the_source_leaves_open_says_why(key):
    of = every()[key]

    assert of.origin != "default" or of.why


def test_no_two_registers_number_alike():
    series = [of.series for of in every().values()]

    assert len(series) == len(set(series))


def test_every_locality_has_households_and_monitored_ones():
    for locality in LOCALITIES:
        keys = {key for key, of in every().items() if locality in of.localities}
        assert f"households_{locality.lower()}" in keys
        assert keys & {f"monitored_{locality.lower()}", "warning_ledger"}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('state = [{name = "在", moves = ["去"]}]\ncolumn = []', "move 在 → 去"),
        ('state = [{name = "在"}]\ncolumn = [{name = "类", type = "choice"}]', "options of 类"),
        ('state = [{name = "在"}]\ncolumn = [{name = "类", type = "colour"}]', "type of 类"),
        ('state = [{name = "在"}, {name = "在"}]\ncolumn = []', "a name twice"),
        ("state = [", "x"),
    ],
)
def test_a_wrong_definition_says_what_is_wrong(text, why):
    head = 'name = "台账"\ncategory = "督办"\nlocalities = ["DS"]\nsubject = "household"\n'
    head += 'series = "x"\nevents = []\n'

    with pytest.raises(Malformed, match=why):
        read(head + text, "x")


REGISTERS = st.sampled_from(sorted(every()))


@given(key=REGISTERS, data=st.data())
def test_a_row_never_comes_to_a_state_but_by_a_move_of_its_definition(key, data):
    of = every()[key]
    states = st.sampled_from([state.name for state in of.states] + ["没有这一状态"])
    row = RegisterRow(register=key, status=of.states[0].name, subject_name="某户")

    for asked in data.draw(st.lists(states, max_size=12)):
        before, known = row.status, of.state(asked)
        try:
            after, kept = _moved(of, row, asked)
        except IllegalMove:
            assert known is not None
            assert asked not in of.state(before).moves
            continue
        except UnknownState:
            assert known is None
            continue
        assert after == before or after in of.state(before).moves
        assert not kept or before in known.yields_to
        row.status = after
