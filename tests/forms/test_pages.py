"""Forms as they stand on a page: strict HTML, everything labelled, everything typed shown again."""

from pathlib import Path

import html5lib
import jinja2
import pytest
from werkzeug.datastructures import MultiDict

from tests.forms.desk import Desk, asking, fill, judged, posted, text

CHOICES = [{"value": "a", "label": "甲类"}, {"value": "b", "label": "乙类"}]
TEMPLATES = Path(__file__).parents[2] / "app" / "templates"
PAGE = """<!doctype html><html lang="zh-CN"><head><title>表单</title></head><body>
{% from "components/fields.html" import form_fields, answers_view %}
<form method="post">
{% if form %}{{ form_fields(form) }}{% else %}{{ answers_view(definition, answers, lookups) }}{% endif %}
</form>
</body></html>"""


@pytest.fixture(scope="module")
def page():
    site = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    return site.from_string(PAGE)


def parsed(html):
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(html)


def controls(tree):
    return [
        one
        for one in tree.iter()
        if one.tag in ("input", "select", "textarea") and one.get("type") != "hidden"
    ]


@pytest.fixture
def definition():
    return asking(
        {"type": "text", "text": "# 填写说明\n请如实填写 <b>。"},
        text(label="姓名", description="与身份证一致", validate={"required": True}),
        text(key="id_number", label="身份证号", properties={"kind": "identity"}),
        text(key="phone", label="电话", properties={"kind": "phone"}),
        text("number", "income", label="收入", properties={"kind": "money"}, appearance={"suffixer": "元"}),
        {
            "type": "group",
            "label": "申请",
            "conditional": {"hide": '=name = "藏"'},
            "components": [
                text("textarea", "why", label="原因"),
                text("radio", "kind_of", label="类别", values=CHOICES),
                text(
                    "checklist", "more", label="其他", values=CHOICES, conditional={"hide": '=kind_of = "a"'}
                ),
                text("select", "way", label="途径", values=CHOICES),
            ],
        },
        {"type": "separator"},
        text("datetime", "day", dateLabel="日期", properties={"past": True}),
        text("checkbox", "agreed", label="同意"),
        text("select", "place", label="所在村", properties={"kind": "division"}),
        text("filepicker", "photos", label="照片", properties={"kind": "image"}),
        text("filepicker", "papers", label="材料", properties={"accept": ".pdf"}),
        text("filepicker", "signed", label="签名", properties={"kind": "signature"}),
        {
            "type": "dynamiclist",
            "path": "members",
            "label": "成员",
            "components": [text(key="who", label="姓名")],
        },
    )


TYPED = {
    "name": "张<三>",
    "id_number": "123",
    "income": '1"2',
    "why": "\n第一行",
    "kind_of": "b",
    "more": "a",
    "way": "b",
    "day": "昨天",
    "agreed": "true",
    "place": "150602102205",
    "photos": "1",
    "papers": "2",
    "members.0.who": "甲",
    "members.1.who": "乙",
}


def test_a_new_and_a_refused_form_are_strict_html(page, definition):
    parsed(page.render(form=fill(definition, None)))
    parsed(page.render(form=judged(definition, posted(**TYPED))))


def test_every_control_has_a_label_and_every_description_exists(page, definition):
    tree = parsed(page.render(form=judged(definition, posted(**TYPED))))
    ids = [one.get("id") for one in tree.iter() if one.get("id")]
    labelled = {one.get("for") for one in tree.iter("label")} | {
        inner.get("id") for label in tree.iter("label") for inner in label.iter("input")
    }

    assert [one.get("name") for one in controls(tree) if one.get("id") not in labelled] == []
    assert len(ids) == len(set(ids))
    described = " ".join(one.get("aria-describedby", "") for one in tree.iter()).split()
    assert set(described) <= set(ids)


