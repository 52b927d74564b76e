"""Rows from a spreadsheet: each line judged before anything is written, then all that pass at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from app.organisation.models import Division
from app.registers import finding, reach, rows, values
from app.registers.definition import IMPORTED, Column, Definition
from app.registers.finding import Whom
from app.registers.models import RegisterRow, RegisterSubject
from app.registers.rows import Deed
from app.registers.sheets import Cell, Formula, Unreadable
from app.security import sealing
from forms import validators
from workflows.clock import local_date
from workflows.commands import digest_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from workflows.commands import Actor, Context

PLACE, NAME, IDENTITY, STATUS = "村（嘎查）", "姓名", "身份证号", "状态"

NEW, CHANGED, SAME, REFUSED = "新增", "更新", "无变化", "不予导入"

CHUNK = 500
_EPOCH = date(1899, 12, 30)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the sheet as it was filled in."""

    number: int
    cells: Mapping[str, Cell | Formula]


@dataclass(slots=True)
class Verdict:
    """What becomes of a line, and why where it is refused: column → sentence."""

    line: Line
    outcome: str = NEW
    faults: dict[str, str] = field(default_factory=dict)
    whom: Whom | None = None
    status: str | None = None
    fields: dict[str, Any] = field(default_factory=dict)
    key: str = ""

    @property
    def name(self) -> str:
        """Whom or what the line is about, as typed."""
        return str(self.line.cells.get(NAME) or (self.whom.name if self.whom else "") or "")


@dataclass(frozen=True, slots=True)
class Report:
    """What becomes of every line."""

    verdicts: tuple[Verdict, ...]
    written: bool = False

    @property
    def counts(self) -> dict[str, int]:
        """How many lines of each outcome."""
        found = Counter(one.outcome for one in self.verdicts)
        return {"new": found[NEW], "changed": found[CHANGED], "same": found[SAME], "refused": found[REFUSED]}

    @property
    def refused(self) -> list[Verdict]:
        """The lines that stay out, in the order of the sheet."""
        return [one for one in self.verdicts if one.outcome == REFUSED]


def heads(of: Definition) -> list[str]:
    """The columns of the sheet, in the order of the template."""
    own = [NAME, IDENTITY] if of.is_personal else []
    return [PLACE, *own, STATUS, *(column.name for column in of.columns if column.type != "file")]


def lines(of: Definition, table: list[list[Cell | Formula]]) -> tuple[Line, ...]:
    """The filled lines under the head; raises Unreadable where the head is another's."""
    head = [cell.rstrip("*") if isinstance(cell, str) else None for cell in (table[0] if table else [])]
    known = heads(of)
    strange = [name for name in head if name and name not in known]
    if strange or PLACE not in head or len(set(filter(None, head))) != len(list(filter(None, head))):
        why = f"没有“{strange[0]}”这一栏" if strange else "表头与模板不符"
        raise Unreadable(f"{why}，请用“{of.name}”的模板填写，不要改动表头。")
    found = []
    for number, row in enumerate(table[1:], start=2):
        cells = {name: cell for name, cell in zip(head, row, strict=False) if name and cell is not None}
        if cells:
            found.append(Line(number, cells))
    return tuple(found)


def judged(session: Session, actor: Actor, of: Definition, given: Iterable[Line], now: datetime) -> Report:
    """Every line judged against the register as it stands; nothing is written."""
    places = _places(session, actor, of)
    today = local_date(now)
    verdicts = [_judge(of, places, line, today) for line in given]
    _refuse_twice(of, verdicts)
    _compare(session, of, [one for one in verdicts if not one.faults])
    for one in verdicts:
        if one.faults:
            one.outcome = REFUSED
    return Report(tuple(verdicts))


def write(ctx: Context, of: Definition, report: Report) -> Report:
    """Enter what is new or changed; raises the refusal of a row that moved meanwhile."""
    for one in report.verdicts:
        if one.outcome in (NEW, CHANGED) and one.whom is not None:
            deed = Deed(
                event=IMPORTED, status=one.status, fields=one.fields, reason=f"第 {one.line.number} 行"
            )
            rows.enter(ctx, of, one.whom, deed)
    return Report(report.verdicts, written=True)


# One line by itself


def _places(session: Session, actor: Actor, of: Definition) -> dict[str, str]:
    """Code and name of each division in which the actor writes; a name borne by two leads nowhere."""
    found: dict[str, str] = {}
    for code, name in session.execute(select(Division.code, Division.name)):
        if of.holds(code) and reach.may_write(actor, of, code):
            found[code] = code
            found[name] = "" if name in found else code
    return found


def _judge(of: Definition, places: Mapping[str, str], line: Line, today: date) -> Verdict:
    one = Verdict(line)
    for name, cell in line.cells.items():
        if isinstance(cell, Formula):
            one.faults[name] = "是公式，不予计算，请改填数值或文字。"
    division = _division(places, one)
    identity = _identity(one, today) if of.is_personal else None
    _columns(of, one, today)
    status = _text(line.cells.get(STATUS))
    if status and (of.state(status) is None or (of.removal and status == of.removal[1])):
        one.faults[STATUS] = f"不能是“{status}”。"
    one.status = status or None
    name = _text(line.cells.get(NAME)) if of.is_personal else str(one.fields.get(of.title) or "")
    one.whom = Whom(
        division=division,
        key=identity["hash"] if identity else None,
        name=name[:120],
        identity=identity,
        origin=f"import:{digest_of([division, one.fields])[:64]}",
    )
    for column in of.unique:
        if one.fields.get(column) is None:
            one.faults.setdefault(column, "应当填写：各行以它区分。")
    return one


