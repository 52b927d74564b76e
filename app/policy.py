"""Named rules about who may; ``allow`` only marks a view, the verdict falls again inside the command."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from workflows.commands import Actor

View = TypeVar("View", bound=Callable[..., object])

OFFICERS = ("system_officer", "security_officer", "audit_officer")


@dataclass(frozen=True, slots=True)
class Policy:
    """A rule with the sentence the security officer reads."""

    name: str
    sentence: str
    admits: Callable[[Actor], bool]


def _signed_in(actor: Actor) -> bool:
    return actor.kind == "person"


def _does_casework(actor: Actor) -> bool:
    return _signed_in(actor) and not any(actor.holds(role) for role in OFFICERS)


def _reads_audit(actor: Actor) -> bool:
    return actor.holds("supervisor") or actor.holds("audit_officer")


public = Policy("public", "任何人，无需登录", lambda _: True)
signed_in = Policy("signed_in", "已登录人员", _signed_in)
handles_work = Policy("handles_work", "办理业务的人员（三员除外）", _does_casework)
supervises = Policy("supervises", "督导、纪检、审计人员", lambda actor: actor.holds("supervisor"))
reads_cases = Policy("reads_cases", "在其范围内查看办件的人员", _does_casework)
audits = Policy("audits", "督导人员和审计管理员", _reads_audit)
secures = Policy("secures", "安全管理员", lambda actor: actor.holds("security_officer"))
sets_parameters = Policy("sets_parameters", "事项管理员", lambda actor: actor.holds("procedure_admin"))
disposes = Policy(
    "disposes", "事项管理员（本旗区县的办件处置）", lambda actor: actor.holds("procedure_admin")
)
oversees = Policy(
    "oversees",
    "事项管理员和督导人员（适用区划在其范围内的事项）",
    lambda actor: actor.holds("procedure_admin") or actor.holds("supervisor"),
)
is_officer = Policy("is_officer", "三员", lambda actor: any(actor.holds(role) for role in OFFICERS))
keeps_files = Policy(
    "keeps_files",
    "系统管理员和审计管理员",
    lambda actor: actor.holds("system_officer") or actor.holds("audit_officer"),
)
audits_alone = Policy("audits_alone", "审计管理员", lambda actor: actor.holds("audit_officer"))
administers = Policy("administers", "系统管理员", lambda actor: actor.holds("system_officer"))
demo_only = Policy("demo_only", "仅演示模式开放", lambda _: True)


def allow(policy: Policy) -> Callable[[View], View]:
    """Mark a view with the policy under which it is shown."""

    def mark(view: View) -> View:
        view.policy = policy  # type: ignore[attr-defined]
        return view

    return mark