def test_a_browser_sends_back_what_was_typed(page, definition):
    tree = parsed(page.render(form=judged(definition, posted(**TYPED))))

    sent = MultiDict()
    fields = [each for each in tree.find(".//form").iter() if each.tag in ("input", "select", "textarea")]
    # What has no name is for script alone and never sent.
    for one in [each for each in fields if each.get("name")]:
        chosen = [option.get("value") for option in one.iter("option") if option.get("selected") is not None]
        if one.tag == "select":
            sent.setlist(one.get("name"), chosen)
        elif one.tag == "textarea":
            sent.add(one.get("name"), one.text)
        elif one.get("type") not in ("radio", "checkbox", "file") or one.get("checked") is not None:
            sent.add(one.get("name"), one.get("value"))
    inside_template = {key for key in sent if "__index__" in key}

    assert {key: sent[key] for key in TYPED} == TYPED
    assert sent.keys() - TYPED.keys() - inside_template == {"members.0._from", "members.1._from", "phone"}


def test_errors_stand_beside_their_fields_and_in_a_summary_that_leads_to_them(page, definition):
    tree = parsed(page.render(form=judged(definition, posted(**{**TYPED, "name": ""}))))
    summary = next(one for one in tree.iter("div") if one.get("id") == "error-summary")
    links = [link.get("href") for link in summary.iter("a")]
    name = next(one for one in controls(tree) if one.get("name") == "name")

    assert links == ["#f-name", "#f-id_number", "#f-income", "#f-day"]
    assert {one.get("id") for one in tree.iter()} >= {link[1:] for link in links}
    assert name.get("aria-invalid") == "true"
    assert name.get("aria-describedby") == "f-name-hint f-name-error"


def test_the_enter_key_never_presses_a_button_that_removes(page, definition):
    tree = parsed(page.render(form=fill(definition, posted(**TYPED))))

    assert next(tree.iter("button")).get("name") == "_refresh"


def test_what_does_not_apply_is_on_the_page_but_hidden(page, definition):
    tree = parsed(page.render(form=fill(definition, posted(**{**TYPED, "kind_of": "a"}))))
    frames = {one.get("data-field"): one for one in tree.iter() if one.get("data-field")}

    assert frames["more"].get("hidden") is not None
    assert frames["kind_of"].get("hidden") is None
    assert 'kind_of = "a"' in frames["more"].get("data-hide-when")


def test_a_hidden_group_takes_its_heading_along(page, definition):
    tree = parsed(page.render(form=fill(definition, posted(name="藏"))))
    section = next(tree.iter("section"))

    assert section.get("hidden") is not None


def test_what_is_required_is_said_in_words(page, definition):
    tree = parsed(page.render(form=fill(definition, None)))
    label = next(one for one in tree.iter("label") if one.get("for") == "f-name")

    assert "".join(label.itertext()) == "姓名必填"


def test_a_page_holds_neither_script_nor_style(page, definition):
    tree = parsed(page.render(form=judged(definition, posted(**TYPED))))

    assert [one.tag for one in tree.iter() if one.tag in ("script", "style")] == []
    assert [key for one in tree.iter() for key in one.attrib if key == "style" or key.startswith("on")] == []


def test_cameras_and_keyboards_are_asked_for_where_they_help(page, definition):
    tree = parsed(page.render(form=fill(definition, None)))
    by_name = {one.get("name"): one for one in controls(tree)}

    assert by_name["photos"].get("capture") == "environment"
    assert by_name["photos"].get("accept") == "image/*"
    assert by_name["income"].get("inputmode") == "decimal"
    assert by_name["phone"].get("type") == "tel"
    assert by_name["day"].get("max") == "2026-11-22"


def test_stored_answers_read_as_strict_html_with_masks(page, definition):
    answers = {
        "name": "张<三>",
        "id_number": "11010519491231002X",
        "income": 1234.5,
        "why": "一\n二",
        "photos": [1],
        "papers": [2, 99],
        "members": [{"who": "甲"}],
    }

    html = page.render(form=None, definition=definition, answers=answers, lookups=Desk())

    parsed(html)
    assert "11010519491231002X" not in html
    assert "110105********002X" in html
    assert "1,234.50 元" in html
    assert "张&lt;三&gt;" in html
    assert "/attachments/1/thumb" in html
