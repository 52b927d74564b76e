"""Many disposals at once: checked case by case, done one by one by two officers, and a report that stays."""

import re

import pytest

from app.evidence.commands import EraseCase
from app.keeping.rounds import BeginRound, HandleLine, Pick, waiting
from app.security.queries import AuditFilter, audit_entries
from tests.app.office import BUREAU, CADRE
from workflows import audit, worker
from workflows.commands import CONSOLE
from workflows.errors import Invalid, NotAllowed, NotFound

SYSTEM, AUDIT, SECURITY = "system-officer", "audit-officer", "security-officer"
LIST, CHECK, ROUNDS = "/disposals", "/disposals/check", "/disposals/rounds"
WHY = "保管期限已满，无继续保存价值"
WHO = ("zhejialiang-household1", "zhejialiang-household2", "boerjianghaizi-household1")


@pytest.fixture
def old(office):
    """Three cases whose thirty years are over, and one that ended yesterday; gives their numbers."""
    office.numbers = [ended(office, place) for place in range(3)]
    office.clock.advance(days=round(365.25 * 32))
    office.forget_tokens()
    office.young = ended(office, 3)
    return office


def ended(office, place):
    number = office.start(number=place)
    office.take(number, name="check_false")
    office.to_the_end(number)
    worker.drain(office.executor)
    return number


def ticked(page):
    """What the boxes of a list or the hidden fields of a check stand for."""
    return re.findall(r'name="pick" value="([^"]+)"', page)


def chosen(office, who, picks):
    return office.browser(who).post(CHECK, LIST, pick=picks)


def begun(office, who, asked, **given):
    once = re.search(r'name="once" value="([^"]+)"', asked.text)[1]
    sent = {"once": once, "pick": ticked(asked.text), **given}
    return office.browser(who).post(ROUNDS, LIST, **sent)


def done(office, who, picks, **given):
    """Pick, be told, do; gives the report's page."""
    answer = begun(office, who, chosen(office, who, picks), **given)
    assert answer.status_code == 303, answer.text
    return office.browser(who).get(answer.location).text


def commands(office, stream="disposals"):
    with office.executor.database.reading() as session:
        return [each.command for each in audit_entries(session, CONSOLE, AuditFilter(stream=stream))]


def left(office, number):
    return office.case(number, by=BUREAU)["variables"]


def test_two_officers_destroy_many_each_by_itself_and_every_chain_holds(old):
    listed = old.browser(SYSTEM).get(LIST).text
    assert ticked(listed) == old.numbers

    report = done(old, SYSTEM, old.numbers, reason=WHY)
    assert "已办 3 件，未办 0 件" in report
    assert [bool(left(old, number)) for number in old.numbers] == [True] * 3
    report = done(old, AUDIT, ticked(old.browser(AUDIT).get(LIST).text))

    assert "已办 3 件，未办 0 件" in report
    assert [left(old, number) for number in old.numbers] == [{}] * 3
    assert left(old, old.young) != {}
    assert commands(old) == ["ConfirmDisposal"] * 3 + ["BeginRound"] + ["ProposeDisposal"] * 3 + [
        "BeginRound"
    ]
    with old.executor.database.reading() as session:
        assert audit.verify(session).sound
    page = old.browser(AUDIT).get(LIST).text
    assert "销毁清册" in page
    assert all(number in page for number in old.numbers)


def test_the_check_says_of_each_why_it_cannot_be_and_nothing_is_done_yet(old):
    asked = chosen(old, SYSTEM, [*old.numbers, old.young, "没有的编号"])

    assert "3 件可办" in asked.text
    assert "2 件不可办" in asked.text
    assert "保管期限（30年）未满" in asked.text
    assert ticked(asked.text) == old.numbers
    assert commands(old) == []


def test_one_refused_is_told_with_its_reason_and_the_others_are_done(old):
    asked = chosen(old, SYSTEM, old.numbers)
    propose = f"{LIST}/{old.numbers[1]}"
    assert old.browser(SYSTEM).post(propose, propose, reason=WHY).status_code == 303

    answer = begun(old, SYSTEM, asked, reason=WHY)
    report = old.browser(AUDIT).get(answer.location).text

    assert "已办 2 件，未办 1 件" in report
    assert "已提请" in report
    with old.executor.database.reading() as session:
        refused = audit_entries(session, CONSOLE, AuditFilter(stream="refused"))
    assert [each.command for each in refused] == ["ProposeDisposal"]


