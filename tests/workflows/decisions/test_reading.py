import pytest

from workflows.decisions import Unreadable, decide, read


@pytest.mark.parametrize(
    "xml",
    [
        b"",
        b"no xml",
        b"<a/>",
        b'<definitions xmlns="urn:x"/>',
        b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><d>&x;</d>',
        '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE d [<!ENTITY x "y">]><d/>'.encode("utf-16"),
        b"<definitions>" + b" " * 2_000_001,
        b'<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/">'
        + b"<list>" * 200
        + b"</list>" * 200
        + b"</definitions>",
    ],
)
def test_a_hostile_or_foreign_file_is_refused_in_one_sentence(xml):
    with pytest.raises(Unreadable, match="决策文件无法读取"):
        read(xml)


@pytest.mark.parametrize(
    "namespace",
    [
        "http://www.omg.org/spec/DMN/20180521/MODEL/",
        "https://www.omg.org/spec/DMN/20191111/MODEL/",
        "https://www.omg.org/spec/DMN/20211108/MODEL/",
        "https://www.omg.org/spec/DMN/20230324/MODEL/",
    ],
)
def test_files_of_dmn_1_2_to_1_5_are_read(dmn, namespace):
    logic = "<literalExpression><text>1 + 1</text></literalExpression>"

    model = read(dmn.document(dmn.decision("和", logic), namespace=namespace))

    assert decide(model, "和", {}).value == 2


def test_python_in_a_cell_stays_text(model_of):
    payload = "().__class__.__base__.__subclasses__()"

    outcome = decide(
        model_of("FIRST", ["分:number"], ["级"], [f"{payload} => 1", f"- => {payload}"]), "结果", {"分": 1}
    )

    assert outcome.value is None
    assert outcome.errors


def test_more_rules_than_are_read_are_refused_and_not_left_out(model_of):
    with pytest.raises(Unreadable, match="规则超过5000条"):
        model_of("FIRST", ["分"], ["级"], ["- => 1"] * 5001)