def _division(places: Mapping[str, str], one: Verdict) -> str:
    asked = _text(one.line.cells.get(PLACE))
    code = places.get(asked)
    if not asked:
        one.faults.setdefault(PLACE, "应当填写。")
    elif code is None:
        one.faults.setdefault(PLACE, f"“{asked}”不是您可以登记的村（嘎查），请核对名称或 12 位区划代码。")
    elif not code:
        one.faults.setdefault(PLACE, f"有几个“{asked}”，请改填 12 位区划代码。")
    return code or ""


def _identity(one: Verdict, today: date) -> dict[str, str] | None:
    if not _text(one.line.cells.get(NAME)):
        one.faults.setdefault(NAME, "应当填写。")
    typed = _text(one.line.cells.get(IDENTITY))
    if not typed:
        one.faults.setdefault(IDENTITY, "应当填写；没有有效证件的请逐户登记。")
        return None
    try:
        return sealing.seal("identity", validators.identity(typed, today.isoformat()))
    except validators.Wrong as error:
        one.faults.setdefault(IDENTITY, str(error))
        return None


def _columns(of: Definition, one: Verdict, today: date) -> None:
    given = {}
    for column in of.columns:
        cell = one.line.cells.get(column.name)
        if cell is not None and not isinstance(cell, Formula):
            given[column.name] = _typed(column, cell)
    one.fields, wrong = values.checked(of, given, today)
    for name, sentence in wrong.items():
        one.faults.setdefault(name, sentence)


def _typed(column: Column, cell: Cell) -> Any:
    """The cell as the column takes it: a spreadsheet keeps days as numbers."""
    if isinstance(cell, float) and column.type in ("date", "month") and 1 <= cell < 200_000:
        return (_EPOCH + timedelta(days=int(cell))).isoformat()
    if isinstance(cell, float) and column.type not in ("number", "money", "year"):
        return _text(cell)
    return cell


def _text(cell: Cell | Formula) -> str:
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else str(cell)
    return cell.strip() if isinstance(cell, str) else ""


# The lines among each other, and against what is on file


def _refuse_twice(of: Definition, verdicts: Iterable[Verdict]) -> None:
    first: dict[str, int] = {}
    for one in verdicts:
        if one.faults or one.whom is None:
            continue
        own = [values.as_key(one.fields[name]) for name in of.unique]
        key = "|".join([one.whom.key or f"{one.whom.division}{'' if own else one.whom.origin}", *own])
        earlier = first.setdefault(key, one.line.number)
        if earlier != one.line.number:
            one.faults["（整行）"] = f"与第 {earlier} 行重复。"


def _compare(session: Session, of: Definition, verdicts: list[Verdict]) -> None:
    known = _subjects(session, of, verdicts)
    for one in verdicts:
        if one.whom is not None:
            subject = known.get(one.whom.key or "")
            one.key = finding.row_key(of, subject, one.whom, one.fields)
    standing = _standing(session, of, [one.key for one in verdicts])
    for one in verdicts:
        row = standing.get(one.key)
        one.faults.update(_against(of, one, row))
        if row is not None:
            one.outcome = CHANGED if _differs(one, row) else SAME


def _subjects(session: Session, of: Definition, verdicts: list[Verdict]) -> dict[str, int]:
    keys = [one.whom.key for one in verdicts if one.whom and one.whom.key]
    found: dict[str, int] = {}
    for start in range(0, len(keys), CHUNK):
        query = select(RegisterSubject.key, RegisterSubject.id).where(
            RegisterSubject.kind == of.subject, RegisterSubject.key.in_(keys[start : start + CHUNK])
        )
        found.update({key: number for key, number in session.execute(query)})  # noqa: C416 (rows are no pairs to the type checker)
    return found


def _standing(session: Session, of: Definition, keys: list[str]) -> dict[str, RegisterRow]:
    found: dict[str, RegisterRow] = {}
    for start in range(0, len(keys), CHUNK):
        query = select(RegisterRow).where(
            RegisterRow.register == of.key,
            RegisterRow.row_key.in_(keys[start : start + CHUNK]),
            RegisterRow.ended_at.is_(None),
        )
        found.update({row.row_key: row for row in session.scalars(query)})
    return found


def _against(of: Definition, one: Verdict, row: RegisterRow | None) -> dict[str, str]:
    """What keeps a line from being written to this row, or from opening a new one."""
    fields = {**(row.fields if row else {}), **one.fields}
    status = one.status or (row.status if row else of.initial)
    faults = values.missing(of, status, fields) if row is None or status != row.status else {}
    now = of.state(row.status) if row else None
    if row is not None and now is not None and status != row.status and status not in now.moves:
        faults[STATUS] = f"台账中现为“{row.status}”，不能改为“{status}”。"
    return faults


def _differs(one: Verdict, row: RegisterRow) -> bool:
    if one.status and one.status != row.status:
        return True
    return any(_plain(value) != _plain(row.fields.get(name)) for name, value in one.fields.items())


def _plain(value: Any) -> Any:
    """A sealed value seals differently each time; its keyed hash stays."""
    return value["hash"] if sealing.is_sealed(value) else value
