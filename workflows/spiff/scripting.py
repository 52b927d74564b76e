"""What an expression in a diagram may see and do: FEEL over the case's variables, nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workflows import feel
from workflows.clock import LOCAL, local_date
from workflows.spiff.timing import whole

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date, datetime

    from workflows.clock import WorkingDays


Answered = tuple[Mapping[str, Any], Mapping[str, Any]]
"""What an instance saw of its own, and its answers."""


@dataclass(slots=True)
class Scope:
    """The variables of one case, the moment of the command and the calendar of working days.

    ``variables`` is the caller's own dictionary: operations and the engine write results into it.
    After a refusal throw it away, as the rest of the transaction.
    """

    variables: dict[str, Any]
    at: datetime
    calendar: WorkingDays
    gather: Callable[[str], Sequence[Answered | None]] | None = None
    """What each instance of a step that many do saw and answered, in their order; asked when all are over."""

    def evaluate(self, text: str, local: Mapping[str, Any] | None = None) -> Any:
        """The value of FEEL ``text`` (it begins with ``=``); any other text is its own value.

        ``local`` names are seen before the case's variables.
        """
        if not text.startswith("="):
            return text
        names = {**self.variables, **local} if local else self.variables
        return feel.evaluate(text[1:], names, functions=self.functions(), at=self.at.astimezone(LOCAL))

    def functions(self) -> dict[str, Callable[..., Any]]:
        """What the office lends to expressions beside the standard's own functions."""
        return {"workdays": self._workdays}

    def _workdays(self, days: object) -> date:
        count = whole(days)
        if count is None or not 0 <= count <= _MOST_WORKDAYS:
            raise ValueError(days)
        return self.calendar.after(local_date(self.at), count)


_MOST_WORKDAYS = 2_000
"""Some eight years: no office sets itself a longer time in working days, and each day is looked up."""


class NoScripts:
    """Stands where SpiffWorkflow keeps its Python engine; evaluates nothing, whoever asks."""

    def evaluate(self, *_args: object, **_names: object) -> Any:
        raise PermissionError

    def execute(self, *_args: object, **_names: object) -> Any:
        raise PermissionError

    def call_service(self, *_args: object, **_names: object) -> Any:
        raise PermissionError
