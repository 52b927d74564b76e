from tests.forms.desk import CHOICES, asking, fill, judged, posted, text, wrong_when_told, wrong_when_typed


def test_only_what_is_offered_can_be_chosen():
    assert wrong_when_typed(text("radio", values=CHOICES), "丙") == "请从列出的选项中选择name。"
    assert wrong_when_told(text("checklist", values=CHOICES), ["甲", "丙"]) == "请从列出的选项中选择name。"
    assert judged(asking(text("checklist", values=CHOICES)), {"name": ["乙", "甲", "乙"]}).answers() == {
        "name": ["乙", "甲"]
    }


def test_options_may_come_from_a_parameter():
    channel = text("select", valuesExpression="=param.channels")
    scope = {"param": {"channels": ["村委会", {"value": "12345", "label": "热线"}]}}

    form = fill(asking(channel), {"name": "12345"}, scope=scope)

    assert form.validate()
    assert [option.label for option in form["name"].options] == ["村委会", "热线"]


def test_an_unticked_box_is_a_no():
    assert judged(asking(text("checkbox")), posted()).answers() == {"name": False}
    assert judged(asking(text("checkbox")), posted(name="true")).answers() == {"name": True}


def test_a_place_must_exist_and_lie_within_reach():
    place = text(
        label="所在村", properties={"kind": "division", "within": "=case.division", "level": "village"}
    )
    scope = {"case": {"division": "150602102000"}}

    assert wrong_when_typed(place, "150602102205", scope=scope) == ""
    assert "没有代码为" in wrong_when_typed(place, "150602102999", scope=scope)
    assert "不在可选的范围内" in wrong_when_typed(place, "150623000000", scope=scope)
    assert "村（嘎查、社区）一级" in wrong_when_typed(place, "150602102000", scope=scope)


def test_places_are_offered_in_groups():
    form = fill(asking(text("select", properties={"kind": "division"})), None)

    assert [name for name, _ in form["name"].groups] == ["", "东胜区", "罕台镇", ""]


def test_a_person_must_be_known():
    handler = text("select", label="承办人", properties={"kind": "person"})

    assert judged(asking(handler), posted(name="7")).answers() == {"name": 7}
    assert wrong_when_typed(handler, "8") == "查无此人，请重新选择。"
    assert wrong_when_typed(handler, "乌兰") == "请选择承办人。"
