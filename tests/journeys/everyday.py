"""A district in the middle of its work: something of everything that pages show."""

from datetime import datetime, timedelta
from pathlib import Path

from app.absences.commands import AppointDeputy
from app.batches.commands import BeginBatch, Pick
from app.comparing.commands import BeginBacktest
from app.demo.cases import seed_cases
from app.demo.commands import SeedRegisters
from app.handover.commands import HandOver
from app.keeping.rounds import BeginRound, HandleLine
from app.keeping.rounds import Pick as Disposing
from app.organisation import queries as people
from app.relatives.commands import DeclareRelative
from tests.app.messages.house import Tell
from tests.app.relatives.family import OTHERS
from tests.clock import LOCAL, TurnableClock
from tests.databases import make_tables
from tests.journeys.town import CADRE, HOUSEHOLD, PROCEDURE, TOWNSHIP, Town, bundle, furnish, household
from tests.published import published
from workflows.clock import local_date
from workflows.commands import CONSOLE
from workflows.copies import SendCopies
from workflows.designing.amending import OpenAmendment, SaveAmendment
from workflows.designing.amendments import Amendment
from workflows.designing.migrating import PlanMigration
from workflows.designing.publish import PublishVersion
from workflows.handling import SuspendCase
from workflows.signing import AddSigners

NOW = datetime(2026, 11, 20, 10, 30, tzinfo=LOCAL)
CASES = 24
LIBRARY = Path(__file__).resolve().parents[2] / "bpmn"
SCENARIOS = (LIBRARY / PROCEDURE / "scenarios.toml").read_text()
DECISIONS = (LIBRARY / "as_01_aq" / "decisions.dmn").read_text()
"""What an amendment of the town holds besides what is in force."""
OBJECTION = {"name": "李四", "phone": "13900001111", "reason": "该户去年已领到保险赔款，请再核实。"}
PROBLEM = {"name": "包长贵", "status": "已整改", "reason": "入户排查发现。", "c.问题类别": ["饮水安全"]}
PROBLEM |= {"c.发现日期": "2026-11-02", "c.问题": "井水浑浊，入冬前需换泵。"}
CHANGE = {"value": "7", "effective": "2026-12-01", "reason": "村里路远，多留两天。"}
PEOPLE = {
    "village": CADRE,
    "township": TOWNSHIP,
    "county": "dongsheng-rvb1",
    "department": "dongsheng-civil-affairs1",
    "household": HOUSEHOLD,
    "procedures": "dongsheng-admin1",
    "supervisor": "dongsheng-supervisor1",
    "system_officer": "system-officer",
    "security_officer": "security-officer",
    "audit_officer": "audit-officer",
    "neighbour": "ewenke-rvb1",
    "public": None,
}
"""Who looks at pages, by what they are; the public has no account."""


def everyday(folder):
    """The town, on a database of its own in ``folder``."""
    url = f"sqlite:///{folder / 'office.sqlite3'}"
    make_tables(url)
    furnish(url)
    town = Town(url, TurnableClock(NOW), folder, demo=True)
    town.executor.execute(SeedRegisters(), by=CONSOLE)
    seed_cases(town.executor, CASES, data_dir=folder, until=NOW)
    _some_of_everything(town)
    return town


def _some_of_everything(town):
    """A case of the household's own, one refused with its paper, one objected to, a parameter to confirm."""
    own = household(HOUSEHOLD)
    mine = {"head_name": own.name, "head_identity": own.identity, "phone": own.phone}
    town.up_to("township_review", **mine)
    refused = town.up_to("household_check", head_identity="150602197511032152")
    town.do(refused, "household_check", "check_false")
    objected = town.up_to("publicity", head_identity="150602198202263082")
    town.brief(objected, "publicity")
    town.work()
    cadre = town.person(CADRE)
    cadre.open(f"/procedures/{PROCEDURE}/start")
    assert "草稿" in cadre.press("存为草稿", head_name="郝三仁").words
    visitor = town.stranger()
    visitor.open(visitor.open("/notices").rows[0].get("data-href"))
    assert "异议" in visitor.press("提交异议", **OBJECTION).words
    town.work()
    admin = town.person(PEOPLE["procedures"])
    admin.open(admin.open(f"/parameters/{PROCEDURE}").link("调整"))
    assert "待核准" in admin.press("提交提议", **CHANGE).words
    _tried_on_the_past(town)
    _asked_and_unsent(town)
    _sent_round_and_resting(town)
    _at_once_on_leave_and_handed_over(town)
    _procedures_changing(town)
    _ordered(town)
    neighbour = town.person(PEOPLE["neighbour"])
    page = neighbour.open("/registers/problems_ew/new")
    village = page.css("select#division option")[1].get("value")
    neighbour.press("登记", **PROBLEM, division=village)
    assert "包长贵" in neighbour.page.words, neighbour.page.words


