"""Cases of a small procedure, its next version in force, and the move from one to the other.

After each step and each move the case is rebuilt from its record.
"""

from sqlalchemy import select

from tests.workflows import approving
from tests.workflows.designing import drafts
from tests.workflows.spiff import drawing
from workflows import timers
from workflows.commands import CONSOLE
from workflows.designing.migrating import CarryOutMigration, PlanMigration
from workflows.designing.migration_rows import MigrationCase
from workflows.designing.publish import PublishVersion
from workflows.designing.replaying import MIGRATED

S, APPLY, OVER = approving.S, approving.APPLY, approving.OVER
step, chain, flow, node = approving.step, approving.chain, approving.flow, approving.node


def drawn(body, **more):
    """A version of the procedure."""
    forms = {"judge": approving.JUDGEMENT, **more.pop("forms", {})}
    return drafts.bundle(body, forms=forms, start_roles=["village_committee"], start={"step": ""}, **more)


def line(*keys, also="", forms=None, **steps):
    """Steps in a row; ``steps`` draws some of them otherwise."""
    nodes = "".join(steps.get(key) or step(key) for key in keys if key != "apply")
    return drawn(S + APPLY + nodes + OVER + also + chain("S", *keys, "over"), forms=forms or {})


USUAL = ("apply", "a", "b", "c", "d")
OLD = line(*USUAL)


class Moving(approving.Approval):
    """A case on its first version, and how it gets to the second."""

    def __init__(self, town, old=OLD):
        super().__init__(town, "linear")
        self.town.do(PublishVersion(bundle=old), CONSOLE)
        self.admin = approving.administrator(town)

    def do(self, *step, **more):
        by = super().do(*step, **more)
        assert self.differences() == []
        return by

    def publish(self, new):
        return self.town.do(PublishVersion(bundle=new), CONSOLE)

    def plan(self, to, **only):
        self.job = self.town.do(
            PlanMigration(procedure="P", to=to, reason="按新文件办理。", **only), self.admin
        )
        self.town.work()
        return self.row()

    def row(self, case_id=None):
        query = select(MigrationCase).where(
            MigrationCase.migration_id == self.job, MigrationCase.case_id == (case_id or self.case_id)
        )
        return self.town.read(lambda session: session.scalars(query).one())

    def carry_out(self):
        self.town.do(CarryOutMigration(migration_id=self.job), self.admin)
        self.town.work()
        assert self.differences() == []
        return self.row()

    def moved_to(self, new):
        """Plan and carry out at once; gives what became of the case."""
        planned = self.plan(self.publish(new))
        assert planned.state == "moves", planned.said
        row = self.carry_out()
        assert row.state == "moved", row.sentence
        return row

    def refused_by(self, new):
        """What the dry run says; the case is untouched."""
        before = self.whole()
        planned = self.plan(self.publish(new))
        assert planned.state == "refused", planned.said
        self.carry_out()
        assert self.whole() == before
        assert self.verified()
        return planned.said

    def whole(self):
        """Everything there is of the case."""
        case = self.case
        columns = [getattr(case, column.name) for column in case.__table__.columns]
        items = [
            {column.name: getattr(item, column.name) for column in item.__table__.columns}
            for item in self.items
        ]
        return columns, items, self.journal, self.timers

    @property
    def timers(self):
        table = timers.Timer.__table__
        query = select(table.c.element, table.c.due_at).where(table.c.case_id == self.case_id)
        return self.town.read(lambda session: {row.element: row.due_at for row in session.execute(query)})

    def finished(self, *steps):
        """Every step done, one after the other; nothing else was open, and the case is over."""
        for each in steps:
            assert self.steps == [each], self.steps
            self.do(each)
        assert self.case.state == "ended", self.case.standing
        assert self.verified()
        assert [row["kind"] for row in self.journal].count(MIGRATED) == 1


def limit(on, text="P3D", key="late", *, interrupting=True, to="d"):
    """A time limit on the border of a step."""
    border = drawing.boundary(key, on, drawing.timer(text), interrupting=interrupting)
    return border + flow(key, to)
