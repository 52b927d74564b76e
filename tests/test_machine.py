"""The programs this suite starts are there and do what the journeys need of them."""

import pytest
from playwright.sync_api import sync_playwright

from tests import machine


@pytest.mark.browser
def test_the_browser_draws_chinese_characters():
    program = machine.chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=machine.CHROMIUM_ARGUMENTS, env=machine.environment(program)
        )
        page = browser.new_page()

        page.set_content("<p>待办</p><p>公示</p><p>&#x10FFFE;&#x10FFFE;</p><p>&#x10FFFD;&#x10FFFD;</p>")
        drawn = [page.locator("p").nth(number).screenshot() for number in range(4)]
        browser.close()

    assert drawn[0] != drawn[1], "every character looks like the box for a missing one"
    assert drawn[0] not in drawn[2:]


def test_a_missing_program_is_named_with_the_way_to_get_it(monkeypatch):
    monkeypatch.setattr(machine, "UNPACKED", machine.ROOT / "nowhere")

    with pytest.raises(machine.NotInstalled, match="no_such_program is not on this machine; `make test`"):
        machine.postgresql("no_such_program")
