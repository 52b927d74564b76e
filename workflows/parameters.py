"""Parameters of procedures as they stand at an instant: immutable values, each in force from a moment on.

A case goes by the values in force when it began. They are reckoned from these rows each time and never
copied into the case, so what is in flight is never ruled anew.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKey, Index, Integer, String, Text, func, select, text
from sqlalchemy.orm import Mapped, mapped_column

from workflows.catalogue import Release, where
from workflows.db import Base, JsonText, UtcDateTime

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from workflows.commands import Context

LEAD = timedelta(minutes=1)
"""No value is in force sooner after its confirmation: whoever starts a case meanwhile reads the same rows."""

CACHED = 512


class ParameterValue(Base):
    """One value of one parameter, in force from ``effective_at`` until the next one; never changed."""

    __tablename__ = "parameter_values"
    __table_args__ = (Index("ix_parameter_values_procedure", "procedure_key", "effective_at"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    procedure_key: Mapped[str] = mapped_column(ForeignKey("procedure.key"))
    name: Mapped[str] = mapped_column(String(60))
    value: Mapped[Any] = mapped_column(JsonText)
    effective_at: Mapped[datetime] = mapped_column(UtcDateTime)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("parameter_proposal.id"), unique=True)
    confirmed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ParameterProposal(Base):
    """A change someone proposed, with its reason, and what became of it."""

    __tablename__ = "parameter_proposal"
    __table_args__ = (Index("ix_parameter_proposal_procedure", "procedure_key", "id"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    procedure_key: Mapped[str] = mapped_column(ForeignKey("procedure.key"))
    name: Mapped[str] = mapped_column(String(60))
    value: Mapped[Any] = mapped_column(JsonText)
    effective_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(12))
    proposed_by_id: Mapped[int | None] = mapped_column(Integer)
    proposed_by: Mapped[str] = mapped_column(String(60))
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_by_id: Mapped[int | None] = mapped_column(Integer)
    closed_by: Mapped[str | None] = mapped_column(String(60))
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


_table = ParameterValue.__table__

REVISION = select(func.coalesce(func.max(_table.c.id), 0)).correlate(None).scalar_subquery()
"""Goes up with every confirmed value, since those are made one after another; may stand in any query."""

_REVISION = select(REVISION)
_VALUES = select(
    _table.c.procedure_key, _table.c.name, _table.c.value, _table.c.effective_at, _table.c.id
).order_by(_table.c.effective_at, _table.c.id)
_IN_TURN = text("SELECT pg_advisory_xact_lock(hashtext('parameters'))")

Values = dict[str, list[tuple[datetime, int, str, Any]]]

_values: dict[str, tuple[int, Values]] = {}
_ruled: OrderedDict[tuple[str, int, tuple[int, ...]], Release] = OrderedDict()
_lock = Lock()


def in_turn(ctx: Context) -> None:
    """Let one confirmation wait for another: the revision may not go up before an earlier one is seen."""
    if ctx.session.get_bind().dialect.name == "postgresql":
        ctx.session.execute(_IN_TURN)


def ruled(session: Session, release: Release, at: datetime, *, revision: int | None = None) -> Release:
    """The version with the parameters in force at ``at`` (UTC).

    ``revision`` is REVISION as just read by another query; without it, it is asked for.
    """
    values = _known(session, revision)
    if not values:
        return release
    found = _in_force(values, release, at)
    if not found:
        return release
    key = (where(session), release.version_id, tuple(number for number, _, _ in found))
    cached = _ruled.get(key)
    if cached is None:
        changed = {name: value for _, name, value in found}
        cached = replace(release, parameters={**release.parameters, **changed})
        with _lock:
            _ruled[key] = cached
            while len(_ruled) > CACHED:
                _ruled.popitem(last=False)
    return cached


def _known(session: Session, revision: int | None) -> Values:
    """Every value there is, by procedure; read again whenever the revision has gone up."""
    place = where(session)
    now = session.scalar(_REVISION) if revision is None else revision
    kept = _values.get(place)
    if kept is None or kept[0] != now:
        found: Values = {}
        newest = 0
        for key, name, value, effective_at, number in session.execute(_VALUES):
            found.setdefault(key, []).append((effective_at, number, name, value))
            newest = max(newest, number)
        kept = _values[place] = (newest, found)
    return kept[1]


def _in_force(values: Values, release: Release, at: datetime) -> list[tuple[int, str, Any]]:
    """Id, name and value of what replaces a default; a procedure's own values stand before a called one's."""
    found: dict[str, tuple[int, str, Any]] = {}
    for key in (*release.calls, release.key):
        own = {
            name: (number, name, value)
            for effective_at, number, name, value in values.get(key, ())
            if effective_at <= at and name in release.parameters
        }
        found.update(own)
    return sorted(found.values())


def turns(session: Session, release: Release) -> list[datetime]:
    """The instants at which any of the version's parameters takes another value, in order."""
    values = _known(session, None)
    return sorted({at for key in (*release.calls, release.key) for at, _, _, _ in values.get(key, ())})


_KINDS: Mapping[str, tuple[type | tuple[type, ...], str]] = {
    "integer": (int, "整数"),
    "number": ((int, float), "数字"),
    "boolean": (bool, " true 或 false"),
    "choice": (str, "文字"),
    "text": (str, "文字"),
    "list": (list, "一列文字"),
}
"""Types a parameter may have, and what a value of each is called."""

KINDS = tuple(_KINDS)


def fault(parameter: Mapping[str, Any], value: Any) -> str:
    """What is wrong with a value for a described parameter, said behind its name; empty when it fits."""
    kind = str(parameter.get("type"))
    wanted, words = _KINDS[kind]
    if not isinstance(value, wanted) or (isinstance(value, bool) and kind != "boolean"):
        return f"应为{words}"
    if isinstance(value, list) and not all(isinstance(each, str) for each in value):
        return f"应为{words}"
    return _outside(parameter, value)


def _outside(parameter: Mapping[str, Any], value: Any) -> str:
    """How a value breaks its parameter's own limits."""
    least, most, options = parameter.get("min"), parameter.get("max"), parameter.get("options")
    if isinstance(options, list):
        strange = [each for each in (value if isinstance(value, list) else [value]) if each not in options]
        return f"“{'、'.join(map(str, strange))}”不在 options 中" if strange else ""
    if isinstance(least, int | float) and isinstance(value, int | float) and value < least:
        return f"小于最小值 {least}"
    if isinstance(most, int | float) and isinstance(value, int | float) and value > most:
        return f"大于最大值 {most}"
    return ""
