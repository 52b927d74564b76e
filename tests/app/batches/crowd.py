"""Several cases at one step, as a list of work has them."""

from app.security.demo import identity_number
from tests.app.office import CADRE, CLERK


def numbers(office, count, first=0):
    """Cases that have just been applied for: their items wait for 入户核实."""
    return [
        office.start(by=CADRE, head_identity=identity_number("150602", "19700101", serial))
        for serial in range(first, first + count)
    ]


def reviewing(office, count, first=0):
    """Cases that wait for 镇（街道）审核, whose form asks a conclusion and an opinion only."""
    found = numbers(office, count, first)
    for number in found:
        for _ in ("household_check", "village_review", "publicity"):
            assert office.take(number).status_code == 200
    office.pass_days(6)
    return found


def picks(office, found, by=CLERK):
    """The open item of each case as a program picks it."""
    ids = [office.item(number)["id"] for number in found]
    listed = {one["id"]: one["revision"] for one in _all(office.program(by))}
    return [{"id": one, "revision": listed.get(one, 1)} for one in ids]


def _all(program):
    page = program.get("/work-items?limit=100").json
    rows = page["items"]
    while page["next"]:
        page = program.get(f"/work-items?limit=100&cursor={page['next']}").json
        rows += page["items"]
    return rows


def begin(office, action, items, by=CLERK, key=None, **given):
    """A batch over the interface; gives the answer."""
    return office.program(by).post("/work-items/batch", {"action": action, "items": items, **given}, key=key)


def states(answer):
    """What became of each item, in order."""
    return [one["state"] for one in answer.json["items"]]
