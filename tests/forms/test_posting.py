from io import BytesIO

from werkzeug.datastructures import FileStorage, MultiDict

import forms
from tests.forms.desk import asking, fill, posted, text

ROWS = {"type": "dynamiclist", "path": "members", "components": [text(), text("filepicker", "papers")]}


def after(**pressed):
    return forms.apply_row_action(posted(**pressed))


def names(data):
    return [row["name"].text for row in fill(asking(ROWS), data)["members"].entries]


def test_the_button_for_one_more_row_adds_it_behind_the_others():
    data = after(**{"members.0.name": "甲", "members.4.name": "戊", "_add": "members"})

    assert names(data) == ["甲", "戊", ""]
    assert "_add" not in data


def test_the_first_row_can_be_added_to_none():
    assert names(after(_add="members")) == [""]


def test_the_button_of_a_row_takes_that_row_out():
    data = after(
        **{"members.0.name": "甲", "members.1.name": "乙", "members.10.name": "丙", "_remove": "members.1"}
    )

    assert names(data) == ["甲", "丙"]


def test_the_button_of_a_file_takes_that_file_out():
    data = posted(_drop="photos.12")
    data.setlist("photos", ["2", "12", "120"])

    assert forms.apply_row_action(data).getlist("photos") == ["2", "120"]
    assert after(**{"members.0.papers": "3", "_drop": "members.0.papers.3"}).getlist("members.0.papers") == []


def test_buttons_may_carry_the_path_in_their_name():
    assert names(after(**{"_add:members": "1"})) == [""]
    assert names(after(**{"members.0.name": "甲", "members.1.name": "乙", "_remove:members.0": "1"})) == [
        "乙"
    ]


def test_other_answers_stay_exactly_as_they_were_typed():
    data = posted(why=" \r\n一 ", _add="members")
    data.setlist("kinds", ["甲", "乙"])

    changed = forms.apply_row_action(data)

    assert changed["why"] == " \r\n一 "
    assert changed.getlist("kinds") == ["甲", "乙"]
    assert "_add" in data


def test_only_the_small_buttons_ask_for_the_page_again():
    assert forms.has_row_action(posted(_add="members"))
    assert forms.has_row_action(posted(_refresh="1"))
    assert not forms.has_row_action(posted(name="甲", _add="../x"))
    assert not forms.has_row_action(posted(complete="1"))


def test_uploads_join_the_answers_and_refusals_are_told_by_path():
    definition = asking(ROWS, text("filepicker", "photos"), text())
    files = MultiDict(
        [
            ("photos", FileStorage(BytesIO(b"a"), "a.jpg")),
            ("photos", FileStorage(BytesIO(b""), "")),
            ("members.0.papers", FileStorage(BytesIO(b"b"), "b.exe")),
            ("name", FileStorage(BytesIO(b"c"), "c.jpg")),
            ("unasked", FileStorage(BytesIO(b"d"), "d.jpg")),
        ]
    )
    seen = []

    def store(field, file):
        seen.append((field.key, file.filename))
        return 7 if file.filename.endswith(".jpg") else "这种文件不能上传。"

    data, refused = forms.with_uploads(definition, posted(photos="3"), files, store)

    assert seen == [("photos", "a.jpg"), ("papers", "b.exe")]
    assert data.getlist("photos") == ["3", "7"]
    assert refused == {"members.0.papers": "这种文件不能上传。"}


def test_what_the_host_refuses_stands_beside_its_field():
    form = fill(asking(ROWS, text()), posted(**{"members.0.papers": "1", "name": "甲"}))

    form.refuse("members.0.papers", "这种文件不能上传。")
    form.refuse("elsewhere", "文件太大。")
    good = form.validate()

    assert not good
    assert form.errors == {"members.0.papers": "这种文件不能上传。", "elsewhere": "文件太大。"}
