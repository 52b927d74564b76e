"""The event log is valid XES and says, read back, what the journal says; no household is in it."""

from datetime import datetime

import pytest
from lxml import etree
from sqlalchemy import select

from app.security.queries import AuditFilter, audit_entries
from app.supervision import xes
from tests.app.office import CADRE, COUNTY, SUPERVISOR, TOWNSHIP
from workflows.cases import Case
from workflows.commands import CONSOLE
from workflows.journal import StepRecord

NS = "{http://www.xes-standard.org/}"
KINDS = {"string", "date", "int", "float", "boolean", "id", "list"}
ORDER = ["extension", "global", "classifier", "attribute", "trace"]
LIFECYCLE = set(
    "schedule assign reassign start suspend resume complete autoskip manualskip withdraw ate_abort pi_abort "
    "unknown".split()
)


def read(text):
    """The log, after the rules of the standard's schema were held against it."""
    log = etree.fromstring(text.encode())
    assert log.tag == f"{NS}log"
    assert log.get("xes.version") == "1849.2016"
    kinds = [each.tag.removeprefix(NS) for each in log]
    places = [ORDER.index("attribute" if kind in KINDS else kind) for kind in kinds]
    assert places == sorted(places)
    assert {each.get("prefix") for each in log.iter(f"{NS}extension")} == {
        "concept",
        "time",
        "lifecycle",
        "org",
        "identity",
    }
    for each in log.iter(*(NS + kind for kind in KINDS)):
        value = each.get("value")
        assert each.get("key")
        assert value is not None
        if each.tag == f"{NS}date":
            assert datetime.fromisoformat(value).tzinfo is not None
        if each.tag == f"{NS}boolean":
            assert value in {"true", "false"}
    return [
        (said(trace), [said(event) for event in trace.iter(f"{NS}event")]) for trace in log.iter(f"{NS}trace")
    ]


def said(element):
    found = {each.get("key"): each.get("value") for each in element if each.tag.removeprefix(NS) in KINDS}
    assert len(found) == sum(each.tag.removeprefix(NS) in KINDS for each in element), "a key twice"
    return found


def taken(office, **asked):
    page = f"/supervision/log?procedure=fp_01_ds&area={COUNTY}"
    given = {"procedure": "fp_01_ds", "area": COUNTY, "purpose": "分析环节用时"}
    return office.browser(SUPERVISOR).post("/supervision/log.xes", page=page, **(given | asked))


@pytest.fixture
def played(office):
    number = office.start()
    office.until(number, "township_review")
    other = office.start(number=1)
    office.take(other, name="check_false")
    return office, number


def test_read_back_every_field_is_the_journals(played):
    office, _ = played

    traces = read(taken(office, named="1").text)

    with office.executor.database.reading() as session:
        cases = session.scalars(select(Case).order_by(Case.id)).all()
        assert [trace["concept:name"] for trace, _ in traces] == [case.number for case in cases]
        for case, (trace, events) in zip(cases, traces, strict=True):
            rows = session.scalars(
                select(StepRecord).where(StepRecord.case_id == case.id).order_by(StepRecord.seq)
            ).all()
            assert (trace["procedure"], trace["division"], trace["state"]) == (
                case.procedure_key,
                case.division,
                case.state,
            )
            assert [
                (event["concept:instance"], datetime.fromisoformat(event["time:timestamp"]), event["kind"])
                for event in events
            ] == [(f"{row.step}#{row.round}", row.at, row.kind) for row in rows]
            assert [(event["org:resource"], event.get("org:group")) for event in events] == [
                (row.actor if row.actor != case.started_by else event["org:resource"], row.unit)
                for row, event in zip(rows, events, strict=True)
            ]
            # A household that acts for itself stays unnamed even where staff are named.
            assert case.started_by not in {event["org:resource"] for event in events}
            assert {event["lifecycle:transition"] for event in events} <= LIFECYCLE
        ids = [event["identity:id"] for _, events in traces for event in events]
        assert len(ids) == len(set(ids))


def test_neither_households_nor_who_acted_are_named(played):
    office, _ = played

    text = taken(office).text

    with office.executor.database.reading() as session:
        names = {case.subject_name for case in session.scalars(select(Case))}
    for name in (*names, office.actor(CADRE).name, "见材料"):
        assert name not in text
    [(_, events), _] = read(text)
    people = [event["org:resource"] for event in events if event["kind"] == "task"]
    assert all(one.startswith("人员") for one in people)
    assert 1 < len(set(people)) < len(people)


def test_each_log_that_is_taken_leaves_an_entry_and_none_is_taken_without_a_purpose(played):
    office, _ = played
    refused = taken(office, purpose=" ")
    taken(office, purpose="核对退回情况")

    with office.executor.database.reading() as session:
        entries = audit_entries(session, CONSOLE, AuditFilter(stream="exports"))

    assert refused.status_code == 422
    [entry] = entries
    assert entry.actor["name"] == office.actor(SUPERVISOR).name
    assert entry.facts["what"] == "xes"
    assert entry.facts["purpose"] == "核对退回情况"
    assert entry.facts["procedure"] == "fp_01_ds"


def test_only_cases_of_the_area_and_days_are_in_it(played):
    office, _ = played

    assert read(taken(office, area="150602101000").text) == []
    assert len(read(taken(office, area=TOWNSHIP).text)) == 2
    assert read(taken(office, since="2020-01-01", until="2020-02-01").text) == []
    assert taken(office, area="150600000000").status_code == 404


def test_what_people_typed_cannot_break_the_file():
    row = StepRecord(kind="task", name='<核实> "&"\x08', actor="甲", actor_id=None)

    assert etree.fromstring(xes._string("concept:name", xes.name_of(row))).get("value") == '<核实> "&"'
