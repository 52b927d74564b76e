"""The households of a demonstration: in every locality, and no more of them the second time."""

from app.demo.commands import SeedRegisters
from app.demo.registers import HOUSEHOLDS, MONITORED
from tests.app.registers.conftest import Registry
from workflows.commands import CONSOLE

VILLAGES = {
    "ds": "150602100202",
    "aq": "150623100211",
    "ew": "150724215210",
    "gt": "141123209200",
    "dk": "150822101211",
}


def test_each_locality_has_households_to_survey_and_some_to_help(sqlite_url, clock):
    registry = Registry(sqlite_url, clock)

    first, again = registry.do(SeedRegisters(), CONSOLE), registry.do(SeedRegisters(), CONSOLE)

    assert (first > 100, again) == (True, 0)
    for locality, village in VILLAGES.items():
        ledger = "warning_ledger" if locality == "ds" else f"monitored_{locality}"
        listed = registry.ask("list", register=f"households_{locality}", division=village)
        monitored = registry.ask("list", register=ledger, division=village)
        assert listed["count"] >= HOUSEHOLDS
        assert monitored["count"] == MONITORED
    helped = registry.ask("reconcile", register="monitored_gt", against="helpers_gt", division=VILLAGES["gt"])
    assert helped["equal"]
    registry.database.dispose()
