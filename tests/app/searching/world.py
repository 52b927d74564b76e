"""Cases without their engine: rows as commands leave them, for what only reads them."""

import dataclasses
from datetime import timedelta

from sqlalchemy import func, insert, select, update

from app.pages import PAGE_ROWS
from app.scope import visible
from app.searching import words
from app.searching.models import CaseText
from app.searching.queries import Wanted, found
from app.searching.texts import said_by
from tests.journeys.person import xpath
from workflows import catalogue, worker
from workflows.audit import AuditEntry
from workflows.cases import Case
from workflows.commands import Command
from workflows.copies import CaseCopy
from workflows.journal import StepRecord
from workflows.work_items import NO_LIMIT, WorkItem

PROCEDURES = {"fp_01_ds": "东胜区监测对象识别", "fp_08_ds": "绿色通道"}


def css(tree, selector):
    """Every element inside that a plain CSS selector finds."""
    return tree.xpath("|".join(f".{one}" for one in xpath(selector).split("|")))


@dataclasses.dataclass(frozen=True, kw_only=True)
class Write(Command):
    """A test's own rows, through the one door."""

    recorded = False
    rows: object

    def authorise(self, ctx):
        pass

    def run(self, ctx):
        return self.rows(ctx)


class World:
    """Cases of one office; `see` is what a person finds, `naive` what they should."""

    def __init__(self, office):
        self.office, self.executor = office, office.executor

    def do(self, rows):
        return self.executor.execute(Write(rows=rows), by=self.office.actor("boerjianghaizi-clerk1"))

    def case(self, name="王秀兰", **told):
        """A case with one step; gives its id."""
        return self.do(lambda ctx: self._case(ctx, name, **told))

    def _case(self, ctx, name, *, division="150602100202", procedure="fp_01_ds", **told):
        count = 1 + (ctx.session.scalar(select(func.max(Case.id))) or 0)
        release = catalogue.current(ctx.session, procedure)
        case = Case(
            number=f"{procedure.replace('_', '').upper()}-2026-{count:06d}",
            procedure_key=procedure,
            procedure_name=PROCEDURES[procedure],
            version_id=release.version_id,
            division=division,
            division_name=told.get("place", "折家梁村"),
            subject={"name": name},
            subject_name=name,
            state=told.get("state", "running"),
            engine_state=b"",
            variables={},
            rounds={},
            waiting=[],
            started_by_id=told.get("started_by"),
            started_by="某人",
            created_at=ctx.now - timedelta(days=told.get("days_ago", 0)),
        )
        ctx.session.add(case)
        ctx.session.flush()
        self._step(ctx, case, told.get("opinion", ""), told.get("answers"))
        if "unit" in told or "assignee" in told:
            self._item(ctx, case, told.get("unit", 0), told.get("assignee"), told.get("step", "入户核实"))
        return case.id

    def send(self, case_id, person_id):
        """A copy of the case for one person."""
        row = {"case_id": case_id, "person_id": person_id, "person": "某人", "kind": "copy", "by": "某人"}
        self.do(lambda ctx: ctx.session.execute(insert(CaseCopy).values(**row, sent_at=ctx.now)))
        self.says(case_id, "抄送")

    def says(self, case_id, opinion):
        """One more step of a case, with this opinion."""
        self.do(lambda ctx: self._step(ctx, ctx.session.get_one(Case, case_id), opinion, None))

    def _step(self, ctx, case, opinion, answers):
        case.revision, case.steps = case.revision + 1, case.steps + 1
        ctx.session.flush()
        ctx.session.add(
            StepRecord(
                case_id=case.id,
                seq=case.steps,
                kind="task",
                step="apply",
                name="提交申请",
                round=1,
                actor="某人",
                at=ctx.now,
                conclusion="属实",
                opinion=opinion,
                answers=answers,
                passed=[],
            )
        )
        entry = {"stream": f"case:{case.number}", "seq": case.revision, "at": ctx.now, "command": "Write"}
        ctx.session.execute(insert(AuditEntry).values(**entry, body="{}", hash="0" * 64))

    def _item(self, ctx, case, unit, assignee, step):
        ctx.session.add(
            WorkItem(
                case_id=case.id,
                case_number=case.number,
                procedure_key=case.procedure_key,
                procedure_name=case.procedure_name,
                division=case.division,
                division_name=case.division_name,
                subject_name=case.subject_name,
                task_id=f"t{case.id}",
                step="household_check",
                name=step,
                role="village_committee",
                level="village",
                unit_id=unit,
                unit="某单位",
                assignee_id=assignee,
                round=1,
                state="claimed" if assignee else "offered",
                revision=1,
                created_at=ctx.now,
                due_sort=NO_LIMIT,
            )
        )

    def change(self, case_id, **values):
        """Columns of a case overwritten, as an erasure would."""
        self.do(lambda ctx: ctx.session.execute(update(Case).where(Case.id == case_id).values(**values)))

    def take_in(self):
        """The worker looks."""
        return worker.drain(self.executor)

    def see(self, actor, typed, limit=PAGE_ROWS, **wanted):
        """Every id that somebody finds, page after page; each page but the last is full."""
        ids, before = [], None
        while True:
            page = self.look(actor, typed, before, limit, **wanted).page
            ids += [row.id for row in page.rows]
            if page.next is None:
                assert len(page.rows) <= limit
                return ids
            assert len(page.rows) == limit
            before = ids[-1]

    def look(self, actor, typed, before=None, limit=PAGE_ROWS, **wanted):
        asked = Wanted(words=words.asked(typed), **wanted)
        with self.executor.database.reading() as session:
            return found(session, actor, asked, before, self.office.clock.now(), limit)

    def naive(self, actor, typed, **wanted):
        """The same by looking at every case the person may read, one by one."""
        asked = words.asked(typed)
        with self.executor.database.reading() as session:
            query = Wanted(**wanted).narrow(select(Case.id).where(visible(actor)))
            ids = session.scalars(query.order_by(Case.id.desc())).all()
            said = said_by(session, ids)
        return [one for one in ids if all(word in words.lower(said[one].text) for word in asked)]

    def said(self, case_id):
        """What the index keeps of a case."""
        with self.executor.database.reading() as session:
            return session.scalars(select(CaseText.said).where(CaseText.case_id == case_id)).one_or_none()
