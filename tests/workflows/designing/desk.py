"""The desk at which procedures change: administrators of a district, and what each of them does."""

from datetime import timedelta

from sqlalchemy import select

from app.organisation.models import Unit
from workflows import catalogue
from workflows.catalogue import ProcedureVersion
from workflows.commands import CONSOLE, Actor, Grant
from workflows.designing.amending import OpenAmendment, SaveAmendment
from workflows.designing.amendments import Amendment, files_of
from workflows.designing.publish import PublishVersion
from workflows.designing.reviewing import PublishAmendment, ReviewAmendment, SubmitAmendment

DISTRICT = "150602000000"
KEY = "P"
DOCUMENT = {
    "number": "东乡振发〔2026〕7号",
    "title": "关于规范村级公示的通知",
    "date": "2026-02-27",
    "text": "村级评议后增加镇级复核。",
}
OPINION = "已对照文件逐条核对。"


class ChangeDesk:
    """Amendments of a small procedure in a furnished town; four administrators, none of whom handles it."""

    def __init__(self, town, draft):
        self.town = town
        town.do(PublishVersion(bundle=draft), CONSOLE)
        self.key = draft.key
        self.zhao, self.qian, self.sun, self.li = (
            self.administrator(90_001 + place, name)
            for place, name in enumerate(("赵一", "钱二", "孙三", "李四"))
        )

    def administrator(self, person_id, name, *, division=DISTRICT, also=()):
        unit = self.town.read(
            lambda session: session.scalars(
                select(Unit).where(Unit.division == DISTRICT, Unit.office == "rural_revitalisation")
            ).first()
        )
        grants = tuple(
            Grant(role=role, unit_id=unit.id, unit_name=unit.name, level="county", division=division)
            for role in ("procedure_admin", *also)
        )
        return Actor(kind="person", name=name, person_id=person_id, account_id=person_id, grants=grants)

    def do(self, command, by):
        return self.town.do(command, by)

    def open(self, by=None, title="增加镇级复核", **what):
        return self.do(OpenAmendment(procedure=self.key, title=title, **what), by or self.zhao)

    def save(self, amendment, by=None, **changes):
        row = self.row(amendment)
        command = SaveAmendment(amendment_id=amendment, revision=row.revision, changes=changes)
        return self.do(command, by or self.zhao)

    def drafted(self, draft, by=None, **what):
        """An amendment that says what ``draft`` says."""
        amendment = self.open(by, **what)
        files = draft_files(draft)
        gone = {name: None for name in self.row(amendment).files if name not in files}
        self.save(amendment, by, **files, **gone)
        return amendment

    def submit(self, amendment, by=None, *, effective=None, **document):
        row = self.row(amendment)
        command = SubmitAmendment(
            amendment_id=amendment,
            revision=row.revision,
            document={**DOCUMENT, **document},
            effective_at=effective or self.now,
        )
        return self.do(command, by or self.zhao)

    def review(self, amendment, by=None, *, approve=True, digest=None, opinion=OPINION):
        digest = digest or self.row(amendment).digest or ""
        command = ReviewAmendment(amendment_id=amendment, digest=digest, approve=approve, opinion=opinion)
        return self.do(command, by or self.qian)

    def publish(self, amendment, by=None, *, digest=None, acknowledged=()):
        digest = digest or self.row(amendment).digest or ""
        command = PublishAmendment(amendment_id=amendment, digest=digest, acknowledged=acknowledged)
        return self.do(command, by or self.sun)

    def published(self, draft, *, effective=None, **what):
        """All the road at once; gives the version's number."""
        amendment = self.drafted(draft, **what)
        self.submit(amendment, effective=effective)
        self.review(amendment)
        return self.publish(amendment)

    @property
    def now(self):
        return self.town.clock.now()

    def later(self, **span):
        return self.now + timedelta(**span)

    def row(self, amendment):
        return self.town.read(lambda session: session.get_one(Amendment, amendment))

    def versions(self):
        query = select(ProcedureVersion).where(ProcedureVersion.procedure_key == self.key)
        rows = self.town.read(lambda s: s.scalars(query.order_by(ProcedureVersion.number)).all())
        return [(row.number, row.state) for row in rows]

    def version(self, number):
        query = select(ProcedureVersion).where(
            ProcedureVersion.procedure_key == self.key, ProcedureVersion.number == number
        )
        return self.town.read(lambda session: session.scalars(query).one())

    def followed(self):
        """Which version a case that begins now follows."""
        return self.town.read(lambda session: catalogue.current(session, self.key, self.now).number)

    def trail(self):
        return [entry.body for entry in self.town.entries("catalogue")]


def draft_files(draft):
    """A draft's artefacts as files."""
    row = ProcedureVersion(bundle=draft.dump(), sources=None)
    return files_of(row)
