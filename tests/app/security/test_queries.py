import pytest
from sqlalchemy import insert

from app.organisation import queries as organisation
from app.security import sealing
from app.security.commands import NotSealed, RevealField
from app.security.queries import AuditFilter, actor_of_token, audit_entries, cursor_of
from workflows import audit
from workflows.cases import Case
from workflows.catalogue import Procedure, ProcedureVersion
from workflows.commands import Actor
from workflows.errors import Invalid, NotAllowed

IDENTITY = "150602196805121228"
ZHEJIALIANG, CHAGANNUOER = "150602100202", "150724215210"


@pytest.fixture
def start_case(peopled, clock):
    """Write a running case as the engine would leave it after its first step."""

    def write(number, division, **more):
        sealed = sealing.seal("identity", IDENTITY)
        case = {
            "number": number,
            "procedure_key": "p",
            "procedure_name": "监测对象识别",
            "version_id": 1,
            "division": division,
            "division_name": "村",
            "subject": {"name": "王秀兰", "identity": sealed},
            "subject_name": "王秀兰",
            "state": "running",
            "engine_state": b"",
            "variables": {"apply": {"members": [{"name": "王秀兰", "id_number": sealed}], "reason": "因病"}},
            "rounds": {},
            "waiting": [],
            "started_by": "王秀兰",
            "head": audit.GENESIS,
            "created_at": clock.now(),
        } | more
        with peopled.database.writing.begin() as session:
            if session.get(Procedure, "p") is None:
                session.execute(
                    insert(Procedure),
                    {"key": "p", "name": "x", "locality": "DS", "category": "x", "division": "1"},
                )
                version = {"id": 1, "procedure_key": "p", "number": 1, "state": "published", "digest": "x"}
                session.execute(insert(ProcedureVersion), {**version, "bundle": "{}"})
            return session.execute(insert(Case).returning(Case.id), case).scalar_one()

    return write


@pytest.fixture
def reveal(peopled, account):
    def ask(username, case_id, path="apply.members.0.id_number", reason="入户核对身份"):
        command = RevealField(case_id=case_id, path=path, reason=reason)
        return peopled.execute(command, by=account(username).actor())

    return ask


@pytest.fixture
def entries(peopled, account):
    def read(username, wanted=None, **options):
        with peopled.database.reading() as session:
            return audit_entries(session, account(username).actor(), wanted, **options)

    return read


def test_a_reader_of_the_case_uncovers_a_number_with_a_reason(start_case, reveal):
    case = start_case("A-1", ZHEJIALIANG)

    assert reveal("boerjianghaizi-clerk1", case) == IDENTITY
    assert reveal("dongsheng-rvb1", case, "subject.identity") == IDENTITY


def test_whoever_may_not_read_the_case_uncovers_nothing(start_case, reveal):
    case = start_case("A-1", ZHEJIALIANG)

    for stranger in (
        "hantai-clerk1",
        "ewenke-rvb1",
        "zhejialiang-household2",
        "audit-officer",
        "system-officer",
    ):
        with pytest.raises(NotAllowed):
            reveal(stranger, case)


def test_a_reveal_needs_a_reason_and_something_sealed(start_case, reveal):
    case = start_case("A-1", ZHEJIALIANG)

    with pytest.raises(Invalid) as refused:
        reveal("dongsheng-rvb1", case, reason=" ？ ")
    assert "reason" in refused.value.errors
    for path in ("apply.reason", "apply.members.9.id_number", "nothing.here", "apply.reason.deeper", "apply"):
        with pytest.raises(NotSealed):
            reveal("dongsheng-rvb1", case, path)


def test_a_reveal_is_on_record_with_its_reason_and_without_the_number(start_case, reveal, entries):
    reveal("dongsheng-rvb1", start_case("A-1", ZHEJIALIANG))

    (entry,) = entries("audit-officer", AuditFilter(case="A-1"))

    assert entry.command == "RevealField"
    assert entry.actor["name"] == "其其格"
    assert entry.facts == {"case": "A-1", "field": "apply.members.0.id_number", "reason": "入户核对身份"}


def test_a_refused_reveal_is_on_record_too(start_case, reveal, entries):
    case = start_case("A-1", ZHEJIALIANG)
    with pytest.raises(NotAllowed):
        reveal("ewenke-rvb1", case)

    found = entries("audit-officer", AuditFilter(stream="refused"))

    assert [(one.command, one.refused) for one in found] == [("RevealField", True)]


def test_a_supervisor_reads_what_concerns_the_cases_of_their_divisions(start_case, reveal, entries):
    reveal("dongsheng-rvb1", start_case("A-1", ZHEJIALIANG))
    reveal("ewenke-rvb1", start_case("B-1", CHAGANNUOER))

    assert [entry.facts["case"] for entry in entries("dongsheng-supervisor1")] == ["A-1"]
    assert [entry.facts["case"] for entry in entries("ewenke-supervisor1")] == ["B-1"]
    assert entries("dongsheng-supervisor1", AuditFilter(case="B-1")) == []


def test_the_audit_officer_reads_everything_and_others_nothing(start_case, reveal, entries):
    reveal("dongsheng-rvb1", start_case("A-1", ZHEJIALIANG))

    assert {entry.command for entry in entries("audit-officer")} == {"RevealField", "SeedPeople"}
    for other in ("system-officer", "security-officer", "dongsheng-rvb1", "zhejialiang-household1"):
        assert entries(other) == []


def test_the_public_reads_no_audit(peopled):
    with peopled.database.reading() as session:
        assert audit_entries(session, Actor(kind="public", name="公众")) == []


def test_a_list_goes_on_where_it_ended_and_shows_each_entry_once(start_case, reveal, entries, clock):
    case = start_case("A-1", ZHEJIALIANG)
    for minute in range(7):
        clock.advance(minutes=minute % 2)
        reveal("dongsheng-rvb1", case)

    seen, after = [], None
    while page := entries("audit-officer", AuditFilter(case="A-1"), after=after, limit=3)[:3]:
        seen += [entry.seq for entry in page]
        after = cursor_of(page[-1])

    assert seen == [7, 6, 5, 4, 3, 2, 1]


def test_entries_are_narrowed_by_person_and_time(start_case, reveal, entries, account, clock):
    case = start_case("A-1", ZHEJIALIANG)
    reveal("dongsheng-rvb1", case)
    clock.advance(hours=1)
    later = clock.now()
    reveal("boerjianghaizi-clerk1", case)

    by_clerk = AuditFilter(person_id=account("boerjianghaizi-clerk1").person_id)

    assert len(entries("audit-officer", by_clerk)) == 1
    assert [entry.actor["name"] for entry in entries("audit-officer", AuditFilter(since=later))] == ["李晓东"]


def test_an_unknown_token_is_nobodys(peopled, clock):
    with peopled.database.reading() as session:
        assert actor_of_token(session, "x", clock.now()) is None
        assert organisation.account(session, 0) is None
