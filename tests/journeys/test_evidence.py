"""A case's evidence, verified in a browser with the server stopped; what was changed in it is named."""

import io
import json
import re
import zipfile

import pytest
from playwright.sync_api import expect

from tests.journeys.screen import chromium
from tests.journeys.town import Town
from workflows import seals
from workflows.commands import CONSOLE

pytestmark = [pytest.mark.browser, pytest.mark.seconds(240)]

SUPERVISOR = "dongsheng-supervisor1"


@pytest.fixture(scope="module")
def browser():
    with chromium() as running:
        yield running


@pytest.fixture
def bundle(sqlite_url, clock, tmp_path):
    """The files of a case's evidence, as a supervisor took them from its page; then the office is closed."""
    town = Town(sqlite_url, clock, tmp_path, seal_key=bytes(range(3, 35)))
    number = town.up_to("county_decision")
    seals.seal(town.app.extensions["executor"], by=CONSOLE)
    person = town.person(SUPERVISOR)
    assert f"/cases/{number}/evidence.zip" in person.case(number).raw
    taken = person.ask("GET", f"/cases/{number}/evidence.zip")
    assert taken.status_code == 200
    with zipfile.ZipFile(io.BytesIO(taken.data)) as archive:
        archive.extractall(tmp_path / "bundle")
    assert number in person.open("/audit", query_string={"case": number}).words
    town.close()
    return tmp_path / "bundle"


def opened(browser, file):
    """What the page says once it has verified, with nothing but the file."""
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.goto(file.as_uri())
    expect(page.locator("#verdict")).not_to_have_text(re.compile("^正在"))
    said = page.inner_text("#verdict"), page.inner_text("#checks")
    return page, said


def tampered(folder, change):
    """A copy of the page in which somebody changed the data."""
    text = (folder / "verify.html").read_text()
    found = re.search(r'(<script type="application/json" id="data">)(.*?)(</script>)', text, re.DOTALL)
    data = json.loads(found[2])
    change(data)
    inside = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    copy = folder / "tampered.html"
    copy.write_text(text[: found.start(2)] + inside + text[found.end(2) :])
    return copy


def test_the_bundle_verifies_from_a_file_with_the_server_stopped(bundle, browser):
    page, (verdict, checks) = opened(browser, bundle / "verify.html")

    assert verdict == "全部核验通过", checks
    files = [path for path in bundle.rglob("*") if path.parent.name in {"附件", "文书"}]
    assert files
    page.set_input_files("#files", [str(path) for path in files])
    expect(page.locator("#compared li")).to_have_count(len(files))
    assert page.locator("#compared li.bad").count() == 0
    raw = (bundle / "verify.html").read_text()
    assert "150602196803140011" not in raw


def forged_name(data):
    data["chain"][2]["body"] = data["chain"][2]["body"].replace('"kind":"person"', '"kind":"public"')


def taken_out(data):
    del data["chain"][1]


def swapped(data):
    data["chain"][1], data["chain"][2] = data["chain"][2], data["chain"][1]


def journal_word(data):
    row = next(row for row in data["journal"] if row["seq"] == 3)
    name = next(iter(row["words"]))
    row["words"][name] = row["words"][name].replace(":", ": ", 1)


def journal_actor(data):
    data["journal"][2]["plain"]["actor"] = "别人"


def another_version(data):
    data["version"] = data["version"].replace("bpmn", "bpnm", 1)


def cut_off(data):
    data["chain"].pop()
    data["journal"] = [row for row in data["journal"] if row["seq"] <= len(data["journal"]) - 1]


def other_key(data):
    data["key"] = "00" * 32


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (forged_name, "第 3 条记录"),
        (taken_out, "第 2 条记录"),
        (swapped, "第 2 条记录"),
        (journal_word, "流转记录第 3 条"),
        (journal_actor, "流转记录第 3 条"),
        (another_version, "流程版本"),
        (cut_off, "封存"),
        (other_key, "密钥"),
    ],
)
def test_a_tampered_copy_names_the_entry(bundle, browser, change, named):
    _, (verdict, checks) = opened(browser, tampered(bundle, change))

    assert verdict.startswith("核验不通过")
    assert named in checks


def test_evidence_sealed_by_a_key_that_was_lost_since_says_that_the_keys_break_off(
    sqlite_url, clock, tmp_path, browser
):
    town = Town(sqlite_url, clock, tmp_path, seal_key=bytes(range(3, 35)))
    number = town.up_to("county_decision")
    seals.seal(town.app.extensions["executor"], by=CONSOLE)
    town.close()
    town = Town(sqlite_url, clock, tmp_path, seal_key=bytes(range(4, 36)))
    seals.begin_anew(town.app.extensions["executor"], "硬盘损坏，没有备份", by=CONSOLE)
    taken = town.person(SUPERVISOR).ask("GET", f"/cases/{number}/evidence.zip")
    with zipfile.ZipFile(io.BytesIO(taken.data)) as archive:
        archive.extractall(tmp_path / "bundle")
    town.close()

    _, (verdict, checks) = opened(browser, tmp_path / "bundle" / "verify.html")

    assert verdict.startswith("已核验的部分通过")
    assert "封存签名：通过" in checks
    assert "次封存起由新密钥签名：原密钥遗失" in checks
