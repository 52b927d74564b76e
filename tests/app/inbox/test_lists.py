"""Lists of work: full pages, nothing missing or twice, the row leads to its item, counts are the lists'."""

import re
from datetime import timedelta

import pytest
from lxml import html
from sqlalchemy import insert, update

from app.inbox import queries
from app.inbox.orders import DONE_ORDERS, OPEN_ORDERS
from app.inbox.queries import Filters
from app.pages import PAGE_ROWS
from tests.app.office import CADRE, CLERK, OTHER_CADRE
from tests.app.searching.world import World, css
from workflows.withholding import CaseWithheld
from workflows.work_items import WorkItem


class Work(World):
    """Items of a clerk's: done, open, kept from them."""

    def __init__(self, office):
        super().__init__(office)
        self.clerk = office.actor(CLERK)
        [self.grant] = [one for one in self.clerk.grants if one.role == "township_gov"]

    def done(self, minutes_ago, name="王秀兰", by=None, **told):
        """An item the clerk finished so long ago; gives its id."""
        case = self.case(name, unit=self.grant.unit_id, **told)
        at = self.office.clock.now() - timedelta(minutes=minutes_ago)
        values = {"state": "done", "done_at": at, "done_by_id": by or self.clerk.person_id, "done_by": "某人"}
        self.do(
            lambda ctx: ctx.session.execute(
                update(WorkItem).where(WorkItem.case_id == case).values(**values, conclusion="属实")
            )
        )
        return self.item_of(case)

    def open(self, due=None, assignee=None, **told):
        """An item of the clerk's unit."""
        case = self.case(unit=self.grant.unit_id, assignee=assignee, **told)
        values = {"role": self.grant.role}
        if due is not None:
            at = self.office.clock.now() + timedelta(hours=due)
            values |= {"due_at": at, "due_sort": at}
        self.do(
            lambda ctx: ctx.session.execute(update(WorkItem).where(WorkItem.case_id == case).values(**values))
        )
        return self.item_of(case)

    def item_of(self, case):
        with self.executor.database.reading() as session:
            return session.query(WorkItem.id).filter(WorkItem.case_id == case).scalar()

    def keep(self, item):
        """The item's case complains of the clerk."""
        with self.executor.database.reading() as session:
            case = session.get_one(WorkItem, item).case_id
        who = {"case_id": case, "kind": "person", "who": self.clerk.person_id}
        self.do(lambda ctx: ctx.session.execute(insert(CaseWithheld).values(**who)))
        self.change(case, kept=True)

    def pages(self, find, order, filters=None, between=lambda: None):
        """Every page of a list; between two, something happens."""
        found, cursor = [], None
        while True:
            with self.executor.database.reading() as session:
                page = find(session, self.clerk, filters or Filters(), cursor, PAGE_ROWS, order)
                found.append([row.id for row in page.rows])
            cursor = page.next
            if cursor is None:
                return found
            between()


@pytest.fixture
def work(office):
    return Work(office)


def flat(pages):
    return [row for page in pages for row in page]


def are_full(pages):
    return all(len(page) == PAGE_ROWS for page in pages[:-1]) and 0 < len(pages[-1]) <= PAGE_ROWS


