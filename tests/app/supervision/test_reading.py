"""The record is read as of any day, by who knew what when, field by field, and taken with a watermark."""

import csv
import io
import zipfile
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.cases import queries as cases
from app.security.queries import AuditFilter, audit_entries
from app.supervision import past
from tests.app.office import BUREAU, CADRE, CLERK, SUPERVISOR, TOWNSHIP, VILLAGE
from workflows.clock import local_date
from workflows.commands import CONSOLE
from workflows.work_items import STEP, WorkItem


def view(office, number):
    session = office.executor.database.reading()
    return session, cases.view(session, office.actor(SUPERVISOR), number)


def test_at_every_moment_the_case_is_shown_as_it_stood_then(office):
    number = office.start()
    stood = []
    for step in ("village_review", "publicity", "township_review", "county_decision"):
        office.until(number, step)
        shown = office.case(number)
        stood.append((office.clock.now(), [one["step"] for one in shown["open_items"]], shown["variables"]))
        office.clock.advance(minutes=7)
    office.to_the_end(number)

    session, case = view(office, number)
    with session:
        for at, steps, variables in stood:
            then = past.as_of(session, case, at)
            assert [item.step for item in then.open] == steps
            assert then.state == "running"
            answers = {entry.record.step: entry.answers for entry in then.case.standing_entries if entry.form}
            assert answers == {step: given for step, given in variables.items() if step in answers}
        assert past.as_of(session, case, office.clock.now()).state == "ended"
        assert past.as_of(session, case, case.case.created_at - timedelta(seconds=1)) is None


def test_what_a_later_round_changed_is_said_field_by_field(one_office):
    office = one_office
    number = office.start()
    office.until(number, "township_review")
    item = office.item(number)
    clerk = office.program(CLERK)
    sent = {"revision": clerk.get(f"/work-items/{item['id']}").json["revision"]}
    reason = {"reason": "收入请再核", "to": "household_check"}
    assert clerk.act(item["id"], "send-back", **sent, **reason).status_code == 200
    answer = office.take(number, name="check_true", problem_note="已再次入户核实，自付更多。")
    assert answer.status_code == 200, answer.text

    session, case = view(office, number)
    with session:
        changed = past.differences(case)

    assert [(one.step, one.round) for one in changed if "再次入户" in one.new] == [("入户核实", 2)]


def test_who_was_given_told_and_shown_what_is_listed_in_order(one_office):
    office = one_office
    number = office.start()
    office.take(number)
    office.pass_days(1)
    page = office.browser(SUPERVISOR).get(f"/cases/{number}/known").text

    session, case = view(office, number)
    with session:
        rows = past.known(session, number, case.case.id)
        items = session.scalars(
            select(WorkItem).where(WorkItem.case_id == case.case.id, WorkItem.kind == STEP)
        ).all()
    assert [row.at for row in rows] == sorted(row.at for row in rows)
    assert sum(row.how == past.SHOWN for row in rows) == len(items)
    assert any(row.how == "办理" and row.who == office.actor(CADRE).name for row in rows)
    assert all(one.name in page for one in items)


def test_only_supervisors_of_the_place_look_back(one_office):
    number = one_office.start()
    for page in ("as-of", "known"):
        assert one_office.browser(SUPERVISOR).get(f"/cases/{number}/{page}").status_code == 200
        assert one_office.browser(BUREAU).get(f"/cases/{number}/{page}").status_code == 403
        assert one_office.browser(SUPERVISOR).get(f"/cases/none/{page}").status_code == 404


def test_the_trail_is_narrowed_by_place_procedure_step_time_and_kind(office):
    number = office.start()
    office.take(number)
    today = local_date(office.clock.now()).isoformat()
    browser = office.browser(SUPERVISOR)

    def shown(**asked):
        text = browser.get("/audit", query_string=asked).text
        return text.count("<details><summary>第 ")

    every = shown(case=number)
    assert every >= 2
    assert shown(division=VILLAGE) == shown(division=TOWNSHIP) == shown() >= every
    assert shown(division="150602101000") == 0
    assert shown(procedure="fp_01_ds") >= every
    assert shown(procedure="fp_08_ds") == 0
    assert 0 < shown(step="household_check") < shown()
    assert shown(command="StartCase") == 1
    assert shown(since=today, until=today) == shown()
    assert shown(until="2020-01-01") == 0


@pytest.mark.parametrize("form", ["csv", "xlsx", "pdf"])
def test_each_file_says_who_took_it_when_and_for_what_and_leaves_an_entry(one_office, form):
    office = one_office
    number = office.start()
    given = {"form": form, "purpose": "核查 3 月办件", "case": number}

    answer = office.browser(SUPERVISOR).post("/audit/export", page="/audit/export", **given)

    assert answer.status_code == 200
    who = office.actor(SUPERVISOR).name
    if form == "csv":
        [mark, *rows] = csv.reader(io.StringIO(answer.data.decode("utf-8-sig")))
        assert who in mark[0]
        assert "核查 3 月办件" in mark[0]
        assert len(rows) > 1
    elif form == "xlsx":
        with zipfile.ZipFile(io.BytesIO(answer.data)) as book:
            text = book.read("xl/sharedStrings.xml").decode() + book.read("xl/worksheets/sheet1.xml").decode()
        assert text.count("核查 3 月办件") == 2
        assert who in text
    else:
        assert answer.data.startswith(b"%PDF")
    with office.executor.database.reading() as session:
        [entry] = audit_entries(session, CONSOLE, AuditFilter(stream="exports"))
    assert entry.facts["what"] == f"trail.{form}"
    assert entry.facts["purpose"] == "核查 3 月办件"
    assert entry.facts["narrowed"]["case"] == number


def test_nothing_is_taken_without_a_purpose_or_by_anybody_else(standing_office):
    browser = standing_office.browser(SUPERVISOR)
    assert browser.post("/audit/export", page="/audit/export", form="csv", purpose="").status_code == 422
    assert (
        browser.post("/audit/export", page="/audit/export", form="x", purpose="核查办件").status_code == 422
    )
    assert standing_office.browser("audit-officer").get("/audit/export").status_code == 200
    assert standing_office.browser(CADRE).get("/audit/export").status_code == 403
