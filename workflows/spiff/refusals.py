"""Why a diagram is not taken, and why a step is not made."""

from __future__ import annotations

from dataclasses import dataclass

from workflows.errors import Conflict, Invalid


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a diagram: where, by which rule, and the sentence for its author."""

    file: str
    element: str
    rule: str
    sentence: str


class Unreadable(Invalid):
    """A diagram holds something that is broken, dangerous or not supported."""

    code = "diagram.unreadable"
    sentence = "流程图文件“{file}”不能使用：{problem}"

    def __init__(self, problem: Problem) -> None:
        super().__init__({problem.element: problem.sentence}, file=problem.file, problem=problem.sentence)
        self.problem = problem
        self.file = problem.file
        self.element = problem.element
        self.rule = problem.rule


class NotWaiting(Conflict):
    """The task is not open: done already, withdrawn, or never there."""

    code = "engine.not_waiting"
    sentence = "此待办已经办结或已收回，不能再次办理。"


class NoWay(Conflict):
    """The token cannot be moved there without upsetting the branches that run beside it."""

    code = "engine.no_way"
    sentence = "不能从“{here}”转到“{there}”：那里是另一条分支、会合之后才到的环节，或不是人工办理的环节。"


class NoWayBack(NoWay):
    """The same, on the way back."""

    code = "engine.no_way_back"
    sentence = "不能从“{here}”退回到“{there}”。"


class NotAsItWas(Conflict):
    """What a step brought about does not stand any more as the step left it, so it cannot be undone."""

    code = "engine.not_as_it_was"
    sentence = "办件已继续往下办理或与其他分支会合，不能撤回；如确有错误，请联系现办理人退回。"


class NotExpected(Conflict):
    """No token of the case waits for this message."""

    code = "engine.not_expected"
    sentence = "本办件目前不接收“{message}”。"


class Undecided(Conflict):
    """A gateway, a count or a timer did not come out as something usable."""

    code = "engine.undecided"
    sentence = "“{name}”无法判断走向：{reason}。本次操作没有生效，请联系流程管理员。"


class EngineStuck(Conflict):
    """After the step nothing could ever happen again, yet the case has not ended."""

    code = "engine.stuck"
    sentence = "流程走到“{where}”后无法继续，本次操作没有生效，请联系流程管理员检查流程图。"


class TooManyRounds(Conflict):
    """The case turns in circles: too many steps at once, or in its whole life."""

    code = "engine.too_many_rounds"
    sentence = "办件流转次数超过上限（{limit}次），流程图可能存在死循环，本次操作没有生效。"


class StateUnreadable(Conflict):
    """A stored state does not fit this specification, or comes from an unknown format."""

    code = "engine.state_unreadable"
    sentence = "办件的流转状态无法读取：{reason}。"
