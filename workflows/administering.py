"""Who administers a procedure: whoever may change its parameters or amend it, and why somebody may not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflows.commands import division_prefix
from workflows.errors import NotAllowed

if TYPE_CHECKING:
    from workflows.catalogue import Release
    from workflows.commands import Actor

ADMINISTRATOR = "procedure_admin"


class NotAdministrator(NotAllowed):
    """The procedure is not this person's to administer."""

    code = "parameter.not_administrator"
    sentence = "只有“{name}”适用区划的事项管理员可以修订它、调整其参数。"


class HandlesIt(NotAllowed):
    """Who acts in the procedure does not rule it."""

    code = "parameter.handles_it"
    sentence = "您承担“{name}”的办理角色，不能修订它、调整其参数，请由其他事项管理员办理。"


def administers(actor: Actor, division: str) -> bool:
    """Whether ``actor`` administers the procedures of ``division``."""
    mine = [grant for grant in actor.grants if grant.role == ADMINISTRATOR]
    return any(division.startswith(division_prefix(grant.division)) for grant in mine)


def require_administrator(actor: Actor, release: Release) -> None:
    """Refuse unless ``actor`` administers the procedure's division and takes no part in the procedure."""
    if not administers(actor, release.division):
        raise NotAdministrator(name=release.name)
    acting = {element.role for element in release.specification.steps()} | set(release.starters)
    if any(grant.role in acting or grant.role.partition(":")[0] in acting for grant in actor.grants):
        raise HandlesIt(name=release.name)
