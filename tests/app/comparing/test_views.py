"""The pages of a procedure's versions: which there are, two of them side by side, and who may look."""

import pytest
from sqlalchemy import select

from app.organisation.commands import GrantRole
from tests.app.office import BUREAU, SUPERVISOR
from workflows.commands import CONSOLE
from workflows.designing.amending import OpenAmendment, SaveAmendment
from workflows.designing.amendments import Amendment

ADMIN, ABROAD = "dongsheng-admin1", "ewenke-rvb1"
KEY = "fp_01_ds"
COMPARE = f"/procedures/{KEY}/compare?from=v1&to=a{{}}"


def amended(office, *turned, by=ADMIN):
    """An amendment whose diagram has other words; gives its id."""
    number = office.executor.execute(OpenAmendment(procedure=KEY, title="改时限"), by=office.actor(by))
    with office.executor.database.reading() as session:
        files = session.scalars(select(Amendment.files).where(Amendment.id == number)).one()
    text = files["process.bpmn"]
    for before, after in turned:
        assert before in text
        text = text.replace(before, after)
    changed = SaveAmendment(amendment_id=number, revision=1, changes={"process.bpmn": text})
    office.executor.execute(changed, by=office.actor(by))
    return number


LIMIT = ("=workdays(param.village_review_days)", "=workdays(param.village_review_days + 1)")


def test_an_administrator_sees_what_an_amendment_changes(office):
    number = amended(office, LIMIT)
    admin = office.browser(ADMIN)

    versions = admin.get(f"/procedures/{KEY}/versions")
    page = admin.get(COMPARE.format(number))

    assert "第 1 版" in versions.text
    assert f"修订稿 {number}：改时限" in versions.text
    assert "共 1 处变化：环节和事件 1 处。" in page.text
    assert "办理期限" in page.text
    assert "<ins>参数“村评议时限” + 1 个工作日</ins>" in page.text


def test_the_two_diagrams_are_given_with_their_marks(one_office):
    number = amended(one_office, LIMIT)
    admin = one_office.browser(ADMIN)
    asked = COMPARE.format(number)

    old, new = (admin.get(asked.replace("compare?", f"compare/{which}.bpmn?")) for which in ("old", "new"))
    marks = admin.get(asked.replace("compare?", "compare/new.json?")).json

    assert "village_review_days)" in old.text
    assert "village_review_days + 1)" in new.text
    assert marks["marks"] == {"village_review": "changed"}
    assert "办理期限由" in marks["elements"]["village_review"]["words"]


def test_what_cannot_be_read_is_said_and_the_page_still_stands(one_office):
    number = amended(one_office, ("</bpmn:process>", ""))

    page = one_office.browser(ADMIN).get(COMPARE.format(number))

    assert page.status_code in {409, 422}
    assert "暂不能比较" in page.text
    assert "process.bpmn" in page.text


def test_a_form_that_is_none_is_said_by_its_name(one_office):
    number = amended(one_office)
    changed = {"forms/fp_01_ds_apply.json": "[1]"}
    save = SaveAmendment(amendment_id=number, revision=2, changes=changed)
    one_office.executor.execute(save, by=one_office.actor(ADMIN))

    page = one_office.browser(ADMIN).get(COMPARE.format(number))

    assert "forms/fp_01_ds_apply.json" in page.text


@pytest.mark.parametrize(("who", "status"), [(SUPERVISOR, 200), (BUREAU, 403), (ABROAD, 404)])
def test_only_who_administers_or_supervises_the_procedure_looks(one_office, who, status):
    number = amended(one_office, LIMIT)
    abroad = one_office.actor(ABROAD)
    one_office.executor.execute(
        GrantRole(person_id=abroad.person_id, unit_id=abroad.grants[0].unit_id, role="procedure_admin"),
        by=CONSOLE,
    )
    browser = one_office.browser(who)

    answers = [browser.get(path) for path in (f"/procedures/{KEY}/versions", COMPARE.format(number))]

    assert [answer.status_code for answer in answers] == [status, status]


def test_a_version_that_is_not_there_is_not_found(one_office):
    admin = one_office.browser(ADMIN)

    for code in ("v9", "a9", "x", "v99999999999"):
        assert admin.get(f"/procedures/{KEY}/compare?from=v1&to={code}").status_code == 404
    assert admin.get("/procedures/none/versions").status_code == 404
