"""A procedure's folder becomes a bundle; what is wrong with one folder never touches the next."""

import shutil

import pytest

from app.designer.trying import OFFICE
from tests.bpmn.artefacts import FORMS, PROCEDURES, copied
from workflows import catalogue
from workflows.designing import folders, lint
from workflows.designing.folders import Unusable


@pytest.fixture
def root(tmp_path):
    """A procedure and one that calls it, to be damaged."""
    return copied(tmp_path / "bpmn", "fp_01_ds", "fp_08_ds")


def refusal(root, key="fp_01_ds"):
    with pytest.raises(Unusable) as said:
        folders.read(root, FORMS, key)
    return str(said.value)


def rewrite(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_called_procedures_come_before_those_that_call_them(root):
    keys = folders.keys(root)

    assert keys.index("fp_01_ds") < keys.index("fp_08_ds")


def test_a_called_procedure_brings_its_diagram_forms_and_parameters_along(root):
    bundle = folders.read(root, FORMS, "fp_08_ds")

    assert set(bundle.diagrams) == {"process.bpmn", "fp_01_ds/process.bpmn"}
    assert set(bundle.decisions) == {"fp_08_ds/decisions.dmn"}
    assert {"fp_08_ds_relief", "fp_01_ds_household_check"} <= set(bundle.forms)
    names = [parameter["name"] for parameter in bundle.meta["parameters"]]
    assert {"green_channel_causes", "household_check_days"} <= set(names)
    assert len(names) == len(set(names))


def test_reading_twice_gives_the_same_version(root):
    first, second = (folders.read(root, FORMS, "fp_08_ds").digest() for _ in range(2))

    assert first == second


def test_a_missing_diagram_is_named(root):
    (root / "fp_01_ds" / "process.bpmn").unlink()

    assert refusal(root) == "fp_01_ds/process.bpmn：文件不存在或读不到"
    assert refusal(root, "fp_08_ds") == "fp_01_ds/process.bpmn：文件不存在或读不到"


def test_a_folder_without_a_description_is_not_passed_over(root):
    (root / "fp_01_ds" / "procedure.toml").unlink()

    assert "fp_01_ds" in folders.keys(root)
    assert refusal(root) == "fp_01_ds/procedure.toml：文件不存在或读不到"


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('name = "东胜区监测对象识别"', "name = ", "不是有效的 TOML"),
        ('name = "东胜区监测对象识别"', "", "缺少 name"),
        ('locality = "DS"\ndivision = "150602000000"', "", "缺少 locality、division"),
        ('division = "150602000000"', "division = 7", "division 应为12 位区划代码"),
        ('start_roles = ["household",', "start_roles = [3,", "start_roles 应为一列角色"),
        ("calls = []", 'calls = ["../../etc"]', "calls 应为一列事项编号"),
        ("calls = []", 'calls = "fp_08_ds"', "calls 应为一列事项编号"),
        (
            'name = "acceptance_days"',
            'name = "total_days"',
            "parameters 应为一列参数，各有不重复的 name 和 default",
        ),
        ('name = "acceptance_days"', "name = 3", "parameters 应为"),
        ("default = 15", "standard = 15", "parameters 应为"),
        ("calls = []", "calls = []\ndocuments = 3", "不是有效的 TOML"),
    ],
)
def test_a_description_that_cannot_be_used_is_named_with_the_reason(root, old, new, sentence):
    rewrite(root / "fp_01_ds" / "procedure.toml", old, new)

    said = refusal(root)

    assert said.startswith("fp_01_ds/procedure.toml：")
    assert sentence in said


@pytest.mark.parametrize(
    ("content", "sentence"), [(b"\xff\xfe\x00", "文件不是 UTF-8 编码"), (b"x" * 2_000_001, "文件超过 2 MB")]
)
def test_a_file_that_cannot_be_text_is_named(root, content, sentence):
    (root / "fp_08_ds" / "decisions.dmn").write_bytes(content)

    assert refusal(root, "fp_08_ds") == f"fp_08_ds/decisions.dmn：{sentence}"


def test_a_byte_order_mark_is_no_matter(root):
    path = root / "fp_01_ds" / "process.bpmn"
    before = folders.read(root, FORMS, "fp_01_ds").digest()
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())

    assert folders.read(root, FORMS, "fp_01_ds").digest() == before


def test_a_form_nobody_wrote_is_left_for_the_lint_to_tell(root):
    rewrite(root / "fp_01_ds" / "process.bpmn", 'formId="fp_01_ds_apply"', 'formId="fp_01_ds_aply"')
    bundle = folders.read(root, FORMS, "fp_01_ds")

    found = lint.errors(bundle, OFFICE)

    assert ("process.bpmn", "apply", "form.unknown") in [(f.file, f.element, f.rule) for f in found]


def test_a_form_name_that_leaves_the_folder_is_not_followed(root, tmp_path):
    (tmp_path / "secret.json").write_text("{}")
    rewrite(root / "fp_01_ds" / "process.bpmn", 'formId="fp_01_ds_apply"', 'formId="../secret"')
    (tmp_path / "forms").mkdir()

    assert folders.read(root, tmp_path / "forms", "fp_01_ds").forms == {}


