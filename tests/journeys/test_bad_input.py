"""Wrong numbers, dates, places and files: each refused beside its field, and nothing typed is lost."""

import io

import pytest

from tests.journeys.person import Page, picture, posted
from tests.journeys.town import CADRE, HOUSEHOLD, PROCEDURE

START = f"/procedures/{PROCEDURE}/start"
MEMBERS = [
    {
        "name": "刘四",
        "relation": "配偶",
        "identity": "150602197009220027",
        "labour": "普通劳动力",
        "situation": ["患慢性病"],
    },
    {"name": "王小", "relation": "子女", "identity": "", "labour": "无劳动力"},
]


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"head_identity": "150602196803140012"}, {"head_identity"}),
        ({"head_identity": "15060219680314001"}, {"head_identity"}),
        ({"head_identity": "150602203003140012"}, {"head_identity"}),
        ({"phone": "1384770000"}, {"phone"}),
        ({"head_name": ""}, {"head_name"}),
        ({"head_name": "王" * 51}, {"head_name"}),
        ({"source": "干部走访排查", "found_on": "2026-03-17", "found_by": "赵五"}, {"found_on"}),
        ({"source": "干部走访排查", "found_on": "去年冬天", "found_by": "赵五"}, {"found_on"}),
        ({"risk_reasons": []}, {"risk_reasons"}),
        ({"income_total": "两万"}, {"income_total"}),
        ({"income_total": "21000.123"}, {"income_total"}),
        ({"members": MEMBERS}, {"members.1.identity"}),
        ({"by_proxy": True}, {"proxy_name", "proxy_reason"}),
    ],
    ids=[
        "wrong check digit",
        "one digit short",
        "born in the future",
        "telephone too short",
        "no name",
        "name too long",
        "found tomorrow",
        "no date at all",
        "no reason chosen",
        "words for money",
        "money in mills",
        "a member without number",
        "stand-in without name",
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_everything_typed_stays(small_town, changes, wrong):
    answers = {**small_town.answers("apply"), **changes}

    refused = small_town.person(HOUSEHOLD).start(PROCEDURE, answers)

    assert refused.status == 422
    assert set(refused.errors) == wrong
    assert f"有 {len(wrong)} 处需要修改" in refused.words
    kept = {key: value for key, value in answers.items() if isinstance(value, str | int | float)}
    for key, value in kept.items():
        assert refused.typed(key) == ([str(value)] if not isinstance(value, bool) else ["true"]), key
    assert refused.typed("risk_reasons") == answers["risk_reasons"]
    for number, member in enumerate(answers["members"]):
        assert refused.typed(f"members.{number}.name") == [member["name"]]
        assert refused.typed(f"members.{number}.identity") == [member["identity"]]
    summary = [one.get("href").removeprefix("#") for one in refused.css(".error-summary a")]
    assert len(summary) == len(wrong)
    assert all(refused.css(f"#{one}") for one in summary)


def test_an_old_number_of_fifteen_digits_passes_with_its_reason(small_town):
    old = {"head_identity": "150602680314001", "head_identity_exemption": "15位旧证"}

    assert "已提交" in small_town.apply(HOUSEHOLD, **old).words


def test_a_place_that_does_not_exist_or_is_not_ones_own_is_refused_beside_the_field(town):
    person = town.person("zhejialiang-cadre1")
    page, fields, _files = person.fill(person.open(START), town.answers("apply"))
    address, _method, pairs = posted(page, page.one(".actions button.btn-primary"), fields)

    for code in (
        "150602999999",
        "",
        "15060210020",
        "１５０６０２１００２０２",
        "150602100208",
        "141123209200",
    ):
        sent = [*((name, value) for name, value in pairs if name != "_division"), ("_division", code)]
        data = {}
        for name, value in sent:
            data.setdefault(name, []).append(value)
        refused = Page(person.ask("POST", address, data=data))
        assert refused.status in (403, 422), code
        assert refused.typed("head_name") == ["王三"], code
        assert refused.typed("members.0.name") == ["刘四"], code
        assert "start-division" in refused.errors or refused.status == 403, code

    assert town.person("zhejialiang-cadre1").open("/cases").rows == []


def test_several_faults_are_told_at_once(small_town):
    number = small_town.up_to("household_check")

    refused = small_town.do(
        number,
        "household_check",
        visited_on="2026-03-17",
        household_size="0",
        food="有问题",
        problem_note="",
    )

    assert set(refused.errors) == {"visited_on", "household_size", "problem_note"}


def test_the_present_day_is_reckoned_in_beijing_time(small_town):
    number = small_town.up_to("household_check")
    small_town.clock.advance(hours=16)

    done = small_town.do(number, "household_check", visited_on="2026-03-17")

    assert "已办结" in done.words


def sent_with(town, number, name, content, field="photos"):
    """入户核实 with this file for the photo; the page that answers."""
    cadre = town.person(CADRE)
    page, button, fields, files = cadre.about_to(number, town.answers("check_true"))
    files = [one for one in files if one[0] != field] + [(field, (content, name))]
    return cadre.send(page, button, fields, files)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("照片.jpg", b"MZ\x90\x00 this is a program"),
        ("照片.png", b""),
        ("照片.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"),
        ("照片.html", b"<!doctype html><script>alert(1)</script>"),
        ("说明.pdf", b"%PDF-1.4 not a picture at all"),
    ],
    ids=["a program", "empty", "svg", "html", "pdf for a photo"],
)
def test_a_file_of_the_wrong_type_is_refused_beside_its_field(small_town, name, content):
    number = small_town.up_to("household_check")

    refused = sent_with(small_town, number, name, content)

    assert refused.status == 422
    assert set(refused.errors) == {"photos"}
    assert "请上传" not in refused.error("photos")
    assert refused.typed("visitors") == ["赵五、钱六"]
    # The signature came through: it need not be written again.
    assert len(refused.typed("household_signature")) == 1


