from tests.forms.desk import Desk, asking, seal, text

CHOICES = [{"value": "a", "label": "甲类"}, {"value": "b", "label": "乙类"}]


def read(component, value):
    return asking(component).present({component["key"]: value}, Desk())


def shown(component, value):
    return read(component, value)[0].text


def test_money_is_read_with_separators_and_two_decimals():
    assert shown(text("number", properties={"kind": "money"}), 1234567.5) == "1,234,567.50 元"
    assert shown(text("number", appearance={"suffixer": "亩"}), 12.5) == "12.5 亩"


def test_personal_numbers_are_never_shown_whole():
    identity = text(properties={"kind": "identity"})

    assert shown(identity, seal("identity", "11010519491231002X")) == "11****2X"
    assert shown(identity, "11010519491231002X") == "110105********002X"
    assert shown(text(properties={"kind": "phone"}), "13800138000") == "138****8000"


def test_codes_are_read_as_names():
    assert shown(text(properties={"kind": "division"}), "150602102205") == "折家梁村"
    assert shown(text("number", properties={"kind": "person"}), 7) == "乌兰"
    assert shown(text("radio", values=CHOICES), "a") == "甲类"
    assert shown(text("checklist", values=CHOICES), ["b", "a", "已停用"]) == "乙类、甲类、已停用"
    assert shown(text("checkbox"), True) == "是"
    assert shown(text("datetime", subtype="datetime"), "2026-11-22T09:30") == "2026-11-22 09:30"


def test_what_was_not_answered_is_left_out():
    assert read(text(), None) == ()
    assert read(text(), "") == ()
    assert read(text("filepicker"), []) == ()
    assert asking(text()).present({}, Desk()) == ()


def test_a_no_and_a_nought_are_answers():
    assert shown(text("checkbox"), False) == "否"
    assert shown(text("number"), 0) == "0"


def test_files_come_with_what_is_known_of_them():
    (line,) = read(text("filepicker"), [1, 99])

    assert line.shape == "files"
    assert [(number, info and info.name) for number, info in line.files] == [(1, "门前.jpg"), (99, None)]


def test_rows_are_a_table_without_the_columns_nobody_filled_in():
    rows = {
        "type": "dynamiclist",
        "path": "name",
        "key": "name",
        "components": [text(label="姓名"), text("number", "n"), text(key="empty")],
    }

    (line,) = read(rows, [{"name": "甲", "n": 1, "empty": ""}, {"name": "乙", "empty": None}])

    assert line.columns == ("姓名", "n")
    assert [[cell.text for cell in row] for row in line.rows] == [["甲", "1"], ["乙", "—"]]


def test_a_draft_with_words_in_the_wrong_place_is_still_readable():
    assert shown(text("number", properties={"kind": "money"}), "一百") == "一百"
    assert shown(text("filepicker"), "x") == "x"
