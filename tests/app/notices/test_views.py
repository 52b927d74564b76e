"""The public pages over HTTP, without signing in."""

import re

import html5lib
import pytest
from sqlalchemy import event

from app import create_app
from app.notices.models import Notice
from app.settings import Settings
from tests.app.notices.office import ANSWERS

GIVEN = {"name": "李四", "phone": "13900001111", "reason": "该户去年已领保险赔付。"}
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@pytest.fixture
def visitor(office, tmp_path):
    environment = {"XIANGSHEN_DATA_DIR": str(tmp_path / "var"), "XIANGSHEN_DATABASE_URL": office.database.url}
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "data.key").write_bytes(bytes(range(32)))
    app = create_app(Settings.from_environment(environment), office.clock)
    yield app.test_client()
    app.extensions["executor"].database.dispose()


def seen(answer):
    """The page's text, parsed strictly."""
    text = answer.get_data(as_text=True)
    html5lib.HTMLParser(strict=True).parse(text)
    return text


def read_aloud(text):
    """What a reader of the page gets to know: its words, without codes and tokens inside the markup."""
    return " ".join(html5lib.parse(text).itertext())


def sent(visitor, address, page, **given):
    token = TOKEN.search(visitor.get(page).get_data(as_text=True))[1]
    return visitor.post(address, data={"csrf_token": token, **given})


def everything(value):
    """Every text in a case's answers, however deep."""
    if isinstance(value, dict):
        return [text for inner in value.values() for text in everything(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in everything(inner)]
    return [str(value)]


def test_anyone_finds_a_notice_and_reads_its_period_in_words(office, visitor):
    office.posted()

    listed, page = seen(visitor.get("/notices")), seen(visitor.get("/notices/1"))

    assert 'href="/notices/1"' in listed
    assert "公示期：2026年3月17日至3月21日24时" in page
    assert "提出异议" in page


def test_a_notice_shows_name_village_and_conclusion_and_nothing_else_of_the_application(office, visitor):
    office.posted(contact="赵五 0477-8125678")
    pages = [seen(visitor.get("/notices/1")), seen(visitor.get("/notices"))]
    sealed = {ANSWERS["apply"]["head_identity"], ANSWERS["apply"]["phone"], "150602197009220027"}
    private = {*everything(ANSWERS["apply"]), *everything(ANSWERS["check_true"])}

    told = [value for value in private for page in pages if len(value) > 3 and value in read_aloud(page)]

    assert told == []
    assert not [
        value for value in sealed for page in pages if value in page or value[-4:] in read_aloud(page)
    ]


def test_a_masked_name_is_all_that_the_page_says_of_the_person(office, visitor):
    office.publish(publicity_name_mask=True)
    office.posted()

    text = seen(visitor.get("/notices/1")) + seen(visitor.get("/notices"))

    assert "王某" in text
    assert "王三" not in text


def test_an_objection_sent_twice_leads_both_times_to_the_stopped_notice(office, visitor):
    case = office.posted()

    answers = [sent(visitor, "/notices/1/objections", "/notices/1", **GIVEN)]
    answers.append(sent(visitor, "/notices/1/objections", "/progress", **GIVEN))

    assert [(answer.status_code, answer.location) for answer in answers] == [(303, "/notices/1")] * 2
    page = seen(visitor.get("/notices/1"))
    assert "公示已中止" in page
    assert "正在核实异议" in page
    assert "李四" not in page
    assert GIVEN["reason"] not in page
    assert office.waits_for(case.case_id) == ["household_check"]


def test_wrong_answers_come_back_with_what_was_typed(office, visitor):
    office.posted()

    answer = sent(visitor, "/notices/1/objections", "/notices/1", **{**GIVEN, "name": 'a"<b>', "phone": "12"})

    page = seen(answer)
    assert answer.status_code == 422
    assert "电话应为11位手机号码" in page
    assert GIVEN["reason"] in page
    assert "<b>" not in page.split("<form")[1].split("</form>")[0]


def test_a_program_that_fills_in_every_field_is_refused_and_told_why(office, visitor):
    case = office.posted()

    answer = sent(visitor, "/notices/1/objections", "/notices/1", website="http://x", **GIVEN)

    assert answer.status_code == 422
    assert "应留空" in seen(answer)
    assert office.waits_for(case.case_id) == []


def test_an_objection_without_the_forms_token_has_no_effect(office, visitor):
    case = office.posted()

    assert visitor.post("/notices/1/objections", data=GIVEN).status_code == 400
    assert office.waits_for(case.case_id) == []


def test_the_past_and_other_places_are_one_choice_away(office, visitor):
    office.posted()

    assert "王三" in seen(visitor.get("/notices?division=150602000000"))
    assert "王三" not in seen(visitor.get("/notices?division=150623000000"))
    assert "王三" not in seen(visitor.get("/notices?when=past"))
    office.clock.advance(days=9)
    assert "王三" in seen(visitor.get("/notices?when=past"))


@pytest.mark.parametrize(
    "query", ["division=' OR 1=1", "cursor=%00%ff", "cursor=WyJ4Il0", "when=never", "division=150602"]
)
def test_nonsense_in_the_address_is_a_page_all_the_same(office, visitor, query):
    assert visitor.get(f"/notices?{query}").status_code == 200


def test_a_notice_that_never_was_is_not_found(office, visitor):
    assert visitor.get("/notices/4711").status_code == 404


def test_progress_tells_a_right_pair_and_says_the_same_to_every_wrong_one(office, visitor):
    case = office.start()

    right = sent(visitor, "/progress", "/progress", number=case.number, last_four="0011")
    wrong = [
        sent(visitor, "/progress", "/progress", number=number, last_four="9999").get_data(as_text=True)
        for number in (case.number, "FP01DS-2026-000999")
    ]

    assert "入户核实" in seen(right)
    assert "王三" not in seen(right)
    said = [re.search(r"said-problem.*?</div></div>", text, re.DOTALL)[0] for text in wrong]
    assert said[0] == said[1]


def test_guessing_at_progress_is_stopped(office, visitor):
    case = office.start()

    answers = [
        sent(visitor, "/progress", "/progress", number=case.number, last_four=f"{guess:04d}")
        for guess in range(6)
    ]

    assert [answer.status_code for answer in answers] == [422] * 5 + [429]


def test_a_list_of_many_asks_the_database_no_more_often_than_a_list_of_few(office, visitor):
    case = office.posted()
    asked = []
    engine = visitor.application.extensions["executor"].database.reader
    event.listen(engine, "before_cursor_execute", lambda *given: asked.append(given[2]))

    def questions():
        asked.clear()
        page = seen(visitor.get("/notices"))
        return len(asked), page.count('data-href="/notices/')

    few = questions()
    with office.database.writing.begin() as session:
        posted = session.get(Notice, 1)
        names = [column.name for column in Notice.__table__.columns if column.name not in {"id", "round"}]
        same = {name: getattr(posted, name) for name in names}
        session.add_all(Notice(**same, round=number) for number in range(2, 51))
    many = questions()

    assert (few[1], many[1]) == (1, 20)
    assert few[0] == many[0]
    assert case.number not in seen(visitor.get("/notices"))
