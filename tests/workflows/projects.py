"""Procedures about projects at work: their own scenarios' answers, given by the demonstration's people."""

from sqlalchemy import select

import forms
from app.attachments.commands import TakeIn
from app.catalogue.queries import startable
from app.registers.models import RegisterRow
from app.security import demo
from tests.bpmn.artefacts import FORMS, PROCEDURES, scenarios
from workflows import catalogue
from workflows.cases import Case
from workflows.commands import CONSOLE
from workflows.designing import folders
from workflows.designing.publish import PublishVersion
from workflows.running import CompleteWorkItem, StartCase
from workflows.work_items import OPEN, WorkItem, may_act

PAPER = "0" * 64


class Works:
    """A town in which projects are declared, judged and watched; ``key`` is the procedure at hand."""

    def __init__(self, town, *keys):
        self.town = town
        for key in keys:
            town.do(PublishVersion(bundle=folders.read(PROCEDURES, FORMS, key)), CONSOLE)
        self.people = town.read(lambda session: [one.actor() for one in demo.accounts(session)])

    def start(self, key, division, use, **changed):
        """A case by the first person who may start it, or by ``by``; its number."""
        by = changed.pop("by", None)
        release = self.town.read(lambda session: catalogue.current(session, key))
        actor = self.person(by) if by else next(one for one in self.people if startable(one, release))
        text = release.forms[release.start_element().form]
        answers = self._with_papers(text, {**scenarios(key)["answers"][use], **changed}, actor)
        return self.town.do(StartCase(procedure=key, division=division, answers=answers), actor).number

    def begin(self, key, division, by=None):
        """A case of a procedure that begins without a form, by ``by`` or the first who may; its number."""
        release = self.town.read(lambda session: catalogue.current(session, key))
        actor = self.person(by) if by else next(one for one in self.people if startable(one, release))
        return self.town.do(StartCase(procedure=key, division=division), actor).number

    def complete(self, number, step, use=None, **changed):
        """Do the open step, by whoever of the demonstration may; gives who did it."""
        item = next(item for item in self.open(number) if item.step == step)
        actor = next(one for one in self.people if may_act(item, one))
        text = self.town.read(lambda session: catalogue.release(session, self.case(number).version_id)).forms
        answers = {**scenarios(item.procedure_key)["answers"].get(use, {}), **changed}
        answers = self._with_papers(text[item.form], answers, actor)
        self.town.do(CompleteWorkItem(item_id=item.id, answers=answers, late_reason="核对用时较长。"), actor)
        return actor

    def person(self, name):
        return next(one for one in self.people if one.name == name)

    def case(self, number):
        return self.town.read(
            lambda session: session.scalars(select(Case).where(Case.number == number)).one()
        )

    def open(self, number):
        query = select(WorkItem).where(WorkItem.case_number == number, WorkItem.state.in_(OPEN))
        return self.town.read(lambda session: session.scalars(query.order_by(WorkItem.id)).all())

    def steps(self, number):
        return [item.step for item in self.open(number)]

    def begun(self, number):
        """The cases that this one began, oldest first."""
        query = select(Case.number).where(Case.parent_number == number).order_by(Case.id)
        return self.town.read(lambda session: session.scalars(query).all())

    def rows(self, register):
        query = select(RegisterRow).where(RegisterRow.register == register).order_by(RegisterRow.id)
        return self.town.read(lambda session: session.scalars(query).all())

    def _with_papers(self, text, answers, actor):
        """Every number of a file in the answers stands for a paper that the person uploads now."""
        asked = {field.key: field for field in forms.parse(text).fields}
        return {
            key: [self._paper(actor, asked[key].kind) for _ in value]
            if asked[key].type == "files"
            else _plain(value)
            for key, value in answers.items()
        }

    def _paper(self, actor, kind):
        name, sort = (
            ("照片.png", "image/png") if kind in {"image", "signature"} else ("材料.pdf", "application/pdf")
        )
        return self.town.do(TakeIn(sha256=PAPER, name=name, type=sort, size=1000), actor).id


def _plain(value):
    return value.isoformat() if hasattr(value, "isoformat") else value
