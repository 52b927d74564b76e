"""A step that is done once for each element of a list: whose it is, what it sees, what is kept of it."""

import json
import random

import pytest
from sqlalchemy import select

from tests.workflows.designing import drafts
from tests.workflows.spiff import drawing
from workflows import catalogue
from workflows.cases import Case
from workflows.commands import CONSOLE
from workflows.designing import lint
from workflows.designing.publish import PublishVersion
from workflows.errors import Conflict, Invalid
from workflows.running import CompleteWorkItem, SaveDraft, StartCase
from workflows.work_items import OPEN, WorkItem

ROWS = '=for i in 1..{count} return {{name: "户" + string(i), key: "k" + string(i)}}'
FORM = json.dumps(
    {
        "type": "default",
        "components": [
            {
                "type": "radio",
                "key": "conclusion",
                "label": "结论",
                "values": [{"label": each, "value": each} for each in ("是", "否", "弃权")],
                "validate": {"required": True},
            },
            {
                "type": "textfield",
                "key": "said",
                "label": "内容",
                "properties": {
                    "check": 'said != "别人" and starts with(household.name, "户")',
                    "check_message": "只能写本户的情况。",
                },
            },
        ],
    },
    ensure_ascii=False,
)


def loop(over, *, output="visits", element="={key: household.key, conclusion: conclusion}", **how):
    drawn = drawing.loop(over=over, item="household", **how)
    kept = f'outputCollection="{output}" outputElement="{element}" ' if output else ""
    return drawn.replace("inputCollection=", f"{kept}inputCollection=")


def draft(inside, *, due="", after="", name_it=None, form="visit", role="village_committee", level="village"):
    """A visit to each of a list, then a look at the whole."""
    visit = drafts.task("visit", form, due=due, inside=inside, role=role, level=level)
    if name_it:
        said = "".join(f'<zeebe:property name="{key}" value="{value}"/>' for key, value in name_it.items())
        visit = visit.replace("<zeebe:properties>", f"<zeebe:properties>{said}", 1)
    look = drafts.task("look", "", due=after)
    forms = {"visit": FORM} if form else {}
    start = {"step": ""}
    return drafts.one(
        visit + look, "visit", "look", forms=forms, start_roles=["village_committee"], start=start
    )


class Round:
    """A case whose first step is done by several."""

    def __init__(self, town, bundle):
        self.town, self.staff = town, max(town.staffs, key=lambda staff: len(staff.township))
        self.actor = self.staff.cadres[0]
        town.do(PublishVersion(bundle=bundle), CONSOLE)
        self.case_id = town.do(StartCase(procedure="P", division=self.staff.division), self.actor).case_id

    def case(self):
        return self.town.read(lambda session: session.get(Case, self.case_id))

    def items(self, *states):
        query = select(WorkItem).where(WorkItem.case_id == self.case_id).order_by(WorkItem.id)
        found = self.town.read(lambda session: session.scalars(query).all())
        return [item for item in found if item.state in (states or OPEN)]

    def do(self, item, conclusion="是", **answers):
        command = CompleteWorkItem(item_id=item.id, answers={"conclusion": conclusion, **answers})
        self.town.do(command, self.actor)


def test_each_household_has_an_item_of_its_own(town):
    visits = Round(town, draft(loop(ROWS.format(count=3)), due='=date("2026-12-0" + string(loopCounter))'))

    items = visits.items()

    assert [item.subject_name for item in items] == ["户1", "户2", "户3"]
    assert [item.round for item in items] == [1, 1, 1]
    assert [item.due_at.day for item in items] == [1, 2, 3]
    assert items[1].member == {"household": {"name": "户2", "key": "k2"}, "loopCounter": 2}


@pytest.mark.parametrize("seed", range(3))
def test_in_whatever_order_they_are_done_the_list_keeps_theirs(town_on_sqlite, seed):
    visits = Round(town_on_sqlite, draft(loop(ROWS.format(count=7)), after="=today()"))
    said, order = {}, visits.items()
    random.Random(seed).shuffle(order)  # noqa: S311 (an order, no secret)

    for number, item in enumerate(order):
        said[item.member["household"]["key"]] = ("是", "否", "弃权")[number % 3]
        visits.do(item, said[item.member["household"]["key"]])

    variables = visits.case().variables
    assert variables["visits"] == [{"key": f"k{i}", "conclusion": said[f"k{i}"]} for i in range(1, 8)]
    assert variables["visit"] == {"total": 7, "done": 7, "yes": 3, "no": 2, "abstain": 2}
    assert [item.step for item in visits.items()] == ["look"]
    assert town_on_sqlite.verified().sound


def test_one_after_another_each_sees_the_list_as_it_was(town):
    visits = Round(town, draft(loop(ROWS.format(count=3), sequential=True)))
    seen = []

    while [item.step for item in visits.items()] == ["visit"]:
        [item] = visits.items()
        seen.append((item.subject_name, item.round))
        visits.do(item)

    assert seen == [("户1", 1), ("户2", 1), ("户3", 1)]
    assert len(visits.case().variables["visits"]) == 3


def test_the_form_sees_its_own_household_and_nobody_elses_answers(town):
    visits = Round(town, draft(loop(ROWS.format(count=2), element="=visit")))
    one, other = visits.items()
    visits.do(one, "否", said="户1的情况")

    with pytest.raises(Invalid) as refusal:
        visits.do(other, "是", said="别人")
    visits.do(other)

    assert "said" in refusal.value.errors
    assert "visit" not in visits.case().variables or "said" not in visits.case().variables["visit"]
    first, second = visits.case().variables["visits"]
    assert (first["conclusion"], first["said"]) == ("否", "户1的情况")
    assert second["conclusion"] == "是"
    assert not second.get("said")


