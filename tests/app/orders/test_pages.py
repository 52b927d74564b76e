"""Pages of 督办: what stands, what the rule would have ordered, the orders; within the supervisor's scope."""

import re
from dataclasses import dataclass

import orjson
import pytest
from sqlalchemy import select

from app.orders.facts import UnknownWatched, items_of
from app.supervision.ordering import listing
from app.supervision.ordering.listing import Asked
from tests.app.office import BUREAU, CLERK, SUPERVISOR
from tests.app.orders.ordered import CLOSED, SAID, answers, issue, issued, overdue, reply, review
from workflows import withholding
from workflows.audit import AuditEntry
from workflows.commands import CONSOLE, Command
from workflows.errors import Invalid

ORDERS, NEW = "/supervision/orders", "/supervision/orders/new"
PART = f"{ORDERS}?part="
DISTRICT, TOWNSHIP, OTHER_TOWNSHIP = "150602000000", "150602100000", "150602101000"


@dataclass(frozen=True, slots=True)
class _Withhold(Command[None]):
    number: str
    person: int

    def authorise(self, ctx):
        pass

    def run(self, ctx):
        withholding.withhold(ctx, self.number, [self.person], [])


def read(office, query, *given, **named):
    with office.executor.database.reading() as session:
        return query(session, *given, **named)


def test_what_is_overdue_is_proposed_until_it_is_ordered_and_again_once_that_is_closed(ordering):
    number, item = overdue(ordering)
    browser = ordering.browser(SUPERVISOR)

    assert number in browser.get(f"{PART}proposed").text
    assert "红牌" in browser.get(f"{PART}proposed").text
    made = issue(ordering, item)
    assert number not in browser.get(f"{PART}proposed").text
    for part in ("cards", "orders"):
        assert made in browser.get(f"{PART}{part}").text
    assert made in browser.get(f"{PART}orders&state=reply").text
    assert made not in browser.get(f"{PART}orders&state=review").text
    reply(ordering, made)
    assert made in browser.get(f"{PART}orders&state=review").text
    review(ordering, made, CLOSED)

    assert made not in browser.get(f"{PART}cards").text
    assert "已销号" in browser.get(f"{PART}orders&state=closed").text
    assert number in browser.get(f"{PART}proposed").text


def test_an_order_without_a_card_stands_in_no_list_of_cards(ordering):
    _, item = overdue(ordering)
    made = issue(ordering, item, card="不发牌", card_reason="已电话说明，先行提醒。")
    browser = ordering.browser(SUPERVISOR)

    assert made not in browser.get(f"{PART}cards").text
    assert made in browser.get(f"{PART}orders").text
    page = browser.get(f"/cases/{made}").text
    assert "没有销号" in page
    assert "取下" not in page


def test_a_supervisor_elsewhere_sees_nothing_and_others_no_such_page(ordering):
    number, item = overdue(ordering)
    made = issue(ordering, item)
    other = ordering.browser("ewenke-supervisor1")

    for part in ("cards", "proposed", "orders"):
        seen = other.get(f"{PART}{part}")
        assert seen.status_code == 200
        assert number not in seen.text
        assert made not in seen.text
        assert other.get(f"{PART}{part}&area={DISTRICT}").status_code == 404
    assert other.get(f"{NEW}?item={item}").status_code == 404
    for who in (BUREAU, CLERK):
        assert ordering.browser(who).get(ORDERS).status_code == 403
        assert ordering.browser(who).get(f"{NEW}?item={item}").status_code == 403


def test_lists_are_narrowed_by_area_and_procedure_and_counted(ordering):
    _, item = overdue(ordering)
    made = issue(ordering, item)

    def found(area=DISTRICT, procedure=None):
        asked = Asked(area=area, procedure=procedure)
        rows = [one.number for one in read(ordering, listing.orders, asked, None).rows]
        assert read(ordering, listing.counts, asked)[listing.OPEN_ONES] == len(rows)
        assert [one.number for one in read(ordering, listing.cards, asked, None).rows] == rows
        return rows

    assert found() == found(TOWNSHIP) == found(procedure="fp_01_ds") == [made]
    assert found(OTHER_TOWNSHIP) == found(procedure="fp_01_ew") == []


def test_open_orders_come_by_the_limit_of_whoever_is_to_act_a_page_at_a_time(ordering):
    items = []
    for identity in ("150602196603045116", "150602197108206247", "150602195808121528"):
        number = ordering.start(head_identity=identity, corrections={"head_identity": "登记有误。"})
        ordering.until(number, "township_review")
        items.append(ordering.item(number)["id"])
    ordering.pass_days(30)
    made = [issue(ordering, items[0])]
    for item in items[1:]:
        ordering.pass_days(3)
        made.append(issue(ordering, item))

    for list_of in (listing.orders, listing.cards):
        got, cursor = [], None
        while True:
            page = read(ordering, list_of, Asked(area=DISTRICT), cursor, limit=1)
            got += [row.number for row in page.rows]
            cursor = page.next
            if cursor is None:
                break
        assert got == made
    review_first = made[2]
    reply(ordering, review_first)
    asked = Asked(area=DISTRICT, state=listing.REVIEW)
    assert [row.number for row in read(ordering, listing.orders, asked, None).rows] == [review_first]


def test_a_case_kept_from_its_own_people_is_neither_proposed_nor_ordered(ordering):
    number, item = overdue(ordering)
    ordering.executor.execute(_Withhold(number, ordering.actor(BUREAU).person_id), by=CONSOLE)

    assert number not in ordering.browser(SUPERVISOR).get(f"{PART}proposed").text
    with pytest.raises(UnknownWatched):
        answers(ordering, item)
    assert read(ordering, items_of, ordering.actor(SUPERVISOR), number) == []


