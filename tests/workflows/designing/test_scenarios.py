"""A script is read strictly: a word that is not understood is named, never skipped."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflows.designing.scenarios import BadScenario, Complete, Expect, Send, Turn, read

FULL = """
[answers.apply]
name = "王三"
born = 1968-03-14

[[scenario]]
name = "一次通过"
at = "2026-03-02T09:00:00+08:00"
parameters = {days = 7}
start = {use = "apply", answers = {phone = "138"}}

[[scenario.step]]
do = "complete"
step = "check"
use = "apply"
answers = {name = "刘四"}
refused = ["phone"]

[[scenario.step]]
do = "time"
advance = "P6D"

[[scenario.step]]
do = "time"
to = 2026-03-20T00:00:00+08:00

[[scenario.step]]
do = "message"
message = "objection"
refused = true

[scenario.expect]
steps = ["apply"]
open = ["check"]
outcome = ""
values = {"apply.name" = "王三"}
"""


def wrong(text, file="scenarios.toml"):
    with pytest.raises(BadScenario) as refusal:
        read(text, file)
    return str(refusal.value)


def test_a_scenario_is_read_with_its_named_answers_and_what_differs():
    (scenario,) = read(FULL, "scenarios.toml")

    assert scenario.name == "一次通过"
    assert scenario.at == datetime(2026, 3, 2, 1, tzinfo=UTC)
    assert scenario.parameters == {"days": 7}
    assert scenario.start == Complete("", {"name": "王三", "born": "1968-03-14", "phone": "138"})
    assert scenario.moves == (
        Complete("check", {"name": "刘四", "born": "1968-03-14"}, ("phone",)),
        Turn("P6D"),
        Turn("", datetime(2026, 3, 19, 16, tzinfo=UTC)),
        Send("objection", {}, refused=True),
    )
    assert scenario.expect == Expect(steps=("apply",), open=("check",), values={"apply.name": "王三"})


def test_a_plain_list_of_answers_needs_no_words_about_what_is_done():
    said = {
        "start": {"name": "王三"},
        "steps": [{"step": "check", "answers": {"ok": True}}, {"message": "objection"}, {"advance": "P1D"}],
    }

    for text, file in ((json.dumps(said), "answers.json"), (json.dumps(said), "answers")):
        (scenario,) = read(text, file)

        assert scenario.name == file
        assert scenario.at is None
        assert scenario.expect is None
        assert scenario.start.answers == {"name": "王三"}
        assert scenario.moves == (Complete("check", {"ok": True}), Send("objection"), Turn("P1D"))


def test_a_time_without_zone_is_beijing_time():
    (scenario,) = read("at = 2026-03-02T09:00:00\nstart = {}\nsteps = []", "answers.toml")

    assert scenario.at == datetime(2026, 3, 2, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("start = ", "不是有效的 TOML"),
        ('{"start": ', "不是有效的 JSON"),
        ("steps = []", "没有写“start”"),
        ("start = 3", "“start”应为一组键值"),
        (
            "start = {}\nstops = []",
            "不认识“stops”，可用的有 name、at、parameters、results、start、expect、steps",
        ),
        ("start = {}\nat = '昨天'", "“at”应为时刻"),
        ("start = {}\nat = 7", "“at”应为时刻"),
        ("start = {}\nsteps = 7", "“steps”应为一个列表"),
        ("start = {}\nsteps = [7]", "“steps”的每一项应为一组键值"),
        ("start = {}\nsteps = [{}]", "第1步：应写“advance”（如 P6D）或“to”"),
        ("start = {}\nsteps = [{advance = '6天'}]", "第1步：“6天”不是 ISO 8601 的时长，如 P6D"),
        ("start = {}\nsteps = [{advance = 'P'}]", "“P”不是 ISO 8601 的时长"),
        ("start = {}\nsteps = [{advance = '2026-01-01'}]", "不是 ISO 8601 的时长"),
        ("start = {}\nsteps = [{do = 'sleep'}]", "“do”应为 complete、message、time 之一"),
        ("start = {}\nsteps = [{do = 'complete'}]", "没有写“step”"),
        ("start = {}\nsteps = [{step = 'a', refuse = ['b']}]", "第1步：不认识“refuse”"),
        ("start = {}\nsteps = [{step = 'a', refused = true}]", "“refused”应为一列文字"),
        ("start = {}\nsteps = [{message = 'a', refused = []}]", "“refused”应为 true 或 false"),
        ("start = {use = 'nobody'}", "没有名为“nobody”的答案"),
        ("start = {}\nexpect = {steps = [1]}", "“steps”应为一列文字"),
        ("[[scenario]]\nstart = {}", "没有写“name”"),
        ("[[scenario]]\nname = 'a'\nstart = {}\nsteps = []", "“a”：不认识“steps”"),
        ("scenario = 7", "“scenario”应为一个列表"),
    ],
)
def test_what_is_not_understood_is_named_with_its_place(text, sentence):
    file = "answers.json" if text.startswith("{") else "answers.toml"

    said = wrong(text, file)

    assert said.startswith(f"模拟脚本“{file}”有误：")
    assert sentence in said


@pytest.mark.parametrize("text", ["[]", "7", "null", '"text"', "[" * 5_000])
def test_json_that_is_no_script_is_refused(text):
    assert wrong(text, "answers.json")


def test_a_huge_file_is_refused():
    assert "文件过大" in wrong("# " + "x" * 2_000_000)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
)
WORDS = st.sampled_from(
    ["start", "steps", "step", "scenario", "name", "at", "expect", "answers", "use", "do", "to", "message"]
)


TABLES = st.dictionaries(WORDS, JSON, max_size=4)


@settings(max_examples=60)
@given(st.dictionaries(WORDS, JSON | TABLES | st.lists(TABLES, max_size=3), max_size=4))
def test_whatever_is_written_is_read_or_refused_in_a_sentence(said):
    sentence = "。"
    try:
        read(json.dumps(said), "answers.json")
    except BadScenario as refusal:
        sentence = str(refusal)

    assert sentence.endswith("。")
