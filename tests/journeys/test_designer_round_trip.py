"""Every diagram an installation starts with goes through the designer and means what it meant."""

from collections import Counter

import pytest
from lxml import etree

from tests.bpmn.artefacts import FORMS, PROCEDURES
from tests.journeys.screen import DESK
from tests.journeys.town import PROCEDURE
from workflows import spiff
from workflows.designing import folders
from workflows.designing.amending import OpenAmendment, SaveAmendment
from workflows.designing.amendments import Amendment
from workflows.designing.layout import laid_out

pytestmark = [pytest.mark.browser, pytest.mark.seconds(300)]
BPMN, ZEEBE = "{http://www.omg.org/spec/BPMN/20100524/MODEL}", "{http://camunda.org/schema/zeebe/1.0}"
ADMIN = "dongsheng-admin1"

THROUGH = """async ([script, files]) => {
  const { modelerIn } = await import(script);
  const place = document.body.appendChild(document.createElement('div'));
  const modeler = modelerIn(place);
  const found = {};
  for (const [key, xml] of Object.entries(files)) {
    const { warnings } = await modeler.importXML(xml);
    const saved = await modeler.saveXML({ format: true });
    found[key] = { xml: saved.xml, warnings: warnings.map(({ message }) => message) };
  }
  return found;
}"""


@pytest.fixture(scope="module")
def written():
    """Each procedure's diagram as it is written."""
    return {
        path.parent.name: path.read_text(encoding="utf-8")
        for path in sorted(PROCEDURES.glob("*/process.bpmn"))
    }


@pytest.fixture
def saved(small_town, windows, written):
    """Each of them as the designer saves it, and what it complained of."""
    number = small_town.perform(OpenAmendment(procedure=PROCEDURE, title="走查"), ADMIN)
    screen = windows(DESK, ADMIN).open(f"/amendments/{number}/diagram")
    screen.page.wait_for_selector("[data-ready='1']")
    script = screen.page.locator("script[src*='/designer-']").get_attribute("src")
    return screen.page.evaluate(THROUGH, [script, written])


def carried(text):
    """Every extension and explanation in a diagram, wherever it stands."""
    found = etree.fromstring(text.encode()).iter(f"{ZEEBE}*", f"{BPMN}documentation")
    return Counter(
        (each.tag, tuple(sorted(each.attrib.items())), (each.text or "").strip()) for each in found
    )


def test_every_diagram_keeps_its_meaning(saved, written):
    assert len(saved) == len(written) > 100
    assert {key: one["warnings"] for key, one in saved.items() if one["warnings"]} == {}

    assert [key for key, one in saved.items() if carried(one["xml"]) != carried(written[key])] == []
    changed = []
    for key, one in saved.items():
        bundle = folders.read(PROCEDURES, FORMS, key)
        before = {name: text.encode() for name, text in bundle.diagrams.items()}
        after = {**before, "process.bpmn": one["xml"].encode()}
        meant, means = spiff.parse(before, key), spiff.parse(after, key)
        if meant != means or list(meant.flows) != list(means.flows):
            changed.append(key)
    assert changed == []


@pytest.mark.parametrize("key", ["fp_04_gt", "fp_08_ds", "pf_04_ew", "fp_12_gt"])
def test_looking_at_settings_changes_nothing(small_town, windows, key):
    number = small_town.perform(OpenAmendment(procedure=PROCEDURE, title="走查"), ADMIN)
    bundle = folders.read(PROCEDURES, FORMS, key)
    changes = {
        "process.bpmn": bundle.diagrams["process.bpmn"],
        **{f"forms/{name}.json": text for name, text in bundle.forms.items()},
    }
    small_town.perform(SaveAmendment(amendment_id=number, revision=1, changes=changes), ADMIN)
    screen = windows(DESK, ADMIN).open(f"/amendments/{number}/diagram")
    screen.page.wait_for_selector("[data-ready='1']")
    places = screen.page.get_by_label("到哪里")
    ids = places.locator("option").evaluate_all("all => all.map((one) => one.value).filter(Boolean)")

    for shape in ids:
        places.select_option(shape)
        shown = screen.page.locator("#pane-settings")
        assert shown.locator("section").count() >= 1, shape
        screen.page.get_by_role("button", name="整张图").click()

    assert len(ids) > 10
    assert screen.page.locator("[data-status]").inner_text() == "已保存"
    assert screen.page.get_by_role("button", name="撤销").is_disabled()


DOUBLED = """<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d"
 targetNamespace="t">
<bpmn:process id="fp_01_ds" isExecutable="true">
<bpmn:startEvent id="start" name="开始"/><bpmn:parallelGateway id="split" name="分头办"/>
<bpmn:userTask id="one" name="甲"/><bpmn:userTask id="two" name="乙"/>
<bpmn:exclusiveGateway id="join" name="都办完"/><bpmn:endEvent id="end" name="办结"/>
<bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="split"/>
<bpmn:sequenceFlow id="f2" sourceRef="split" targetRef="one"/>
<bpmn:sequenceFlow id="f3" sourceRef="split" targetRef="two"/>
<bpmn:sequenceFlow id="f4" sourceRef="one" targetRef="join"/>
<bpmn:sequenceFlow id="f5" sourceRef="two" targetRef="join"/>
<bpmn:sequenceFlow id="f6" sourceRef="join" targetRef="end"/>
</bpmn:process></bpmn:definitions>"""


def test_a_mend_that_the_check_knows_is_one_press_away(small_town, windows):
    number = small_town.perform(OpenAmendment(procedure=PROCEDURE, title="走查"), ADMIN)
    drawn = {"process.bpmn": laid_out(DOUBLED.encode()).decode()}
    small_town.perform(SaveAmendment(amendment_id=number, revision=1, changes=drawn), ADMIN)
    screen = windows(DESK, ADMIN).open(f"/amendments/{number}/diagram")
    screen.page.wait_for_selector("[data-ready='1']")
    screen.page.get_by_role("tab", name="检查").click()

    screen.page.get_by_role("button", name="改为并行网关").click()
    screen.page.locator("[data-status]", has_text="已保存 ").wait_for()

    files = small_town.read(lambda session: session.get_one(Amendment, number).files)
    assert spiff.parse({"process.bpmn": files["process.bpmn"].encode()}, PROCEDURE).elements["join"].kind == (
        "parallelGateway"
    )
    screen.page.get_by_role("button", name="改为并行网关").wait_for(state="detached")
