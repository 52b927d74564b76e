"""Starting and reading cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import url_for

import forms
from app import door, policy
from app.api import asking, shapes
from app.api.answering import Answer, listed, performed, said
from app.api.calls import PAGED, Call
from app.api.schema_parts import Query
from app.cases import queries, whole
from app.searching import words
from app.searching.queries import Wanted
from workflows.cases import STATE_WORDS, UnknownCase
from workflows.catalogue import NotPublished, UnknownProcedure
from workflows.errors import Invalid
from workflows.opening import UnknownDivision
from workflows.running import MayNotStart, StartCase, Started

if TYPE_CHECKING:
    from typing import Any

    from flask.typing import ResponseReturnValue
    from sqlalchemy.orm import Session

    from app.cases.queries import CaseView


@Call(
    "POST",
    "/cases",
    policy.handles_work,
    summary="发起办件：填写发起表单，进入第一个办理环节",
    body="StartCase",
    gives="Case",
    status=201,
    refusals=(UnknownProcedure, NotPublished, MayNotStart, UnknownDivision, Invalid),
)
def start() -> ResponseReturnValue:
    """Start a case."""
    given = asking.body("StartCase")
    command = StartCase(
        procedure=given["procedure"],
        division=given["division"],
        answers=forms.with_reasons(given.get("answers", {}), given.get("corrections")),
        subject=given.get("subject") or {},
        opinion=given.get("opinion"),
    )
    return performed(command, _started)


def _started(session: Session, started: Started) -> Answer:
    seen = queries.view(session, door.current_actor(), started.number)
    where = url_for("api.case", number=started.number)
    return Answer.of(_whole(session, seen), 201, where)


def _whole(session: Session, seen: CaseView) -> dict[str, Any]:
    return shapes.case(session, seen, door.now(), whole.may(session, door.current_actor(), seen.case))


@Call(
    "GET",
    "/cases",
    policy.reads_cases,
    summary="有权查看的办件，新的在前",
    query=(
        Query("state", "word", "状态", tuple(STATE_WORDS)),
        Query("procedure", "word", "事项的 key"),
        Query(
            "q",
            "word",
            "全文检索：户主、编号、区划、事项、环节、结论、意见、填写内容、文书标题中的文字，空格分开的各词都要有",
        ),
        Query("division", "division", "12 位区划代码：它及其下"),
        Query("step", "word", "当前停在该环节（环节名称，全称）"),
        Query("since", "day", "此时刻及以后发起的；写日期即该日零时（北京时间）"),
        Query("until", "day", "早于此时刻发起的；写日期即该日零时（北京时间）"),
        *PAGED,
    ),
    gives="CaseLinePage",
)
def cases() -> ResponseReturnValue:
    """Cases within the person's scope."""
    session = door.reading()
    wanted = Wanted(
        words=words.asked(asking.asked("q")),
        state=asking.asked("state"),
        procedure=asking.asked("procedure"),
        division=asking.asked("division"),
        step=asking.asked("step"),
        since=asking.asked("since"),
        until=asking.asked("until"),
    )
    cursor = asking.cursor(asking.row_number)
    found = queries.listed(session, door.current_actor(), wanted, door.now(), cursor, asking.limit())
    return listed(found.page, lambda row: shapes.case_line(session, row))


@Call(
    "GET",
    "/cases/<number>",
    policy.reads_cases,
    summary="一个办件：现状、各环节内容和全部经过",
    gives="Case",
    refusals=(UnknownCase,),
)
def case(number: str) -> ResponseReturnValue:
    """One case."""
    session = door.reading()
    return said(_whole(session, queries.view(session, door.current_actor(), number)))