@pytest.mark.parametrize("order", DONE_ORDERS)
def test_every_page_of_work_done_but_the_last_is_full_though_much_is_filtered_or_kept(work, order):
    wanted = []
    for number in range(95):
        # Several at the very same moment: the moment alone does not tell rows apart.
        item = work.done(number // 4, "李有财" if number % 2 else "王秀兰")
        if number % 5 == 0:
            work.keep(item)
        elif number % 2:
            wanted.append(item)

    pages = work.pages(queries.done_items, DONE_ORDERS[order], Filters(q="李有财"))

    assert are_full(pages)
    assert sorted(flat(pages)) == sorted(wanted)


def test_work_done_meanwhile_neither_repeats_nor_hides_a_row(work):
    standing = [work.done(minutes) for minutes in range(50, 0, -1)]

    def more():
        work.office.clock.advance(minutes=1)
        work.done(0)

    pages = work.pages(queries.done_items, DONE_ORDERS["-arrived"], between=more)

    assert are_full(pages)
    assert flat(pages) == standing[::-1]


@pytest.mark.parametrize("order", OPEN_ORDERS)
def test_every_order_of_open_work_gives_each_item_once_and_turned_round_the_reverse(work, order):
    items = [work.open(due=number % 7 if number % 3 else None) for number in range(30)]
    items += [work.open(due=number, assignee=work.clerk.person_id) for number in range(13)]

    pages = work.pages(queries.open_items, OPEN_ORDERS[order])
    turned = order[1:] if order.startswith("-") else f"-{order}"
    back = work.pages(queries.open_items, OPEN_ORDERS[turned])

    assert are_full(pages)
    assert sorted(flat(pages)) == sorted(items)
    assert flat(back) == flat(pages)[::-1]


def test_open_work_done_meanwhile_hides_no_other_row(work):
    items = [work.open(due=number) for number in range(50)]
    taken = iter(items)

    def one_less():
        gone = next(taken)
        done = {"state": "done", "done_at": work.office.clock.now()}
        work.do(lambda ctx: ctx.session.execute(update(WorkItem).where(WorkItem.id == gone).values(**done)))

    pages = work.pages(queries.open_items, OPEN_ORDERS["due"], between=one_less)

    assert are_full(pages)
    assert flat(pages) == items


def listed_from(work, address):
    """How many rows a list has from this page on."""
    page = html.fromstring(work.office.browser(CLERK).get(address).text)
    following = [a.get("href") for a in css(page, "a[rel=next]")]
    here = len(css(page, "table.items tbody tr"))
    return here + (listed_from(work, following[0]) if following else 0)


def test_what_the_menu_and_the_chips_count_is_what_the_list_holds(work):
    for number in range(27):
        item = work.open(due=number - 13)
        if number % 9 == 0:
            work.keep(item)

    text = work.office.browser(CLERK).get("/").text
    page = html.fromstring(text)
    counts = {
        re.sub(r"[\s\d]", "", chip.text_content()): (
            int(re.search(r"\d+", chip.text_content())[0]),
            chip.get("href"),
        )
        for chip in css(page, "#chips a.chip")
    }

    assert counts["全部"][0] == int(css(page, "nav.side .count")[0].text)
    for count, address in counts.values():
        assert listed_from(work, address) == count


@pytest.mark.parametrize("path", ["/", "/?sort=number", "/?sort=-arrived", "/done", "/done?sort=number"])
def test_a_row_leads_to_the_very_item_it_shows(one_office, path):
    work = Work(one_office)
    shown = {}
    for number in range(6):
        item = work.done(number, f"户主{number}") if "done" in path else work.open(due=number)
        with work.executor.database.reading() as session:
            shown[f"/items/{item}"] = session.get_one(WorkItem, item).case_number

    page = html.fromstring(one_office.browser(CLERK).get(path).text)

    found = {}
    for row in css(page, "table.items tbody tr"):
        [href] = {row.get("data-href"), *(a.get("href") for a in css(row, "a"))}
        found[href] = css(row, ".number")[0].text
    assert found == shown


def test_a_heading_sorts_turns_round_and_keeps_the_filters(one_office):
    Work(one_office).open()
    browser = one_office.browser(CLERK)

    def heading(path, words):
        page = html.fromstring(browser.get(path).text)
        [cell] = [th for th in css(page, "table.items th") if words in th.text_content()]
        return cell.get("aria-sort"), css(cell, "a")[0].get("href")

    state, address = heading("/?q=王", "编号")
    assert state is None
    state, turned = heading(address, "编号")
    assert state == "ascending"
    assert heading(turned, "编号")[0] == "descending"
    assert heading("/", "时限")[0] == "ascending"
    assert heading("/?sort=nonsense", "时限")[0] == "ascending"
    page = html.fromstring(browser.get(turned).text)
    assert dict(css(page, "form.filters")[0].fields) == {"q": "王", "procedure": "", "sort": "-number"}


def test_work_done_is_narrowed_to_days_and_both_days_count(one_office):
    work = Work(one_office)
    day = 24 * 60
    yesterday, earlier = work.done(day), work.done(3 * day)
    on = (one_office.clock.now() - timedelta(days=1)).date().isoformat()

    page = html.fromstring(one_office.browser(CLERK).get(f"/done?since={on}&until={on}").text)

    assert [row.get("data-href") for row in css(page, "table.items tbody tr")] == [f"/items/{yesterday}"]
    assert earlier != yesterday


def test_what_one_started_is_ones_own_and_narrowed_by_state_and_day(one_office):
    work = Work(one_office)
    cadre, other = one_office.actor(CADRE), one_office.actor(OTHER_CADRE)
    ended = work.case(started_by=cadre.person_id, state="ended", days_ago=2)
    running = work.case(started_by=cadre.person_id)
    work.case(started_by=other.person_id)

    def listed(query):
        page = html.fromstring(one_office.browser(CADRE).get(f"/started{query}").text)
        return [int(row.get("data-href")[-6:]) for row in css(page, "table.items tbody tr")]

    today = one_office.clock.now().date().isoformat()
    assert listed("") == [running, ended]
    assert listed("?state=ended") == [ended]
    assert listed(f"?since={today}") == [running]
    assert listed("?procedure=fp_08_ds") == []


def test_a_cursor_of_another_order_begins_anew(one_office):
    work = Work(one_office)
    items = [work.open(due=number) for number in range(25)]
    with work.executor.database.reading() as session:
        page = queries.open_items(session, work.clerk, Filters(), None, 20, OPEN_ORDERS["due"])
        again = queries.open_items(session, work.clerk, Filters(), page.next, 20, OPEN_ORDERS["number"])

    assert [row.id for row in again.rows] == items[:20]