def test_procedures_that_call_each_other_are_told_and_not_followed_for_ever(root):
    rewrite(root / "fp_01_ds" / "procedure.toml", "calls = []", 'calls = ["fp_08_ds"]')

    assert {"fp_01_ds", "fp_08_ds"} <= set(folders.keys(root))
    assert set(folders.read(root, FORMS, "fp_01_ds").diagrams) == {"process.bpmn", "fp_08_ds/process.bpmn"}


def test_a_file_of_a_procedure_stands_for_the_whole_of_it(root):
    whole = folders.read(root, FORMS, "fp_08_ds")

    assert folders.around(root / "fp_08_ds" / "process.bpmn", FORMS) == whole
    assert folders.around(root / "fp_08_ds", FORMS) == whole


def test_an_exported_procedure_uses_the_forms_that_lie_beside_it(root):
    beside = root / "fp_01_ds" / "forms"
    shutil.copytree(FORMS, beside)
    rewrite(beside / "fp_01_ds_apply.json", '"default"', '"default" ')

    bundle = folders.around(root / "fp_01_ds", FORMS)

    assert (
        bundle.forms["fp_01_ds_apply"] != folders.read(PROCEDURES, FORMS, "fp_01_ds").forms["fp_01_ds_apply"]
    )


def test_a_lone_diagram_can_be_prepared_too(tmp_path):
    shutil.copy(PROCEDURES / "fp_01_ds" / "process.bpmn", tmp_path / "draft.bpmn")

    bundle = folders.around(tmp_path / "draft.bpmn", FORMS)

    assert bundle.key == "fp_01_ds"
    assert catalogue.prepare(bundle).start_element().id == "apply"
    assert "fp_01_ds_apply" in bundle.forms


def test_a_lone_diagram_without_a_process_is_refused(tmp_path):
    (tmp_path / "a.bpmn").write_text('<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"/>')

    with pytest.raises(Unusable, match="图中没有流程"):
        folders.around(tmp_path / "a.bpmn", FORMS)


# Linting what lies there


def test_a_folder_of_procedures_is_looked_through(root):
    assert lint.anything(root, FORMS, OFFICE) == []


def test_findings_name_the_procedure_their_file_belongs_to(root):
    rewrite(root / "fp_01_ds" / "process.bpmn", 'type="register.enter"', 'type="register.entr"')

    found = lint.anything(root, FORMS, OFFICE)

    assert [(each.file, each.element, each.rule) for each in found] == [
        ("fp_01_ds/process.bpmn", "ledger_update", "operation.unknown"),
    ] * 2


def test_one_file_of_a_procedure_is_looked_at_with_its_neighbours(root):
    rewrite(root / "fp_08_ds" / "decisions.dmn", 'id="dmn_fp_08_ds"', 'id="dmn_fp_08"')

    found = lint.anything(root / "fp_08_ds" / "process.bpmn", FORMS, OFFICE)

    assert "decision.unknown" in [each.rule for each in found]


def test_a_folder_that_cannot_be_read_is_told_and_the_others_looked_through(root):
    (root / "fp_08_ds" / "procedure.toml").write_text("=")

    (finding,) = lint.anything(root, FORMS, OFFICE)

    assert (finding.file, finding.rule) == ("fp_08_ds/procedure.toml", "procedure.unusable")


def test_a_neighbour_that_cannot_be_read_gives_no_ids(root):
    (root / "fp_08_ds" / "process.bpmn").write_bytes(b"\xff\xfe\x00")

    ids = folders.elsewhere(root)

    assert "household_check" in ids
    assert "relief" not in ids


def test_parameters_are_tables(tmp_path):
    (tmp_path / "p").mkdir()
    said = {"name": "n", "locality": "DS", "division": "150602000000", "category": "c"}
    lines = [f'{name} = "{value}"' for name, value in said.items()]
    text = "\n".join([*lines, 'start_roles = ["household"]', "parameters = [3]"])
    (tmp_path / "p" / "procedure.toml").write_text(text)

    assert "parameters 应为" in refusal(tmp_path, "p")


def test_scenarios_that_cannot_be_read_are_told(root):
    (root / "fp_01_ds" / "scenarios.toml").write_text("[[scenario]]")

    (finding,) = lint.anything(root / "fp_01_ds", FORMS, OFFICE)

    assert (finding.file, finding.rule) == ("fp_01_ds/scenarios.toml", "scenario.unreadable")


@pytest.mark.parametrize(
    ("name", "content", "rule"),
    [
        ("a.bpmn", b"", "xml.syntax"),
        ("a.xml", b"<a/>", "xml.root"),
        ("a.dmn", b"", "dmn.unreadable"),
        ("a.json", b"[]", "form.unreadable"),
        ("a.form", b"{", "form.unreadable"),
        ("a.docx", b"PK", "file.kind"),
    ],
)
def test_a_lone_file_is_looked_at_by_its_kind(tmp_path, name, content, rule):
    (tmp_path / name).write_bytes(content)

    (finding,) = lint.anything(tmp_path / name, FORMS, OFFICE)

    assert (finding.file, finding.rule) == (name, rule)


def test_a_file_that_is_not_there_is_told(tmp_path):
    assert [each.rule for each in lint.anything(tmp_path / "none.bpmn", FORMS, OFFICE)] == ["file.kind"]
