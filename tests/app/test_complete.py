"""Nothing that is done, tried or taken leaves no entry on the trail, by whichever route, command or call."""

import ast
import importlib
import pkgutil

import pytest
from sqlalchemy import func, select

import app
import workflows
from app import create_app
from app.settings import Settings
from tests.app.office import CADRE, CLERK, SUPERVISOR
from tests.guards.sources import sources
from workflows.audit import AuditEntry
from workflows.commands import Command

STARTS = ("wsgi", "__main__")

OWN_BOOKS = {
    "DeliverNext": "what was promised stands in the entry of who promised it",
    "CountFailure": "a letter that waits for its next try",
    "LeaseNext": "a letter taken in hand",
    "MarkSent": "a letter that left",
    "MarkUnsent": "a letter that did not leave",
    "OpenPeriods": "the calendar of campaigns; each case that begins has its own entry",
    "StartCampaign": "the case that begins has its entry, in its own chain",
    "RemindItem": "a message about a limit, kept where messages are",
    "HandleBatchItem": "each item of a batch leaves an entry as if it had been dealt with alone",
    "HandleLine": "each case of a round of disposals leaves an entry as if it had been dealt with alone",
    "CountCases": "what supervisors see counted is made of the record and can be thrown away",
    "JudgeCase": "a dry run on a copy; moving the case leaves its entry",
    "SettleCase": "what became of one case stands in the entry of who moves them, and in the case's own",
    "KeepOutcomes": "a trial of a draft on past cases, in memory; who asked for it has the entry",
    "IndexCases": "the search index is made of the record and can be thrown away",
}
"""The machine's own books: commands that leave no entry of their own, and why none is missed."""

SETS_ASIDE = {
    *("workflows/cases.py", "workflows/commands.py", "workflows/seals.py"),
    # Looking again at the same file or paper on the same day: the day's entry stands.
    *("app/attachments/commands.py", "app/papers/commands.py"),
}
"""Where a command may say that its entry stands already, or that it did nothing."""


def kinds():
    """Every command there is."""
    for package in (workflows, app):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith(STARTS):
                importlib.import_module(module.name)
    waiting, found = [Command], {}
    while waiting:
        for kind in waiting.pop().__subclasses__():
            waiting.append(kind)
            if kind.run is not Command.run and kind.__module__.startswith(("app.", "workflows.")):
                found[kind.__name__] = kind
    return found


def test_every_command_leaves_an_entry_but_the_machines_own_books():
    assert {name for name, kind in kinds().items() if not kind.recorded} == OWN_BOOKS.keys()


def test_nothing_but_the_storing_of_a_case_stands_for_an_entry():
    """An entry is left out only where a command says that one stands already."""
    found = {
        str(path)
        for path, tree in sources("workflows", "app").items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        and any(isinstance(each, ast.Attribute) and each.attr == "on_record" for each in node.targets)
    }

    assert found <= SETS_ASIDE


def entries(office, stream=None):
    query = select(func.count()).select_from(AuditEntry)
    if stream is not None:
        query = query.where(AuditEntry.stream == stream)
    with office.executor.database.reading() as session:
        return session.scalar(query)


def mutating(folder):
    """Every address that something can be sent to, with numbers and names put in."""
    settings = Settings.from_environment({"XIANGSHEN_DATA_DIR": str(folder), "XIANGSHEN_DEMO": "1"})
    made = create_app(settings)
    values = {"number": "FP01DS-2026-000001", "key": "warning_ledger", "day": "2026-05-01", "kind": "message"}
    for rule in made.url_map.iter_rules():
        for method in sorted(rule.methods - {"GET", "HEAD", "OPTIONS"}):
            given = {}
            for name in rule.arguments:
                converter = rule._converters[name]
                chosen = getattr(converter, "items", None)
                given[name] = min(chosen) if chosen else values.get(name)
                if given[name] is None:
                    given[name] = 1 if "Number" in type(converter).__name__ or name.endswith("_id") else "x"
            yield method, made.url_map.bind("").build(rule.endpoint, given, method=method)


@pytest.fixture(scope="module")
def addresses(tmp_path_factory):
    return sorted(set(mutating(tmp_path_factory.mktemp("addresses"))))


@pytest.mark.parametrize("who", ["a stranger", CLERK, SUPERVISOR])
def test_whatever_is_sent_to_an_address_leaves_an_entry(one_office, addresses, who):
    browser, silent = one_office.browser(None if who == "a stranger" else who), []
    for method, address in addresses:
        before = entries(one_office)
        answer = browser.client.open(address, method=method, data={"csrf_token": "stale"})
        assert answer.status_code < 500, address
        if entries(one_office) == before:
            silent.append(f"{method} {address} {answer.status_code}")
        if address.startswith("/sign-out") and who != "a stranger":
            browser = one_office.browser(who)

    assert silent == []
    assert len(addresses) > 50


@pytest.mark.parametrize("who", [None, CLERK])
def test_whatever_a_program_sends_leaves_an_entry(one_office, addresses, who):
    program = one_office.program(who) if who else one_office.stranger()
    calls = [each for each in addresses if each[1].startswith("/api/v1")]
    for method, address in calls:
        before = entries(one_office)
        program.call(method, address.removeprefix("/api/v1"), json={})
        assert entries(one_office) > before, address

    assert len(calls) > 10


def test_a_page_that_somebody_may_not_see_is_a_refused_attempt(one_office):
    number = one_office.start()
    browser = one_office.browser("hantai-clerk1")
    before = entries(one_office, "refused")

    assert browser.get(f"/cases/{number}").status_code == 404
    assert browser.get("/audit").status_code == 403

    assert entries(one_office, "refused") == before + 2


def test_a_page_that_is_only_looked_at_leaves_nothing(one_office):
    number = one_office.start()
    browser = one_office.browser(CADRE)
    before = entries(one_office)

    for address in ("/", "/cases", f"/cases/{number}", "/registers", "/nowhere"):
        browser.get(address)

    assert entries(one_office) == before


@pytest.mark.parametrize(
    "address",
    [
        "/cases/{number}/print",
        "/cases/{number}/print.pdf",
        "/registers/warning_ledger/export.xlsx",
        "/registers/subject/template.xlsx",
    ],
)
def test_whatever_is_taken_along_or_printed_leaves_an_entry(one_office, address):
    number = one_office.start()
    browser = one_office.browser(CLERK)
    before = entries(one_office)

    answer = browser.get(address.format(number=number))

    assert answer.status_code in {200, 403, 404}
    assert entries(one_office) > before
