"""Pages of 亲属申报: one's own under 我的账户, and those of an area under 督查."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, request, url_for

from app import door, policy
from app.errors import status_of
from app.organisation.models import RELATIONS
from app.pages import PAGE_ROWS, go, page
from app.registers import on_file
from app.registers.queries import Narrowed
from app.registers.queries import rows as register_rows
from app.relatives import queries
from app.relatives.commands import DeclareNone, DeclareRelative, EndRelative, OnlyStaff, RevealRelative
from app.relatives.queries import UnknownRelative
from workflows.errors import Invalid, Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask.typing import ResponseReturnValue

    from app.organisation.models import Relative

bp = Blueprint("relatives", __name__, template_folder="templates")


def _me() -> int:
    return door.current_actor().person_id or 0


@bp.get("/me/relatives")
@policy.allow(policy.handles_work)
def index() -> ResponseReturnValue:
    """我的亲属申报: what one declares, and what one declared before."""
    return _index()


def _index(status: int = 200, problem: str | None = None) -> ResponseReturnValue:
    if not queries.is_staff(door.current_actor()):
        raise OnlyStaff
    found = queries.of_person(door.reading(), _me(), masked=False)
    return page("relatives/index.html", status, declarations=found, problem=problem)


@bp.get("/me/relatives/new")
@policy.allow(policy.handles_work)
def ask() -> ResponseReturnValue:
    """The form of a new declaration, with the household that was picked."""
    return _ask({})


def _ask(errors: Mapping[str, str], status: int = 200, problem: str | None = None) -> ResponseReturnValue:
    actor = door.current_actor()
    if not queries.is_staff(actor):
        raise OnlyStaff
    number = request.values.get("household", "")
    return page(
        "relatives/new.html",
        status,
        relations=RELATIONS,
        household=on_file.row_numbered(door.reading(), actor, number) if number else None,
        picks=bool(queries.rosters(actor)),
        given=request.form,
        errors=errors,
        problem=problem,
    )


@bp.post("/me/relatives/new")
@policy.allow(policy.handles_work)
def declare() -> ResponseReturnValue:
    """Declare a relative."""
    form = request.form
    command = DeclareRelative(
        relation=form.get("relation", ""),
        name=form.get("name", ""),
        identity=form.get("identity", ""),
        household=form.get("household", ""),
    )
    try:
        door.perform(command)
    except Invalid as refusal:
        return _ask(refusal.errors, 422)
    except OnlyStaff:
        raise
    except Refusal as refusal:
        return _ask({}, status_of(refusal), str(refusal))
    return go("relatives.index", "已申报。涉及该亲属及其所在户的办件，系统将提示您回避。")


@bp.get("/me/relatives/household")
@policy.allow(policy.handles_work)
def choose() -> ResponseReturnValue:
    """选择在册户: the household in which the relative lives, from the registers of where one works."""
    actor = door.current_actor()
    registers = queries.rosters(actor)
    if not registers:
        return go("relatives.ask")
    wanted, q = request.args.get("register"), request.args.get("q")
    of = next((one for one in registers if one.key == wanted), registers[0])
    narrowed, cursor = Narrowed(q=q, sort="name"), request.args.get("cursor")
    found = register_rows(door.reading(), actor, of.key, narrowed, cursor, PAGE_ROWS)
    return page("relatives/choose.html", registers=registers, of=of, rows=found)


@bp.post("/me/relatives/none")
@policy.allow(policy.handles_work)
def declare_none() -> ResponseReturnValue:
    """Declare that there is nobody to declare."""
    try:
        door.perform(DeclareNone())
    except OnlyStaff:
        raise
    except Refusal as refusal:
        return _index(status_of(refusal), str(refusal))
    return go("relatives.index", "已申报：没有需要申报的亲属。")


@bp.get("/me/relatives/<int:relative_id>/end")
@policy.allow(policy.handles_work)
def ask_end(relative_id: int) -> ResponseReturnValue:
    """The question whether to end it, on a page of its own."""
    return _ask_end(relative_id, {})


def _own(relative_id: int) -> Relative:
    row = queries.one(door.reading(), relative_id)
    if row.person_id != _me():
        raise UnknownRelative
    return row


def _ask_end(relative_id: int, errors: Mapping[str, str], status: int = 200) -> ResponseReturnValue:
    row = _own(relative_id)
    return page("relatives/end.html", status, relative=row, given=request.form, errors=errors)


@bp.post("/me/relatives/<int:relative_id>/end")
@policy.allow(policy.handles_work)
def end(relative_id: int) -> ResponseReturnValue:
    """End it; it stays on record."""
    try:
        door.perform(EndRelative(relative_id=relative_id, reason=request.form.get("reason", "")))
    except Invalid as refusal:
        return _ask_end(relative_id, refusal.errors, 422)
    return go("relatives.index", "这项申报已结束，原申报留在记录中。")


# Supervision


@bp.get("/supervision/relatives")
@policy.allow(policy.supervises)
def staff() -> ResponseReturnValue:
    """Who of the area's staff has declared, and who has not."""
    state, q, cursor = request.args.get("state"), request.args.get("q"), request.args.get("cursor")
    found = queries.staff(
        door.reading(), door.current_actor(), q=q, state=state, cursor=cursor, limit=PAGE_ROWS
    )
    here: dict[str, Any] = {"q": q or None, "state": state or None}
    return page(
        "relatives/staff.html",
        rows=found.rows,
        words=queries.WORDS,
        next_url=url_for("relatives.staff", cursor=found.next, **here) if found.next else None,
        first_url=url_for("relatives.staff", **here) if cursor else None,
    )


@bp.get("/supervision/relatives/<int:person_id>")
@policy.allow(policy.supervises)
def person(person_id: int) -> ResponseReturnValue:
    """The declarations of one person, masked."""
    session = door.reading()
    if not queries.supervises(session, door.current_actor(), person_id):
        raise UnknownRelative
    found = queries.of_person(session, person_id, masked=True)
    name = queries.name_of(session, person_id)
    return page("relatives/person.html", declarations=found, name=name, person_id=person_id)


@bp.get("/supervision/relatives/declared/<int:relative_id>/reveal")
@policy.allow(policy.supervises)
def ask_reveal(relative_id: int) -> ResponseReturnValue:
    """The question before name and number are shown."""
    return _reveal(relative_id)


def _reveal(
    relative_id: int,
    status: int = 200,
    errors: Mapping[str, str] | None = None,
    plain: tuple[str, str] | None = None,
) -> ResponseReturnValue:
    session = door.reading()
    row = queries.one(session, relative_id)
    if not queries.supervises(session, door.current_actor(), row.person_id):
        raise UnknownRelative
    return page(
        "relatives/reveal.html",
        status,
        relative=row,
        of=queries.name_of(session, row.person_id),
        plain=plain,
        given=request.form,
        errors=errors or {},
    )


@bp.post("/supervision/relatives/declared/<int:relative_id>/reveal")
@policy.allow(policy.supervises)
def reveal(relative_id: int) -> ResponseReturnValue:
    """Show them; who looked and why is on the trail."""
    try:
        plain = door.perform(RevealRelative(relative_id=relative_id, reason=request.form.get("reason", "")))
    except Invalid as refusal:
        return _reveal(relative_id, 422, refusal.errors)
    return _reveal(relative_id, plain=plain)
