import pytest

from workflows.decisions import check, read


def found(model) -> set[tuple[str, str]]:
    return {(finding.check, finding.element) for finding in check(model)}


def test_a_sound_table_has_no_findings(model_of):
    rules = ['< 6500 ; true => "a"', '< 6500 ; false => "b"', '>= 6500 ; - => "c"']

    assert check(model_of("UNIQUE", ["收入:number", "风险:boolean"], ["类"], rules)) == []


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("<= 6500 ; -", ">= 6500 ; -"),
        ("[1..5] ; true", "[5..9] ; -"),
        ("- ; true", "- ; true"),
        ("1, 2, 3 ; -", "not(1, 2) ; -"),
        ("? > 3 ; -", "? < 3.5 ; -"),
    ],
)
def test_rules_that_can_both_fire_under_unique_are_found(model_of, first, second):
    model = model_of("UNIQUE", ["收入:number", "风险:boolean"], ["类"], [f"{first} => 1", f"{second} => 2"])

    assert ("dmn.overlap", "r2") in found(model)


def test_touching_ranges_do_not_overlap(model_of):
    model = model_of("UNIQUE", ["收入:number"], ["类"], ["< 6500 => 1", "[6500..8300) => 2", ">= 8300 => 3"])

    assert check(model) == []


def test_the_point_between_two_ranges_is_a_gap(model_of):
    model = model_of("UNIQUE", ["收入:number"], ["类"], ["< 6500 => 1", "> 6500 => 2"])

    findings = check(model)

    assert [finding.check for finding in findings] == ["dmn.gap"]
    assert "收入为6500" in findings[0].sentence


def test_a_default_or_a_collecting_policy_leaves_no_gap(model_of):
    assert check(model_of("UNIQUE", ["收入:number"], ["类||0"], ["< 6500 => 1"])) == []
    assert check(model_of("COLLECT", ["收入:number"], ["类"], ["< 6500 => 1"])) == []


def test_a_rule_that_can_never_fire_is_found(model_of):
    behind = model_of("FIRST", ["收入:number"], ["类"], ["< 5 => 1", ">= 5 => 2", "7 => 3"])
    empty = model_of("FIRST", ["收入:number"], ["类"], ["[5..1] => 1", "- => 2"])

    assert ("dmn.never", "r3") in found(behind)
    assert ("dmn.never", "r1") in found(empty)


def test_an_output_outside_its_values_is_found(model_of):
    model = model_of("UNIQUE", ["收入:number"], ['类|"甲","乙"'], ['- => "丙"'])

    assert ("dmn.output-value", "r1") in found(model)


def test_unknown_names_types_and_bad_writing_are_found(dmn):
    body = dmn.given("收入:t无") + dmn.decision(
        "结果", dmn.table("UNIQUE", ["收入:number"], ["类"], ["< 底线 => 1", "> > => 2"]), "#i_收入", "!d_无"
    )

    findings = check(read(dmn.document(body)))

    assert {finding.check for finding in findings} >= {
        "dmn.unknown-name",
        "dmn.unknown-type",
        "dmn.syntax",
        "dmn.missing",
    }
    assert any("底线" in finding.sentence for finding in findings)