def test_a_draft_belongs_to_one_household(town):
    visits = Round(town, draft(loop(ROWS.format(count=2))))
    one, other = visits.items()

    town.do(SaveDraft(item_id=one.id, answers={"said": "写到一半"}), visits.actor)

    drafts_kept = [item.draft for item in visits.items()]
    assert drafts_kept[0]["said"] == "写到一半"
    assert drafts_kept[1] is None
    assert other.id != one.id


def test_enough_votes_withdraw_the_rest_and_leave_nothing_in_their_places(town):
    visits = Round(town, draft(loop(ROWS.format(count=3), until="=yes * 2 > total")))
    first, second, third = visits.items()

    visits.do(third)
    visits.do(first)

    assert visits.case().variables["visits"] == [
        {"key": "k1", "conclusion": "是"},
        None,
        {"key": "k3", "conclusion": "是"},
    ]
    assert [item.id for item in visits.items("withdrawn")] == [second.id]


def test_each_element_names_the_unit_that_acts(town):
    over = '=["民政局", "education", "county_rvb", "东胜区卫生健康委员会"]'
    bundle = draft(
        loop(over, output="").replace('inputElement="household"', 'inputElement="unit"'),
        name_it={"unit": "=unit"},
        form="",
        role="industry_dept",
        level="department",
    )
    signing = Round(town, bundle)

    found = [(item.subject_name, item.role, item.unit) for item in signing.items()]

    assert found == [
        ("民政局", "industry_dept:civil_affairs", "东胜区民政局"),
        ("education", "industry_dept:education", "东胜区教育体育局"),
        ("county_rvb", "county_rvb", "东胜区乡村振兴局"),
        ("东胜区卫生健康委员会", "industry_dept:health", "东胜区卫生健康委员会"),
    ]


def test_a_unit_nobody_knows_stops_the_step_and_says_so(town):
    bundle = draft(loop('=["没有的局"]', output=""), name_it={"unit": "=household"}, form="")

    with pytest.raises(Conflict, match="没有的局"):
        Round(town, bundle)


def test_three_hundred_households_stay_quick_to_open_and_the_state_small(town_on_sqlite):
    visits = Round(town_on_sqlite, draft(loop(ROWS.format(count=300))))
    items = visits.items()
    assert len(items) == 300

    visits.do(items[150])

    case = visits.case()
    assert len(case.engine_state) < 300 * 40
    assert len(json.dumps(case.variables)) < 200
    assert len(case.rounds) <= 2


def test_answers_of_several_inside_a_subprocess_are_refused():
    inner = loop(ROWS.format(count=2)) + drawing.node("startEvent", "s2") + drafts.task("visit", "visit")
    inner += drafts.end("e2") + drawing.chain("s2", "visit", "e2")
    bundle = drafts.one(drawing.node("subProcess", "SP", inner), "SP", forms={"visit": FORM})

    assert "loop.inner" in {finding.rule for finding in lint.bundle(bundle)}


def test_a_walk_plays_each_instance_with_its_own_element():
    bundle = draft(loop(ROWS.format(count=2)))
    done = [{"do": "complete", "step": "visit", "answers": {"conclusion": each}} for each in ("是", "否")]

    walked = drafts.walk(bundle, *done, {"do": "complete", "step": "look"})

    assert walked.problems == ()
    assert walked.values["visits"] == [{"key": "k1", "conclusion": "是"}, {"key": "k2", "conclusion": "否"}]
    assert walked.steps == ("visit", "look")
    assert catalogue.prepare(bundle).start_element() is None


def test_who_comes_onto_the_list_meanwhile_is_visited_before_the_end(town_on_sqlite):
    first = '{name: "甲", subject: "1"}, {name: "乙", subject: "2"}'
    listed = f'(if count(seen) = 0 then [{first}] else [{first}, {{name: "丙", subject: "3"}}])'
    missing = f"{listed}[not(list contains(seen.subject, item.subject))]"
    again = drafts.service("households", "notify.send", about='"排查"', text='"名单"')
    kept = "=concatenate(if seen = null then [] else seen, if visits = null then [] else visits)"
    again = again.replace(
        "</zeebe:ioMapping>", f'<zeebe:output source="{kept}" target="seen"/></zeebe:ioMapping>'
    )
    inside = loop(f"={missing}", element="={subject: household.subject}")
    body = drawing.START + again + drawing.xor("covered", "more")
    body += drafts.task("visit", "visit", inside=inside) + drafts.end("over", "全覆盖")
    body += drawing.chain("S", "households", "covered")
    body += drawing.flow("covered", "over", f"=count({missing}) = 0")
    body += drawing.flow("covered", "visit", key="more") + drawing.flow("visit", "households")
    visits = Round(
        town_on_sqlite,
        drafts.bundle(body, forms={"visit": FORM}, start_roles=["village_committee"], start={"step": ""}),
    )

    seen = []
    while items := visits.items():
        seen.append([(item.subject_name, item.round) for item in items])
        for item in items:
            visits.do(item)

    assert seen == [[("甲", 1), ("乙", 1)], [("丙", 2)]]
    assert visits.case().outcome == "全覆盖"
