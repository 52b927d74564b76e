"""Procedures (事项) and their versions: what a published version says is frozen, hashed and parsed once."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import datetime
from threading import Lock
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import (
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    bindparam,
    false,
    func,
    literal,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column

from workflows import decisions, spiff
from workflows.db import Base, UtcDateTime, only_where
from workflows.errors import Conflict, NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

DRAFT, SCHEDULED, PUBLISHED, RETIRED, WITHDRAWN = "draft", "scheduled", "published", "retired", "withdrawn"

VERSION_MOVES = {
    DRAFT: {PUBLISHED},
    SCHEDULED: {PUBLISHED, WITHDRAWN},
    PUBLISHED: {RETIRED},
    RETIRED: set[str](),
    WITHDRAWN: set[str](),
}
"""A version is never edited: it comes into force once and retires once, or is withdrawn before its time."""

VERSION_WORDS = {
    DRAFT: "起草中",
    SCHEDULED: "待生效",
    PUBLISHED: "现行",
    RETIRED: "已停用",
    WITHDRAWN: "已撤回，未生效",
}

CACHED_RELEASES = 256

_NARROWEST_FIRST = {"village": {"village"}, "township": {"township", "farm"}}


class UnknownProcedure(NotFound):
    """No procedure of that key."""

    code = "procedure.unknown"
    sentence = "没有编号为“{key}”的事项。"


class NotPublished(Conflict):
    """The procedure has no version in force."""

    code = "procedure.not_published"
    sentence = "事项“{key}”没有已发布的版本，暂不能发起。"


class Procedure(Base):
    """One procedure of one locality, and which of its versions is in force."""

    __tablename__ = "procedure"

    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    locality: Mapped[str] = mapped_column(String(8))
    category: Mapped[str] = mapped_column(String(60))
    division: Mapped[str] = mapped_column(String(12))
    current_version_id: Mapped[int | None] = mapped_column(Integer)


class ProcedureVersion(Base):
    """The four artefacts of a procedure as they stood when published, with the SHA-256 over all of them."""

    __tablename__ = "procedure_version"
    __table_args__ = (
        UniqueConstraint("procedure_key", "number", name="uq_procedure_version_number"),
        Index(
            "ix_procedure_version_scheduled",
            "procedure_key",
            "effective_at",
            **only_where("state = 'scheduled'"),
        ),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    procedure_key: Mapped[str] = mapped_column(ForeignKey("procedure.key"))
    number: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(12))
    digest: Mapped[str] = mapped_column(String(64))
    bundle: Mapped[str] = mapped_column(Text)
    sources: Mapped[str | None] = mapped_column(Text)
    """The description and the scenarios as they were written, comments and all: JSON by file name."""
    schedule: Mapped[str | None] = mapped_column(Text)
    """The cycle of the start event, where cases begin by themselves: looked at without reading the bundle."""
    keeps_apart: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether it has ``[[apart]]``: lists of work ask that without reading the bundle."""
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    published_by: Mapped[str | None] = mapped_column(String(60))
    effective_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """From when it holds, or was to hold; none for what was published before versions could wait."""
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_by: Mapped[str | None] = mapped_column(String(60))
    withdrawn_why: Mapped[str | None] = mapped_column(Text)


