"""Nonsense in an address is answered plainly on every page, on both databases; never with a fault of ours."""

import re

import pytest

from tests.app.office import BUREAU

GIANT = str(10**30)
CURSORS = (
    "x",
    "WzFd",
    "WyJhIl0",
    "bnVsbA",
    "WyIyMDI2IiwxXQ",
    "WyIyMDI2LTAxLTAxIiwiYSJd",
    "Wzk5OTk5OTk5OTk5OTk5OTk5OTk5OV0",
)

VALUES = (GIANT, str(2**63), "0", "%00", "%25", "' OR 1=1 --", "超" * 300)


@pytest.fixture
def addresses(office):
    """Every page's address, with nonsense for what it asks."""
    rules = [
        rule.rule
        for rule in office.app.url_map.iter_rules()
        if "GET" in rule.methods and not rule.rule.startswith(("/api/", "/static/", "/demo/"))
    ]
    found = []
    for rule in rules:
        found += [re.sub(r"<[^>]+>", value, rule) for value in VALUES]
        if "<" not in rule or "<key>" in rule:
            plain = rule.replace("<key>", "warning_ledger" if "registers" in rule else "fp_01_ds")
            found += [f"{plain}?cursor={cursor}&after={cursor}" for cursor in CURSORS]
            found += [
                f"{plain}?{name}=%00" for name in ("q", "procedure", "state", "status", "division", "case")
            ]
            found += [f"{plain}?{name}={GIANT}" for name in ("person", "since", "division", "number", "lamp")]
    return sorted(set(found))


@pytest.mark.parametrize("username", [BUREAU, "audit-officer", "dongsheng-admin1"])
def test_no_page_breaks_on_nonsense_in_its_address(office, addresses, username):
    browser = office.browser(username)
    office.start()
    broken = []

    for address in addresses:
        try:
            status = browser.get(address).status_code
        except Exception as fault:  # noqa: BLE001 (the application lets faults through in tests)
            status = f"{type(fault).__name__}: {fault}"[:120]
        if not isinstance(status, int) or status >= 500:
            broken.append(f"{address[:80]} → {status}")

    assert broken == []
