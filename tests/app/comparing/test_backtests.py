"""A backtest on real cases: made by the worker, called off, read-only, and nothing personal in its report."""

import hashlib

import pytest
import tomlkit
from sqlalchemy import select

from app.comparing.commands import BeginBacktest, CancelBacktest
from app.comparing.models import Backtest, BacktestCase
from app.comparing.working import keep_trying
from app.demo.cases import seed_cases
from app.security import demo
from tests.app.comparing.test_views import ADMIN, KEY, LIMIT, amended
from tests.app.office import BUREAU, SUPERVISOR
from workflows import worker
from workflows.cases import StepRecord
from workflows.db import Base
from workflows.designing.amending import SaveAmendment
from workflows.designing.amendments import Amendment
from workflows.errors import Invalid, NotFound

OWN = {"backtest", "backtest_case", "audit_entry", "amendment"}


def played(office):
    """One case to its end, one under review, one that the village found untrue."""
    done = office.start()
    office.to_the_end(done)
    standing = office.start(by="zhejialiang-household2", number=1)
    office.until(standing, "township_review")
    refused = office.start(by="zhejialiang-household3", number=2)
    office.take(refused, name="check_false")
    worker.drain(office.executor)
    return done, standing, refused


def tried(office, code, **more):
    """A backtest made by the worker; gives its outcomes by case."""
    command = BeginBacktest(procedure=KEY, code=code, **more)
    number = office.executor.execute(command, by=office.actor(ADMIN))
    worker.drain(office.executor)
    with office.executor.database.reading() as session:
        assert not session.get(Backtest, number).open
        query = select(BacktestCase.said).where(BacktestCase.backtest_id == number)
        return number, {one["number"]: one for one in session.scalars(query)}


def everything(office):
    """The digest of every table but those that a backtest writes."""
    found = hashlib.sha256()
    with office.executor.database.reading() as session:
        for table in Base.metadata.sorted_tables:
            if table.name not in OWN:
                rows = sorted(map(repr, session.execute(select(table)).all()))
                found.update(f"{table.name} {rows}".encode())
    return found.hexdigest()


def test_in_an_unchanged_draft_every_real_case_goes_the_same_way(office):
    cases = played(office)
    number = amended(office)

    _, found = tried(office, f"a{number}")

    assert {name: (one["kind"], one["first"]) for name, one in found.items()} == dict.fromkeys(
        cases, ("same", None)
    )
    assert all((one["working_days"], one["days"]) == (0, 0) for one in found.values())


def test_cases_with_objections_and_returns_go_the_same_way_too(one_office):
    seed_cases(one_office.executor, 24, data_dir=one_office.settings.data_dir, until=one_office.clock.now())
    with one_office.executor.database.reading() as session:
        kinds = set(session.scalars(select(StepRecord.kind)))

    _, found = tried(one_office, "v1")

    assert {"message", "timer", "system"} <= kinds
    assert {(one["kind"], one["days"], one["working_days"]) for one in found.values()} == {("same", 0, 0)}


def test_nothing_but_the_report_is_written(office):
    played(office)
    number = amended(office)
    before = everything(office)

    tried(office, f"a{number}")

    assert everything(office) == before


def test_a_stricter_condition_diverges_exactly_the_cases_it_concerns(office):
    done, standing, refused = played(office)
    number = amended(
        office, ('=township_review.conclusion = "审核通过"', '=township_review.conclusion = "再议"')
    )

    _, found = tried(office, f"a{number}")

    assert {name: one["kind"] for name, one in found.items()} == {
        done: "other", standing: "same", refused: "same"
    }  # fmt: skip
    first = found[done]["first"]
    assert first["element"] == "township_gateway"
    assert first["now"] == "“入户核实”"
    assert "“镇（街道）审核”的“审核结论”为“再议”" in first["why"]


