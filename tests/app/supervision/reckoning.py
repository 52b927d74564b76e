"""What the counts must say, reckoned a second time straight from the work items."""

from collections import Counter
from datetime import timedelta

from sqlalchemy import select

from app.supervision.commands import CountCases
from app.supervision.models import DayCount, OpenCount
from tests.clock import LOCAL
from workflows import catalogue
from workflows.cases import Case
from workflows.clock import published
from workflows.commands import SYSTEM
from workflows.work_items import WorkItem

ENDS = [n / 10 for n in range(1, 11)] + [1.5, 2.0, 3.0]


def count_all(executor):
    """Let the chore do all there is to do."""
    while executor.execute(CountCases(), by=SYSTEM):
        pass


def minutes(since, until):
    """Minute by minute would take long; day by day, in Beijing time."""
    total, at = 0.0, since.astimezone(LOCAL)
    end = until.astimezone(LOCAL)
    while at < end:
        midnight = (at + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
        if published(at.date()):
            total += (min(midnight, end) - at).total_seconds()
        at = midnight
    return int(total // 60)


def direct(session):
    """(open, days) as the counts of every area must be, by asking the items one by one."""
    stock, days = Counter(), Counter()
    for item, case in session.execute(select(WorkItem, Case).join(Case, Case.id == WorkItem.case_id)):
        if case.kept or item.kind != "step" or item.state in {"withdrawn", "taken_back"}:
            continue
        areas = {case.division, case.division[:9] + "000", case.division[:6] + "000000"}
        rests = case.state == "suspended" or item.due_at is None
        key = (item.procedure_key, case.version_id, item.step)
        for area in areas:
            days[area, day(item.created_at), *key, "opened"] += 1
            if item.state != "done":
                stock[area, *key, None if rests else item.due_at] += 1
                continue
            for name, value in done(session, item, case).items():
                days[area, day(item.done_at), *key, name] += value
    return stock, Counter({key: value for key, value in days.items() if value})


def day(instant):
    return instant.astimezone(LOCAL).date()


def done(session, item, case):
    took = minutes(item.created_at, item.done_at)
    found = Counter(done=1, minutes=took)
    said = item.conclusion or ""
    options = catalogue.release(session, case.version_id).conclusions(item.form)
    if "退回" in said:
        found["returned"] += 1
    elif said in options and said != options[0]:
        found["refused"] += 1
    if item.due_at is not None:
        limit = minutes(item.created_at, item.due_at)
        found["late"] += item.due_at <= item.done_at
        if limit:
            found["limited"] += 1
            found["limit_minutes"] += limit
            band = next((n for n, end in enumerate(ENDS) if took / limit <= end), len(ENDS))
            found[f"b{band}"] += 1
    return found


def kept(session):
    """The same as the tables say."""
    stock, days = Counter(), Counter()
    for row in session.scalars(select(OpenCount)):
        due = None if row.due_at.year == 9999 else row.due_at
        stock[row.area, row.procedure_key, row.version_id, row.step, due] += row.number
    columns = [column.name for column in DayCount.__table__.columns][5:]
    for row in session.scalars(select(DayCount)):
        for name in columns:
            value = getattr(row, name)
            if value:
                days[row.area, row.day, row.procedure_key, row.version_id, row.step, name] += value
    return stock, days
