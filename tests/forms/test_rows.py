from tests.forms.desk import asking, fill, judged, posted, text

ID = "11010519491231002X"
OTHER = "440524188001010014"
NEEDED = {"validate": {"required": True}}


def members(**more):
    return {
        "type": "dynamiclist",
        "path": "members",
        "label": "家庭成员",
        "components": [
            text(label="姓名", **NEEDED),
            text(key="id_number", label="身份证号", properties={"kind": "identity"}),
            text("checkbox", "works", label="有劳动能力"),
        ],
        **more,
    }


def table(departments="=param.departments", **more):
    """One row for each department: its name is the system's, the result the clerk's."""
    return {
        "type": "dynamiclist",
        "path": "compared",
        "label": "比对",
        "allowAddRemove": False,
        "properties": {"default": departments},
        "components": [text(key="department", readonly=True), text(key="result", label="结果", **NEEDED)],
        **more,
    }


PARAM = {"param": {"departments": ["民政", "医保"]}}


def test_rows_are_read_in_the_order_of_their_numbers():
    typed = posted(
        **{"members.10.name": "丙", "members.2.name": "乙", "members.0.name": "甲", "members.0.works": "true"}
    )

    form = judged(asking(members()), typed)

    assert form.errors == {}
    assert [(row["name"], row["works"]) for row in form.answers()["members"]] == [
        ("甲", True),
        ("乙", False),
        ("丙", False),
    ]


def test_an_error_in_a_row_is_found_at_its_path_and_named_with_its_row():
    typed = posted(**{"members.0.name": "甲", "members.1.id_number": "123"})

    form = judged(asking(members()), typed)

    assert list(form.errors) == ["members.1.name", "members.1.id_number"]
    assert [sentence for _, _, sentence in form.numbered()] == [
        "第2行：请填写姓名。",
        "第2行：身份证号码应为18位，现为3位，请对照证件核对。",
    ]
    assert form["members"].entries[1]["id_number"].text == "123"


def test_a_row_left_untouched_does_not_count():
    form = judged(
        asking(members()), posted(**{"members.0.name": "甲", "members.1._from": "", "members.1.name": " "})
    )

    assert form.errors == {}
    assert len(form.answers()["members"]) == 1
    assert len(form["members"].entries) == 2


def test_how_many_rows_there_must_be_is_said():
    definition = asking(members(properties={"min_rows": 1, "max_rows": 2}))

    assert judged(definition, {}).errors == {"members": "家庭成员至少填写1行。"}
    assert (
        "最多2行，现有3行"
        in judged(definition, {"members": [{"name": one} for one in "甲乙丙"]}).errors["members"]
    )


def test_thousands_of_rows_are_refused_and_not_worked_through():
    form = judged(asking(members()), {"members": [{"name": "甲"}] * 5000})

    assert "最多100行" in form.errors["members"]
    assert len(form["members"].entries) == 1000


def test_one_person_cannot_be_written_down_twice():
    form = judged(
        asking(members()), {"members": [{"name": "甲", "id_number": ID}, {"name": "乙", "id_number": ID}]}
    )

    assert form.errors == {"members.1.id_number": "与第1行的号码相同，请核对。"}


def test_a_row_that_is_no_object_and_a_key_nobody_asked_for_are_refused_where_they_stand():
    form = judged(asking(members()), {"members": ["甲", {"name": "乙", "salary": 1}]})

    assert form.errors == {
        "members.0": "每一行应为一个对象。",
        "members.1.salary": "表单中没有这一项，请删去。",
    }


def test_a_new_form_offers_as_many_blank_rows_as_the_definition_says():
    assert len(fill(asking(members(defaultRepetitions=3)), None)["members"].entries) == 3
    assert fill(asking(members()), {})["members"].entries == []


def test_rows_start_from_a_list_in_the_parameters():
    form = fill(asking(table()), None, scope=PARAM)

    assert form.answers()["compared"] == [
        {"department": "民政", "result": None},
        {"department": "医保", "result": None},
    ]


def test_rows_may_start_from_whole_contexts():
    definition = asking(members(properties={"default": '=[{name: "甲", works: true, other: 1}]'}))

    assert fill(definition, None).answers()["members"] == [{"name": "甲", "id_number": None, "works": True}]


def test_in_a_fixed_table_the_systems_part_stays_and_missing_rows_are_asked_for():
    definition = asking(table())

    form = judged(
        definition, posted(**{"compared.0.department": "公安", "compared.0.result": "无异常"}), scope=PARAM
    )
    told = judged(definition, {"compared": [{"department": "公安", "result": "无异常"}]}, scope=PARAM)
    full = judged(
        definition, {"compared": [{"result": "无"}, {"department": "医保", "result": "有"}]}, scope=PARAM
    )

    assert form.errors == {"compared.1.result": "请填写结果。"}
    assert form.answers()["compared"][0] == {"department": "民政", "result": "无异常"}
    assert list(told.errors) == ["compared.0.department", "compared.1.result"]
    assert full.errors == {}
    assert full.answers()["compared"][1] == {"department": "医保", "result": "有"}


def test_a_fixed_table_takes_no_further_row():
    rows = [{"result": "无"}] * 3

    assert (
        judged(asking(table()), {"compared": rows}, scope=PARAM).errors["compared"]
        == "应为2行，请删去多余的。"
    )


def test_a_condition_in_a_row_sees_its_row_first_and_the_form_above():
    definition = asking(
        text(key="name", label="户主"),
        {
            "type": "dynamiclist",
            "path": "members",
            "components": [
                text(label="姓名"),
                text(key="school", conditional={"hide": "=name = parent.name"}),
                text(key="reason", properties={"required_if": '=name = "乙"'}),
            ],
        },
    )

    form = judged(
        definition, {"name": "甲", "members": [{"name": "甲", "school": "x"}, {"name": "乙", "school": "y"}]}
    )

    assert form.errors == {"members.1.reason": "请填写reason。"}
    assert [row["school"] for row in form.answers()["members"]] == [None, "y"]


def test_an_answer_may_be_checked_against_the_rows():
    total = text("number", "total", properties={"check": "=total = count(members)"})
    definition = asking(members(), total)

    assert judged(definition, {"members": [{"name": "甲"}], "total": 1}).errors == {}
    assert list(judged(definition, {"members": [{"name": "甲"}], "total": 2}).errors) == ["total"]