def saved(office, number, name, change):
    """The amendment with one of its files changed."""
    with office.executor.database.reading() as session:
        row = session.get_one(Amendment, number)
        revision, text = row.revision, row.files[name]
    save = SaveAmendment(amendment_id=number, revision=revision, changes={name: change(text)})
    office.executor.execute(save, by=office.actor(ADMIN))


def longer(text):
    """The description with three days more of notice."""
    said = tomlkit.parse(text)
    [days] = [each for each in said["parameters"] if each["name"] == "publicity_days_village"]
    days["default"] += 3
    return tomlkit.dumps(said)


def test_a_longer_notice_makes_cases_wait_so_much_longer(office):
    done, *_ = played(office)
    number = amended(office)
    saved(office, number, "procedure.toml", longer)

    _, found = tried(office, f"a{number}")

    assert found[done]["kind"] == "same"
    assert found[done]["days"] == 3


def test_it_can_be_called_off_and_what_was_tried_stays(one_office, monkeypatch):
    played(one_office)
    monkeypatch.setattr("app.comparing.working.A_FEW", 1)
    command = BeginBacktest(procedure=KEY, code="v1")
    number = one_office.executor.execute(command, by=one_office.actor(ADMIN))
    assert keep_trying(one_office.executor) == 1

    one_office.executor.execute(CancelBacktest(backtest_id=number), by=one_office.actor(ADMIN))

    assert keep_trying(one_office.executor) == 0
    page = one_office.browser(ADMIN).get(f"/backtests/{number}")
    assert "已取消，检验了 1 / 3 件" in page.text


def test_the_page_shows_how_far_it_is_then_where_cases_differ_and_nothing_personal(one_office):
    done, *_ = played(one_office)
    number = amended(
        one_office, ('=township_review.conclusion = "审核通过"', '=township_review.conclusion = "再议"')
    )
    admin, form = one_office.browser(ADMIN), f"/procedures/{KEY}/backtests"
    assert "回溯检验" in admin.get(form).text
    assert "请填写日期" in admin.post(form, form, draft=f"a{number}", most="100", since="昨天").text
    answer = admin.post(form, form, draft=f"a{number}", most="100", assume="1")
    assert answer.status_code == 303
    assert "正在检验：0 / 3 件" in admin.get(answer.location).text

    worker.drain(one_office.executor)

    page = admin.get(answer.location).text
    assert admin.get(answer.location, headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"
    assert "已检验完 3 件" in page
    assert f"/handling/{done}" in page
    assert demo.households()[0].name not in page
    heat = admin.get(f"{answer.location}/diagram.json").json
    assert heat["heat"] == {"township_gateway": {"words": "1 件", "much": 3}}
    assert f"/cases/{done}" in one_office.browser(SUPERVISOR).get(answer.location).text
    assert one_office.browser(BUREAU).get(answer.location).status_code == 403


def test_what_cannot_be_tried_is_refused(one_office):
    number = amended(one_office, ("</bpmn:process>", ""))

    with pytest.raises(Invalid):
        one_office.executor.execute(BeginBacktest(procedure=KEY, code="v1"), by=one_office.actor(ADMIN))
    with pytest.raises(NotFound):
        one_office.executor.execute(BeginBacktest(procedure=KEY, code="v9"), by=one_office.actor(ADMIN))
    page = one_office.browser(ADMIN)
    form = f"/procedures/{KEY}/backtests"
    assert "process.bpmn" in page.post(form, form, draft=f"a{number}", most="100").text


def test_a_form_that_asks_more_is_missing_something_in_every_case_that_came_by(one_office):
    played(one_office)
    number = amended(one_office, LIMIT)
    more = '{"type": "textfield", "key": "new_one", "label": "新问题", "validate": {"required": true}},'
    saved(
        one_office,
        number,
        "forms/fp_01_ds_household_check.json",
        lambda text: text.replace('"components": [', '"components": [' + more, 1),
    )

    _, found = tried(one_office, f"a{number}")

    assert {one["kind"] for one in found.values()} == {"missing"}
    assert {one["first"]["why"] for one in found.values()} == {"新表单要求而原记录缺填或不符：“新问题”"}