@dataclass(frozen=True, slots=True)
class Bundle:
    """The artefacts of one version as text: procedure description, diagrams, decisions, forms."""

    key: str
    meta: Mapping[str, Any]
    diagrams: Mapping[str, str]
    decisions: Mapping[str, str]
    forms: Mapping[str, str]

    def dump(self) -> str:
        """The canonical text that is stored and hashed."""
        content = {
            "key": self.key,
            "meta": self.meta,
            "diagrams": self.diagrams,
            "decisions": self.decisions,
            "forms": self.forms,
        }
        return orjson.dumps(content, option=orjson.OPT_SORT_KEYS).decode()

    @classmethod
    def load(cls, text: str) -> Bundle:
        """Read back what ``dump`` wrote."""
        return cls(**orjson.loads(text))

    def digest(self) -> str:
        """SHA-256 over the canonical text."""
        return hashlib.sha256(self.dump().encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Release:
    """A published version, parsed and ready to run; immutable, so every thread may share it."""

    version_id: int
    number: int
    key: str
    name: str
    digest: str
    meta: Mapping[str, Any]
    specification: spiff.Specification
    diagrams: Mapping[str, str]
    forms: Mapping[str, str]
    form_keys: Mapping[str, frozenset[str]]
    form_conclusions: Mapping[str, tuple[str, ...]]
    models: Mapping[str, decisions.Model]
    parameters: Mapping[str, Any]

    @property
    def starters(self) -> tuple[str, ...]:
        """The roles that may start a case."""
        return tuple(self.meta.get("start_roles", ()))

    @property
    def division(self) -> str:
        """The 12-digit division the procedure is in force for."""
        return str(self.meta["division"])

    @property
    def calls(self) -> tuple[str, ...]:
        """The keys of the procedures it calls, whose parameters come along."""
        return tuple(self.meta.get("calls", ()))

    @property
    def campaign(self) -> Mapping[str, Any] | None:
        """What ``[campaign]`` says, where the procedure begins by itself."""
        found: Mapping[str, Any] | None = self.meta.get("campaign")
        return found

    @property
    def apart(self) -> tuple[frozenset[str], ...]:
        """What ``[[apart]]`` says: steps of which nobody does two in one case."""
        return tuple(frozenset(group["steps"]) for group in self.meta.get("apart", ()))

    def apart_from(self, step: str) -> frozenset[str]:
        """The steps that whoever does ``step`` must not have done."""
        groups = (group for group in self.apart if step in group)
        return frozenset().union(*groups) - {step}

    def described(self) -> tuple[Mapping[str, Any], ...]:
        """What is said of each parameter: name, label, type, default, origin, why, limits."""
        said = tuple(self.meta.get("parameters", ()))
        known = {parameter["name"] for parameter in said}
        if self.campaign is None or DIVISIONS in known:
            return said
        return (*said, {**_DIVISIONS, "default": [self.division]})

    def differing(self) -> str:
        """Which parameters are not at their defaults, in words; empty where all are."""
        others = [
            f"{parameter.get('label') or parameter['name']} {worded(self.parameters[parameter['name']])}"
            f"（默认 {worded(parameter['default'])}）"
            for parameter in self.described()
            if self.parameters[parameter["name"]] != parameter["default"]
        ]
        return f"参数与默认不同：{'，'.join(others)}" if others else ""

    def start_event(self) -> spiff.Element:
        """The event every case of the procedure begins at."""
        return self.specification.start_event()

    def start_element(self) -> spiff.Element | None:
        """The first step, whose form whoever starts a case fills in; None where a start takes no form.

        It takes none behind a timer or a message, before a step that several do, and where the
        procedure's ``[start]`` says ``step = ""``.
        """
        if self.meta.get("start", {}).get("step") == "":
            return None
        return self.specification.first_step()

    def narrowest(self) -> str:
        """The level a case's division must reach down to: that of the lowest unit its steps go to.

        A household lives in a village, whoever deals with it.
        """
        if self.meta.get("subject", {}).get("kind") == "household":
            return "village"
        if self.campaign is not None:
            return str(self.campaign.get("level"))
        levels = {element.level for element in self.specification.elements.values()}
        for level, standing_for in _NARROWEST_FIRST.items():
            if levels & standing_for:
                return level
        return "county"

    def diagram(self) -> str:
        """The BPMN text of the procedure's own process."""
        return self.diagrams["process.bpmn"]

    def conclusions(self, form: str | None) -> tuple[str, ...]:
        """The values of a form's ``conclusion`` field, affirmative first; empty when it has none."""
        return self.form_conclusions.get(form or "", ())

    def model_of(self, decision: str) -> decisions.Model:
        """The DMN model that holds ``decision``."""
        return self.models[decision]


DIVISIONS = "campaign_divisions"
"""The parameter that says where a campaign takes place."""

_DIVISIONS: Mapping[str, Any] = {
    "name": DIVISIONS,
    "label": "定期开展的区划",
    "type": "list",
    "origin": "default",
    "why": "所列区划代码及其以下的单位定期发起；一个不列即停止。默认为本事项适用的全部范围，需核定。",
}


def worded(value: Any) -> str:
    """A parameter's value in words."""
    if isinstance(value, bool):
        return "是" if value else "否"
    return "、".join(map(str, value)) or "（无）" if isinstance(value, list) else str(value)


def prepare(bundle: Bundle, *, version_id: int = 0, number: int = 0) -> Release:
    """Parse a bundle; raises spiff.Unreadable or a decisions error naming file, element and rule."""
    diagrams = {name: text.encode() for name, text in bundle.diagrams.items()}
    models: dict[str, decisions.Model] = {}
    fields = {key: _fields(orjson.loads(text)) for key, text in bundle.forms.items()}
    for text in bundle.decisions.values():
        model = decisions.read(text.encode())
        models.update((part.id, model) for part in model.decisions())
    prepared = Release(
        version_id=version_id,
        number=number,
        key=bundle.key,
        name=str(bundle.meta["name"]),
        digest=bundle.digest(),
        meta=bundle.meta,
        specification=spiff.parse(diagrams, bundle.key),
        diagrams=bundle.diagrams,
        forms=bundle.forms,
        form_keys={key: frozenset(found) for key, found in fields.items()},
        form_conclusions={key: _options(found.get("conclusion")) for key, found in fields.items()},
        models=models,
        parameters={},
    )
    return replace(prepared, parameters={p["name"]: p["default"] for p in prepared.described()})


def _fields(form: dict[str, Any]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for component in form.get("components", ()):
        if "key" in component:
            found[component["key"]] = component
        if component.get("type") == "group":
            found.update(_fields(component))
    return found


def _options(component: dict[str, Any] | None) -> tuple[str, ...]:
    return tuple(str(option["value"]) for option in (component or {}).get("values", ()))


_releases: OrderedDict[tuple[str, int], Release] = OrderedDict()
_lock = Lock()


def release(session: Session, version_id: int) -> Release:
    """The parsed version; parsed at most once per process, since a published version never changes."""
    cached = _releases.get((where(session), version_id))
    if cached is not None:
        return cached
    row = session.execute(
        select(
            ProcedureVersion.id, ProcedureVersion.number, ProcedureVersion.bundle, ProcedureVersion.digest
        ).where(ProcedureVersion.id == version_id)
    ).one()
    parsed = prepare(Bundle.load(row.bundle), version_id=row.id, number=row.number)
    with _lock:
        _releases[where(session), version_id] = parsed
        while len(_releases) > CACHED_RELEASES:
            _releases.popitem(last=False)
    return parsed


def where(session: Session) -> str:
    """Which database a version id belongs to: one process may look at several."""
    return str(session.get_bind().engine.url)


def keeping_apart(session: Session) -> dict[int, Release]:
    """Every version with ``[[apart]]``, by its id; there are few, and mostly none."""
    versions = session.scalars(select(ProcedureVersion.id).where(ProcedureVersion.keeps_apart))
    return {version_id: release(session, version_id) for version_id in versions}


_procedure, _version = Procedure.__table__, ProcedureVersion.__table__
_CURRENT = select(_procedure.c.key, _procedure.c.current_version_id).where(
    _procedure.c.key == bindparam("key")
)
_COME = (
    select(_version.c.id)
    .where(
        _version.c.procedure_key == bindparam("key"),
        _version.c.state == literal(SCHEDULED),
        _version.c.effective_at <= bindparam("at", type_=UtcDateTime),
    )
    .order_by(_version.c.effective_at.desc(), _version.c.number.desc())
    .limit(1)
)
_CURRENT_AT = select(
    _procedure.c.key,
    func.coalesce(_COME.scalar_subquery(), _procedure.c.current_version_id).label("current_version_id"),
).where(_procedure.c.key == bindparam("key"))


def current(session: Session, key: str, at: datetime | None = None) -> Release:
    """The version in force; raises UnknownProcedure or NotPublished.

    With ``at``, a version whose time has come counts from that very instant, whether or not a worker has
    carried it out yet.
    """
    asked = {"key": key} if at is None else {"key": key, "at": at}
    row = session.execute(_CURRENT if at is None else _CURRENT_AT, asked).one_or_none()
    if row is None:
        raise UnknownProcedure(key=key)
    if row.current_version_id is None:
        raise NotPublished(key=key)
    return release(session, row.current_version_id)


def in_force(session: Session) -> list[Release]:
    """Every procedure's version in force, by locality, category and key."""
    rows = session.scalars(
        select(Procedure.current_version_id)
        .where(Procedure.current_version_id.is_not(None))
        .order_by(Procedure.locality, Procedure.category, Procedure.key)
    )
    return [release(session, version_id) for version_id in rows if version_id is not None]
