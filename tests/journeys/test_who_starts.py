"""Who may start each procedure over JSON: those of its starting roles in its division, and nobody else."""

import pytest

from app.scope import BLIND
from tests.app.office import Office
from tests.bpmn.artefacts import KEYS, ROOT, procedure
from tests.clock import TurnableClock
from workflows.commands import CONSOLE
from workflows.designing import folders
from workflows.designing.publish import PublishVersion


@pytest.fixture(scope="module")
def office(sqlite_template, tmp_path_factory):
    """One office with every procedure in force; nothing in it is changed by these tests."""
    folder = tmp_path_factory.mktemp("starting")
    (folder / "office.sqlite3").write_bytes(sqlite_template.read_bytes())
    made = Office(f"sqlite:///{folder / 'office.sqlite3'}", folder / "data", TurnableClock())
    for key in KEYS:
        bundle = folders.read(ROOT / "bpmn", ROOT / "forms" / "definitions", key)
        made.executor.execute(PublishVersion(bundle=bundle), by=CONSOLE)
    yield made
    made.close()


@pytest.fixture(scope="module")
def people(office):
    """Every demonstration account by its user name, but officers, who have no cases."""
    found = office.app.test_client().get("/demo/accounts").json
    actors = {one["username"]: office.actor(one["username"]) for one in found}
    return {
        name: actor
        for name, actor in actors.items()
        if not {grant.role for grant in actor.grants} & (BLIND - {"household"})
    }


def may(actor, key):
    """Whether the account holds a starting role there, as the procedure's own file says."""
    told = procedure(key)
    return any(
        grant.role in told["start_roles"] and covers(grant.division, told["division"])
        for grant in actor.grants
    )


def covers(one, other):
    return one.startswith(other.rstrip("0")) or other.startswith(one.rstrip("0"))


def without(key, people):
    """Accounts that may not: one of each set of roles near by, and one with a starting role elsewhere."""
    told, chosen = procedure(key), {}
    for name, actor in people.items():
        if may(actor, key):
            continue
        near = any(covers(grant.division, told["division"]) for grant in actor.grants)
        right = any(grant.role in told["start_roles"] for grant in actor.grants)
        if near or right:
            chosen.setdefault((near, right), name)
    return sorted(chosen.values())


@pytest.mark.parametrize("key", KEYS)
def test_only_the_right_people_start_it(key, office, people):
    told = procedure(key)
    offered = office.app.test_client().get(f"/demo/accounts?procedure={key}").json
    strangers = without(key, people)

    answers = [
        office.program(name).post("/cases", {"procedure": key, "division": told["division"], "answers": {}})
        for name in strangers
    ]

    assert {one["username"] for one in offered} == {name for name in people if may(people[name], key)}
    assert strangers
    assert [(answer.status_code, answer.json["code"]) for answer in answers] == [
        (403, "procedure.may_not_start")
    ] * len(strangers)