def _ordered(town):
    """An overdue step its supervisor has ordered about; others of the same town only might be."""
    town.executor.execute(PublishVersion(bundle=bundle("db_02_ds")), by=CONSOLE)
    town.work()
    supervisor = town.person(PEOPLE["supervisor"])
    listed = supervisor.open("/supervision/orders", query_string={"part": "proposed"})
    supervisor.open(next(a.get("href") for a in listed.css(".items a") if "/orders/new" in a.get("href")))
    supervisor.press("下达督办单", demand="请在回复时限内办结，并说明超期的原因。")
    assert "督办单" in supervisor.page.words, supervisor.page.words


def _tried_on_the_past(town):
    """An amendment under which what was found to be true is not, held against the cases there were."""
    admin = PEOPLE["procedures"]
    amendment = town.perform(OpenAmendment(procedure=PROCEDURE, title="改核实条件"), admin)
    text = town.read(lambda session: session.get_one(Amendment, amendment).files["process.bpmn"])
    other = text.replace('household_check.conclusion = "属实"', 'household_check.conclusion = "不属实"')
    assert other != text
    changes = {"process.bpmn": other}
    town.perform(SaveAmendment(amendment_id=amendment, revision=1, changes=changes), admin)
    town.perform(BeginBacktest(procedure=PROCEDURE, code=f"a{amendment}"), admin)
    town.work()


def _procedures_changing(town):
    """An amendment being drafted, a new version with the old one's cases judged, and a version to come."""
    published(town.perform, town.read, PROCEDURE, town.clock.now())
    town.clock.advance(seconds=1)
    moving = PlanMigration(procedure=PROCEDURE, to=2, reason="按新通知办理。")
    town.perform(moving, PEOPLE["procedures"])
    town.work()
    later = town.clock.now() + timedelta(days=30)
    published(town.perform, town.read, PROCEDURE, later, title="调整办理期限")
    amendment = town.perform(OpenAmendment(procedure=PROCEDURE, title="增加镇级复核"), PEOPLE["procedures"])
    changes = {"scenarios.toml": SCENARIOS, "decisions.dmn": DECISIONS}
    save = SaveAmendment(amendment_id=amendment, revision=1, changes=changes)
    town.perform(save, PEOPLE["procedures"])


def _at_once_on_leave_and_handed_over(town):
    """A batch, a leave to come with its deputy, a relative declared, a leaver's work handed on."""
    town.perform(BeginBatch(action="claim", picks=(Pick(987_654, 1),)), TOWNSHIP)

    def who(username):
        return town.read(people.account_named, username).person_id

    first = local_date(NOW) + timedelta(days=20)
    leave = {"first_day": first, "last_day": first + timedelta(days=4), "reason": "轮训。"}
    town.perform(AppointDeputy(person_id=who(CADRE), deputy_id=who("zhejialiang-cadre2"), **leave), CADRE)
    town.perform(DeclareRelative(relation="子女", name="折小明", identity=OTHERS), CADRE)
    leaver, successor = who("jilaoqing-cadre1"), who("zaohuohao-cadre1")
    leaving = HandOver(from_person_id=leaver, to_person_id=successor, reason="调离。")
    town.perform(leaving, PEOPLE["security_officer"])
    nothing = BeginRound(action="propose", picks=(Disposing("没有的编号"),), reason="期满清理。")
    town.perform(nothing, PEOPLE["system_officer"])
    town.perform(HandleLine(line_id=1), PEOPLE["system_officer"])
    town.work()


def _sent_round_and_resting(town):
    """A case sent round to read, one at rest; that some steps stand long comes by itself."""
    sent = town.up_to("village_review", head_identity="150602195808121528")
    reader = town.read(people.account_named, TOWNSHIP).person_id
    round_to = SendCopies(number=sent, kind="circulate", to_person_ids=(reader,), words="请先看看。")
    town.perform(round_to, CADRE)
    resting = town.up_to("township_review", head_identity="150602198909301513")
    town.perform(SuspendCase(number=resting, reason="等待上级批复。"), PEOPLE["procedures"])


def _asked_and_unsent(town):
    """A step its author may still take back, one that others sign first, a message that cannot be sent."""
    town.up_to("village_review", head_identity="150602196603045116")
    signed = town.open_item(town.up_to("township_review", head_identity="150602197108206247"))
    colleague = town.read(people.account_named, "boerjianghaizi-clerk2").person_id
    asked = {"place": "before", "to_person_ids": (colleague,), "reason": "请先核对影像。"}
    town.perform(AddSigners(item_id=signed.id, **asked), TOWNSHIP)
    # A message without words fails each time it is tried.
    town.executor.execute(Tell(person_id=colleague, text=None), by=CONSOLE)
    town.work()
