"""抄送我: sending a case round, reading it, and who may not."""

import pytest

from tests.app.office import BUREAU, CLERK, ELSEWHERE, HOUSEHOLD, OTHER_CADRE, SUPERVISOR

ADMIN, ABROAD = "dongsheng-admin1", "ewenke-rvb1"


@pytest.fixture
def sent(one_office):
    """A case under review of the township: its number, and how it is sent."""
    number = one_office.start()
    one_office.until(number, "township_review")

    def send(*readers, by=CLERK, kind="circulate", words="请阅研"):
        page = f"/cases/{number}/copy"
        to = [one_office.actor(reader).person_id for reader in readers]
        return one_office.browser(by).post(
            page, page if by == CLERK else "/me", kind=kind, to=to, words=words
        )

    return one_office, number, send


def test_the_page_offers_staff_of_the_county_and_nobody_else(sent):
    office, number, _ = sent

    page = office.browser(CLERK).get(f"/cases/{number}/copy").text

    for reader, offered in ((BUREAU, True), (ELSEWHERE, True), (CLERK, False), (HOUSEHOLD, False)):
        person = office.actor(reader).person_id
        assert (f'<option value="{person}"' in page) is offered, reader


def test_what_is_sent_round_waits_for_its_reader_and_the_answer_stands_in_the_record(sent):
    office, number, send = sent

    assert send(BUREAU).status_code == 303
    reader = office.browser(BUREAU)
    listed = reader.get("/copies").text
    assert number in listed
    assert "待阅" in listed
    assert "请阅研" in reader.get(f"/cases/{number}").text
    assert reader.post("/copies/1/read", "/copies/1", answer="已阅，无意见").status_code == 303

    assert "没有未阅的抄送、传阅" in reader.get("/copies").text
    assert "已阅" in reader.get("/copies?show=all").text
    assert "已阅，无意见" in reader.get("/copies/1").text
    [entry] = [one for one in office.case(number)["history"] if one["name"].startswith("阅：")]
    assert entry["opinion"] == "已阅，无意见"


def test_a_copy_is_read_once_and_pressing_again_changes_nothing(sent):
    office, number, send = sent
    send(BUREAU)
    reader = office.browser(BUREAU)

    first = reader.post("/copies/1/read", "/copies/1", answer="第一次")
    again = reader.post("/copies/1/read", "/copies?show=all", answer="第二次")

    assert (first.status_code, again.status_code) == (303, 303)
    assert "第一次" in reader.get("/copies/1").text
    assert len([one for one in office.case(number)["history"] if one["name"].startswith("阅：")]) == 1


def test_sending_twice_sends_once_and_says_so(sent):
    office, _, send = sent
    send(BUREAU)

    send(BUREAU)

    assert office.browser(BUREAU).get("/copies?show=all").text.count('data-href="/cases/') == 1


def test_a_copy_to_know_leaves_no_line_in_the_record_when_it_is_read(sent):
    office, number, send = sent
    send(ELSEWHERE, kind="copy", words="")

    reader = office.browser(ELSEWHERE)
    assert "未阅" in reader.get("/copies").text
    answer = reader.post("/copies/1/read", "/copies/1")

    assert answer.location == f"/cases/{number}"
    assert reader.get(answer.location).status_code == 200
    assert not [one for one in office.case(number)["history"] if one["name"].startswith("阅：")]


@pytest.mark.parametrize("other", [ELSEWHERE, OTHER_CADRE, HOUSEHOLD, ADMIN, SUPERVISOR])
def test_nobody_reads_what_was_sent_to_another(sent, other):
    office, _, send = sent
    send(BUREAU)
    browser = office.browser(other)

    assert browser.get("/copies/1").status_code == 404
    assert browser.post("/copies/1/read", "/me", answer="x").status_code == 404


@pytest.mark.parametrize(
    ("other", "status"),
    [(ELSEWHERE, 404), (ABROAD, 404), (ADMIN, 404), (OTHER_CADRE, 403), (HOUSEHOLD, 403), (SUPERVISOR, 403)],
)
def test_who_does_not_handle_a_case_sends_it_to_nobody(sent, other, status):
    office, number, _ = sent
    browser = office.browser(other)

    assert browser.get(f"/cases/{number}/copy").status_code == status
    assert browser.post(f"/cases/{number}/copy", "/me", kind="copy", to="1").status_code == status


def test_whoever_only_read_a_copy_does_not_send_it_on(sent):
    office, number, send = sent
    send(ELSEWHERE)
    office.browser(ELSEWHERE).post("/copies/1/read", "/copies/1", answer="已阅")

    assert send(BUREAU, by=ELSEWHERE).status_code == 403
    assert "抄送、传阅" not in office.browser(ELSEWHERE).get(f"/cases/{number}").text


def test_without_people_or_outside_the_county_nothing_is_sent_and_what_was_typed_stays(sent):
    office, number, send = sent

    nobody, stranger = send(), send(ABROAD, words="请阅研究")

    assert nobody.status_code == stranger.status_code == 422
    assert "请选择 1 至 50 人" in nobody.text
    assert "只能送给本旗区县" in stranger.text
    assert "请阅研究" in stranger.text
    assert not [one for one in office.case(number)["history"] if one["kind"] == "copy"]


def test_the_menu_counts_what_is_unread_for_staff_and_offers_households_nothing(sent):
    office, _, send = sent
    send(BUREAU)

    assert "1<span" in office.browser(BUREAU).get("/").text.split("抄送我")[1][:80]
    assert "抄送我" not in office.browser(HOUSEHOLD).get("/").text
