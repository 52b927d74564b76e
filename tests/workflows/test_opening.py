"""A case that begins another: both stand or neither, linked, once for each element and round."""

import pytest
from sqlalchemy import select

from app.cases import queries
from app.demo import answers
from app.demo.households import household
from tests.workflows.designing import drafts
from tests.workflows.spiff import drawing
from workflows.cases import Case, journal
from workflows.commands import CONSOLE, Actor
from workflows.designing.publish import PublishVersion
from workflows.errors import Refusal
from workflows.running import CompleteWorkItem, StartCase
from workflows.work_items import OPEN, WorkItem


def clue(*, rows="", **inputs):
    """A clue is looked at, and leads to a case of another procedure."""
    said = {"procedure": '"fp_01_ds"', "reason": '"线索属实"', **inputs}
    begin = drafts.service("begin", "case.start", **said)
    if rows:
        loop = drawing.loop(over=rows, item="row").replace(
            "inputCollection=", 'outputCollection="begun" outputElement="=begin.case" inputCollection='
        )
        begin = begin.replace("</bpmn:serviceTask>", f"{loop}</bpmn:serviceTask>")
    body = drafts.task("look") + begin + drafts.task("after")
    return drafts.one(body, "look", "begin", "after", start_roles=["village_committee"], start={"step": ""})


class Desk:
    def __init__(self, town, bundle):
        self.town, self.staff = town, max(town.staffs, key=lambda staff: len(staff.township))
        self.actor = self.staff.cadres[0]
        town.do(PublishVersion(bundle=bundle), CONSOLE)
        command = StartCase(procedure="P", division=self.staff.division)
        self.number = town.do(command, self.actor).number

    def case(self, number=None):
        query = select(Case).where(Case.number == (number or self.number))
        return self.town.read(lambda session: session.scalars(query).one())

    def begun(self):
        query = select(Case).where(Case.parent_number == self.number).order_by(Case.id)
        return self.town.read(lambda session: session.scalars(query).all())

    def items(self, number):
        query = select(WorkItem).where(WorkItem.case_number == number, WorkItem.state.in_(OPEN))
        return self.town.read(lambda session: session.scalars(query).all())

    def look(self):
        [item] = self.items(self.number)
        self.town.do(CompleteWorkItem(item_id=item.id), self.actor)


def test_a_clue_begins_an_identification_that_waits_for_its_application(town):
    desk = Desk(town, clue(subject='{name: "张三", key: "z3"}'))

    desk.look()

    [child] = desk.begun()
    assert desk.case().variables["begin"] == {
        "case": child.number,
        "procedure": "fp_01_ds",
        "existed": False,
        "why": f"发起“东胜区监测对象识别”，办件编号 {child.number}",
    }
    assert (child.subject_name, child.subject_key, child.division) == ("张三", "z3", desk.staff.division)
    assert [item.step for item in desk.items(child.number)] == ["apply"]
    first = town.read(lambda session: journal(session, child.id))[0]
    assert desk.number in first.why
    assert first.why.endswith("：线索属实")
    [entry] = town.entries(f"case:{child.number}")
    assert (entry.command, entry.actor_id) == ("StartCase", None)
    assert town.verified().sound


def test_the_case_it_began_goes_on_by_itself(town_on_sqlite):
    town = town_on_sqlite
    desk = Desk(town, clue(subject='{name: "张三"}'))
    desk.look()
    [child] = desk.begun()
    given = answers.application(household(1, desk.staff.village), desk.town.today, desk.actor.name)
    [apply] = desk.items(child.number)

    town.do(CompleteWorkItem(item_id=apply.id, answers=given), desk.actor)

    assert [item.step for item in desk.items(child.number)] == ["household_check"]


def test_a_subject_with_a_running_case_gets_no_second_one(town):
    subject = '{name: "张三", key: "z3"}'
    first = Desk(town, clue(subject=subject))
    first.look()
    [child] = first.begun()
    second = Desk(town, clue(subject=subject))

    second.look()

    assert second.begun() == []
    given = second.case().variables["begin"]
    assert (given["case"], given["existed"]) == (child.number, True)


def test_answers_the_other_form_refuses_leave_both_cases_as_they_were(town):
    desk = Desk(town, clue(subject='{name: "张三"}', answers='{head_name: ""}'))

    with pytest.raises(Refusal):
        desk.look()

    assert desk.begun() == []
    assert [item.step for item in desk.items(desk.number)] == ["look"]
    assert town.verified().sound


def test_each_row_begins_a_case_of_its_own(town_on_sqlite):
    rows = '=[{name: "甲", key: "1"}, {name: "乙", key: "2"}]'
    desk = Desk(town_on_sqlite, clue(rows=rows, subject="row"))

    desk.look()

    cases = desk.begun()
    assert [case.subject_name for case in cases] == ["甲", "乙"]
    assert desk.case().variables["begun"] == [case.number for case in cases]


def test_the_other_case_can_name_where_it_came_from(town_on_sqlite):
    # P begins Q, whose gateway asks for its parent.
    town = town_on_sqlite
    q = drafts.one(
        drafts.service("tell", "notify.send", about="case.parent", text='"见办件"'),
        "tell",
        start_roles=[],
    )
    q = type(q)(
        key="Q",
        meta={**q.meta, "key": "Q"},
        diagrams={"process.bpmn": q.diagrams["process.bpmn"].replace('id="P"', 'id="Q"')},
        decisions={},
        forms={},
    )
    town.do(PublishVersion(bundle=q), CONSOLE)
    desk = Desk(town, clue(procedure='"Q"'))

    desk.look()

    [child] = desk.begun()
    assert (child.state, child.parent_number) == ("ended", desk.number)


def test_both_pages_show_the_other_case_to_whoever_may_read_it(town_on_sqlite):
    town = town_on_sqlite
    desk = Desk(town, clue(subject='{name: "张三"}'))
    desk.look()
    [child] = desk.begun()

    def links(number, actor):
        return town.read(lambda session: queries.linked(session, actor, desk_case(session, number)))

    def desk_case(session, number):
        return session.scalars(select(Case).where(Case.number == number)).one()

    [down], [up] = links(desk.number, desk.actor), links(child.number, desk.actor)
    assert (down.number, down.began_this) == (child.number, False)
    assert (up.number, up.began_this) == (desk.number, True)
    assert links(child.number, Actor(kind="person", name="旁人", person_id=999_999)) == []