def hidden(text):
    return dict(re.findall(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)">', text))


def test_the_page_of_an_order_shows_what_the_record_says_and_asks_for_the_rest(ordering):
    number, item = overdue(ordering)
    browser = ordering.browser(SUPERVISOR)
    asked = browser.get(f"{NEW}?case={number}")
    facts = hidden(asked.text)

    assert facts["case_number"] == number
    assert facts["item"] == str(item)
    assert "按规则发红牌" in asked.text
    missing = browser.post(NEW, f"{NEW}?item={item}", **facts, card="红牌")
    assert missing.status_code == 422
    assert "要求办什么" in missing.text
    made = browser.post(NEW, f"{NEW}?item={item}", **facts, card="红牌", **SAID)
    assert made.status_code == 303

    again = browser.post(NEW, ORDERS, **{**facts, "_once": "another press"}, card="红牌", **SAID)
    assert again.status_code == 409
    assert made.headers["Location"].rsplit("/", 1)[1] in again.text
    refused = browser.get(f"{NEW}?item={item}")
    assert refused.status_code == 409


def test_the_same_press_twice_makes_one_order(ordering):
    _, item = overdue(ordering)
    browser = ordering.browser(SUPERVISOR)
    facts = hidden(browser.get(f"{NEW}?item={item}").text)

    first, second = (browser.post(NEW, ORDERS, **facts, card="红牌", **SAID) for _ in range(2))

    assert first.headers["Location"] == second.headers["Location"]


def test_what_was_altered_on_the_way_is_refused_and_shown_as_it_is(ordering):
    _, item = overdue(ordering)
    browser = ordering.browser(SUPERVISOR)
    facts = hidden(browser.get(f"{NEW}?item={item}").text)

    answer = browser.post(NEW, ORDERS, **{**facts, "unit": "别的单位"}, card="红牌", **SAID)

    assert answer.status_code == 422
    assert "与页面上的不一致" in answer.text
    assert hidden(answer.text)["unit"] == facts["unit"]
    assert SAID["demand"] in answer.text


def test_an_item_done_while_the_page_was_open_is_not_ordered(ordering):
    number, item = overdue(ordering)
    browser = ordering.browser(SUPERVISOR)
    facts = hidden(browser.get(f"{NEW}?item={item}").text)
    ordering.take(number)

    answer = browser.post(NEW, ORDERS, **facts, card="红牌", **SAID)

    assert answer.status_code == 409
    assert "已经办结" in answer.text


def test_a_list_is_taken_along_with_its_purpose_and_an_entry(ordering):
    _, item = overdue(ordering)
    made = issue(ordering, item, card="黄牌", card_reason="=1+1")
    browser, page = ordering.browser(SUPERVISOR), f"{ORDERS}/export?part=cards"

    for wrong in ({"form": "csv", "purpose": ""}, {"form": "", "purpose": "月度通报用。"}):
        assert browser.post(f"{ORDERS}/export", page, part="cards", **wrong).status_code == 422
    taken = browser.post(f"{ORDERS}/export", page, part="cards", form="csv", purpose="月度通报用。")
    book = browser.post(f"{ORDERS}/export", page, part="orders", form="xlsx", purpose="月度通报用。")

    assert made in taken.text
    assert "月度通报用" in taken.text
    assert book.data.startswith(b"PK")
    query = select(AuditEntry).where(AuditEntry.command == "TakeRecords").order_by(AuditEntry.seq)
    entries = read(ordering, lambda session: session.scalars(query).all())
    facts = [fact for entry in entries if "what" in (fact := orjson.loads(entry.body)["facts"])]
    assert [fact["what"] for fact in facts] == ["orders.csv", "orders.xlsx"]
    assert facts[0]["purpose"] == "月度通报用。"


def test_the_unit_is_told_calmly_on_its_list_and_on_the_item(ordering):
    number, item = overdue(ordering)
    made = issue(ordering, item)
    clerk = ordering.browser(CLERK)

    assert "本单位有督办单 1 件" in clerk.get("/").text
    [open_item] = ordering.case(made, SUPERVISOR)["open_items"]
    assert "本件是督办单" in clerk.get(f"/items/{open_item['id']}").text
    assert f"督办单 {made}" in clerk.get(f"/items/{item}").text
    assert f"督办单 {made}" in clerk.get(f"/cases/{number}").text


def test_the_supervisor_finds_the_review_among_what_waits(ordering):
    _, item = overdue(ordering)
    made = issue(ordering, item)
    browser = ordering.browser(SUPERVISOR)
    assert made not in browser.get("/waiting").text
    reply(ordering, made)

    assert made in browser.get("/waiting").text
    assert browser.get("/").headers["Location"].endswith("/supervision")


def test_the_index_over_running_cases_serves_the_open_orders(ordering):
    """Neither closed orders nor other cases are gone through."""
    _, item = overdue(ordering)
    issue(ordering, item)
    with ordering.executor.database.reading() as session:
        if session.get_bind().dialect.name != "sqlite":
            return
        query = select(listing.Case.id).where(listing.stands())
        text = query.compile(session.get_bind(), compile_kwargs={"literal_binds": True})
        plan = " ".join(row[3] for row in session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {text}"))

    assert "uq_cases_running_subject" in plan


@pytest.mark.parametrize("item", [9 * 10**18 + 3 * 10**17, 10**40])
def test_a_number_no_item_can_have_finds_nothing(ordering, item):
    browser = ordering.browser(SUPERVISOR)
    answer = browser.get(f"/supervision/orders/new?item={item}")
    assert answer.status_code == 404

    _, other = overdue(ordering)
    division, said = answers(ordering, other)
    with pytest.raises(Invalid):
        issued(ordering, division, {**said, "item": item})
