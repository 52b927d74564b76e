"""What the desk calls an error keeps an amendment from being handed in: one lint, one office."""

import pytest
from sqlalchemy import select

from app.designer import queries
from tests.published import AUTHOR, DOCUMENT
from workflows.designing.amending import OpenAmendment, SaveAmendment
from workflows.designing.amendments import Amendment
from workflows.designing.publish import Unpublishable
from workflows.designing.reviewing import SubmitAmendment

KEY = "fp_01_ds"
FILE = "000_ad920af171c7151f.txt"
CLAUSE = f"{FILE}｜严格履行提交申请、入户核实、村评议公示、镇（街道）审核和区级比对审定的程序"
INVENTED = f"{CLAUSE}，并由系统自行决定"


def changed(office, **changes):
    """An amendment with these words in its files instead of others."""
    by = office.actor(AUTHOR)
    amendment = office.executor.execute(OpenAmendment(procedure=KEY, title="修订"), by=by)
    with office.executor.database.reading() as session:
        files = session.get_one(Amendment, amendment).files
    new = {}
    for name, (old, other) in changes.items():
        assert old in files[name]
        new[name] = files[name].replace(old, other)
    office.executor.execute(SaveAmendment(amendment_id=amendment, revision=1, changes=new), by=by)
    return amendment


def errors(office, amendment):
    """The rules the desk's page names as broken."""
    with office.executor.database.reading() as session:
        row = session.scalars(select(Amendment).where(Amendment.id == amendment)).one()
        found = queries.findings(session, KEY, row.files)
    return {each.rule for each in found if each.severity == "error"}


def handed_in(office, amendment):
    command = SubmitAmendment(
        amendment_id=amendment, revision=2, document=DOCUMENT, effective_at=office.executor.clock.now()
    )
    office.executor.execute(command, by=office.actor(AUTHOR))


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"process.bpmn": ('"role" value="township_gov"', '"role" value="nobody"')}, "role.unknown"),
        ({"process.bpmn": ("warning_ledger", "no_such_register")}, "operation.register"),
        ({"process.bpmn": (CLAUSE, INVENTED)}, "basis.quotation"),
        ({"forms/fp_01_ds_township_review.json": ('"radio"', '"hologram"')}, "form.unreadable"),
    ],
)
def test_what_the_page_calls_an_error_is_refused_when_it_is_handed_in(one_office, changes, rule):
    amendment = changed(one_office, **changes)
    assert rule in errors(one_office, amendment)

    with pytest.raises(Unpublishable) as refusal:
        handed_in(one_office, amendment)

    assert any(f"[{rule}]" in where for where in refusal.value.errors)


def test_a_document_laid_to_an_amendment_takes_no_shipped_one_s_place(one_office):
    by = one_office.actor(AUTHOR)
    amendment = changed(one_office, **{"process.bpmn": (CLAUSE, INVENTED)})
    laid = {f"sources/{FILE}": INVENTED.partition("｜")[2]}
    one_office.executor.execute(SaveAmendment(amendment_id=amendment, revision=2, changes=laid), by=by)

    assert "basis.quotation" in errors(one_office, amendment)
