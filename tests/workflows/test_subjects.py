"""What a case is about when it is no household, and which unit then acts."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from app.catalogue import queries
from app.security import demo
from tests.workflows.designing import drafts
from workflows import catalogue
from workflows.cases import Case
from workflows.commands import CONSOLE
from workflows.designing import lint
from workflows.designing.publish import PublishVersion
from workflows.errors import Conflict
from workflows.offering import NoRole
from workflows.running import CompleteWorkItem, StartCase
from workflows.work_items import OPEN, WorkItem

VILLAGE, OTHER_VILLAGE, TOWNSHIP = "150602100202", "150602100208", "150602100000"
WORDS = {"民政": "civil_affairs", "教育": "education"}
KNOWN = ", ".join(f'{word}: "{key}"' for word, key in WORDS.items())
WHO = f'="industry_dept:" + get value({{{KNOWN}}}, apply.department)'
PROJECT = {"kind": "project", "name": "apply.project", "key": ["case.division", "apply.project"]}


def draft(**meta):
    """A department writes a project down; the department it names looks at it."""
    first = drafts.task("apply", "declare", role="industry_dept", level="department")
    second = drafts.task("look", "", role="industry_dept", level="department")
    assignment = "<zeebe:assignmentDefinition candidateGroups='" + WHO + "'/>"
    second = second.replace("<zeebe:properties>", assignment + "<zeebe:properties>", 1)
    forms = {"declare": drafts.form("project", department=[*WORDS, "没有的部门"])}
    said = {"start_roles": ["industry_dept"], "subject": PROJECT, **meta}
    return drafts.one(first + second, "apply", "look", forms=forms, **said)


def person(town, username):
    return town.read(
        lambda session: next(
            account.actor("-") for account in demo.accounts(session) if account.username == username
        )
    )


@pytest.fixture
def projects(town):
    """The town with the draft in force."""
    town.do(PublishVersion(bundle=draft()), CONSOLE)
    return town


def start(town, by="dongsheng-housing1", division=VILLAGE, project="村内道路硬化", department="教育"):
    answers = {"project": project, "department": department}
    command = StartCase(procedure="P", division=division, answers=answers)
    return town.do(command, person(town, by)).case_id


def case(town, case_id):
    return town.read(lambda session: session.get(Case, case_id))


def open_item(town, case_id):
    query = select(WorkItem).where(WorkItem.case_id == case_id, WorkItem.state.in_(OPEN))
    return town.read(lambda session: session.scalars(query).one())


def test_a_project_is_told_by_the_fields_its_procedure_names(projects):
    about = case(projects, start(projects, project="村内 道路硬化")).subject

    assert (about["kind"], about["name"]) == ("project", "村内 道路硬化")
    assert about["key"] == f"project:{VILLAGE}/村内道路硬化"
    assert "identity" not in about


def test_a_project_has_one_running_case_per_procedure(projects):
    start(projects)

    with pytest.raises(Conflict) as refusal:
        start(projects, project="村内道路 硬化")

    assert refusal.value.code == "case.already_running"


def test_a_project_of_the_same_name_in_another_village_is_another(projects):
    one, other = start(projects), start(projects, division=OTHER_VILLAGE)

    assert case(projects, one).subject_key != case(projects, other).subject_key


def test_a_long_key_still_fits_and_still_tells_projects_apart(projects):
    name = "乡村振兴产业融合发展示范园区" * 4
    one, other = start(projects, project=name + "一期"), start(projects, project=name + "二期")

    keys = [case(projects, each).subject_key for each in (one, other)]
    assert [len(key) for key in keys] == [64, 64]
    assert len(set(keys)) == 2


def test_the_first_step_is_done_in_the_unit_of_whoever_starts(projects):
    started = start(projects)
    query = select(WorkItem).where(WorkItem.case_id == started, WorkItem.step == "apply")

    item = projects.read(lambda session: session.scalars(query).one())

    assert (item.role, item.unit) == ("industry_dept:housing", "东胜区住房和城乡建设局")
    assert case(projects, started).subject["from"]["unit"] == "东胜区住房和城乡建设局"


def test_a_step_goes_to_the_department_that_the_case_names(projects):
    item = open_item(projects, start(projects, department="教育"))

    assert (item.role, item.unit) == ("industry_dept:education", "东胜区教育体育局")
    projects.do(CompleteWorkItem(item_id=item.id, answers={}), person(projects, "dongsheng-education1"))
    assert case(projects, item.case_id).state == "ended"


def test_a_department_nobody_knows_leaves_the_case_unstarted(projects):
    with pytest.raises(NoRole):
        start(projects, department="没有的部门")

    assert projects.read(lambda session: session.scalars(select(Case.id)).all()) == []


def test_a_key_that_the_start_form_does_not_ask_for_is_found():
    wrong = replace(draft(subject={**PROJECT, "key": ["case.division", "apply.code"]}))

    assert "procedure.subject" in [finding.rule for finding in lint.errors(wrong)]


def test_a_county_department_may_start_what_is_in_force_in_one_township_and_only_there(town):
    town.do(PublishVersion(bundle=draft(division=TOWNSHIP)), CONSOLE)
    release = town.read(lambda session: catalogue.current(session, "P"))
    housing = person(town, "dongsheng-housing1")

    offered = town.read(lambda session: queries.places(session, housing, release))

    assert queries.starting_divisions(housing, release) == [TOWNSHIP]
    assert [code for _, inside in offered for code, _ in inside] == [TOWNSHIP]