def test_a_file_just_too_large_is_refused_beside_its_field_and_the_rest_kept(town):
    number = town.up_to("household_check")
    most = town.settings.upload_megabytes * 1024 * 1024

    refused = sent_with(town, number, "照片.png", picture() + b"\0" * most)

    assert refused.status == 422
    assert set(refused.errors) == {"photos"}
    assert "10 MB" in refused.error("photos")
    assert refused.typed("visitors") == ["赵五、钱六"]


def test_a_post_beyond_every_limit_is_told_to_be_too_large(town):
    number = town.up_to("household_check")
    most = town.settings.upload_megabytes * 1024 * 1024

    refused = sent_with(town, number, "照片.png", picture() + b"\0" * 2 * most)

    assert refused.status == 413
    assert "超过" in refused.words
    assert town.person(CADRE).item_rows(number)


def test_words_that_look_like_markup_stay_words(town):
    nasty = '<script>alert(1)</script> & "引号" <b>王三</b>'
    number = town.apply(HOUSEHOLD, head_name="王<三>&", risk_statement=nasty).number

    page = town.person(CADRE).item(number)
    answers = town.person(CADRE).case(number, "answers")

    assert nasty in answers.words.replace("&amp;", "&")
    assert "王<三>&" in page.words
    assert "<script>alert(1)" not in page.raw + answers.raw


def test_answers_to_questions_nobody_asked_are_left_out(town):
    number = town.up_to("household_check")
    cadre = town.person(CADRE)
    page, button, fields, files = cadre.about_to(number, town.answers("check_true"))
    address, _method, pairs = posted(page, button, fields)
    data = {}
    for name, value in [
        *pairs,
        ("township_review", "审核通过"),
        ("case.number", "1"),
        ("members.0.name", "x"),
    ]:
        data.setdefault(name, []).append(value)
    for name, file in files:
        data.setdefault(name, []).append((io.BytesIO(file[0]), file[1]))

    answer = cadre.ask("POST", address, data=data)

    assert answer.status_code == 303
    assert "township_review" not in town.person(CADRE).case(number, "answers").words


def test_a_hundred_rows_are_too_many_and_told_so(small_town):
    cadre = small_town.person(CADRE)
    page, fields, _files = cadre.fill(
        cadre.open(f"/procedures/{PROCEDURE}/start"), small_town.answers("apply")
    )
    address, _method, pairs = posted(page, page.one(".actions button.btn-primary"), fields)
    data = dict(pairs) | {f"members.{row}.name": "王" for row in range(100)}

    refused = Page(cadre.ask("POST", address, data=data))

    assert refused.status == 422
    assert "members" in refused.errors