def test_a_proposal_withdrawn_and_made_anew_meanwhile_is_not_confirmed_unseen(old):
    done(old, SYSTEM, old.numbers, reason=WHY)
    asked = chosen(old, AUDIT, ticked(old.browser(AUDIT).get(LIST).text))
    first = ticked(asked.text)[0]
    assert old.browser(SYSTEM).post(f"{LIST}/{first}/withdraw", LIST).status_code == 303
    propose = f"{LIST}/{old.numbers[0]}"
    assert old.browser(SYSTEM).post(propose, propose, reason="换了一个理由").status_code == 303

    answer = begun(old, AUDIT, asked)

    assert "已办 2 件，未办 1 件" in old.browser(AUDIT).get(answer.location).text
    assert left(old, old.numbers[0]) != {}


def test_pressed_twice_it_is_one_round(old):
    asked = chosen(old, SYSTEM, old.numbers)

    first, second = (begun(old, SYSTEM, asked, reason=WHY) for _ in range(2))

    assert first.location == second.location
    assert commands(old).count("BeginRound") == 1


def test_without_a_reason_nothing_begins_and_what_was_picked_stays(old):
    answer = begun(old, SYSTEM, chosen(old, SYSTEM, old.numbers), reason="短")

    assert answer.status_code == 422
    assert ticked(answer.text) == old.numbers
    assert commands(old) == []


def test_a_round_cut_short_is_gone_on_with_by_whoever_began_it(old):
    officer = old.actor(SYSTEM)
    picks = tuple(Pick(number) for number in old.numbers)
    made = old.executor.execute(BeginRound(action="propose", picks=picks, reason=WHY), by=officer)
    with old.executor.database.reading() as session:
        lines = waiting(session, made)
    old.executor.execute(HandleLine(line_id=lines[0]), by=officer)
    report = f"{ROUNDS}/{made}"
    assert "还有 2 件没有办到" in old.browser(AUDIT).get(report).text
    assert "继续办理" not in old.browser(AUDIT).get(report).text
    with pytest.raises(NotFound):
        old.executor.execute(HandleLine(line_id=lines[1]), by=old.actor(AUDIT))

    assert old.browser(SYSTEM).post(report, report).status_code == 303

    assert "已办 3 件，未办 0 件" in old.browser(SYSTEM).get(report).text
    assert commands(old).count("ProposeDisposal") == 3


@pytest.mark.parametrize("who", [SECURITY, CADRE])
def test_it_is_nobody_elses(one_office, who):
    with pytest.raises(NotAllowed):
        one_office.executor.execute(
            BeginRound(action="propose", picks=(Pick("x"),), reason=WHY), by=one_office.actor(who)
        )
    assert one_office.browser(who).post(CHECK, "/me", pick=["x"]).status_code == 403


@pytest.mark.parametrize(
    ("action", "who", "error"),
    [("confirm", SYSTEM, NotAllowed), ("propose", AUDIT, NotAllowed), ("burn", SYSTEM, NotAllowed)],
)
def test_each_officer_has_one_part(one_office, action, who, error):
    with pytest.raises(error):
        one_office.executor.execute(
            BeginRound(action=action, picks=(Pick("x"),), reason=WHY), by=one_office.actor(who)
        )


@pytest.mark.parametrize("picks", [(), (Pick("x"), Pick("x")), tuple(Pick(str(n)) for n in range(51))])
def test_a_selection_is_some_cases_each_once(one_office, picks):
    with pytest.raises(Invalid) as refused:
        one_office.executor.execute(
            BeginRound(action="propose", picks=picks, reason=WHY), by=one_office.actor(SYSTEM)
        )

    assert set(refused.value.errors) == {"picks"}


def test_what_was_erased_by_law_already_is_confirmed_all_the_same(old):
    done(old, SYSTEM, old.numbers[:1], reason=WHY)
    erase = EraseCase(number=old.numbers[0], basis="个人信息保护法第47条", reason="当事人申请")
    old.executor.execute(erase, by=old.actor(SECURITY))

    report = done(old, AUDIT, ticked(old.browser(AUDIT).get(LIST).text))

    assert "已办 1 件，未办 0 件" in report
