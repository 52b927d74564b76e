"""The database is locked, or gone: a plain page says so, and what was typed is there to be sent again."""

import contextlib
import sqlite3

import psycopg
import pytest

from tests.journeys.town import CADRE, HOUSEHOLD, PROCEDURE
from workflows import db


@contextlib.contextmanager
def locked(town):
    """Somebody else holds the database so that nobody can write."""
    url = town.settings.database_url
    if url.startswith("sqlite"):
        holder = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
    else:
        holder = psycopg.connect(url.replace("+psycopg", ""))
        holder.execute("LOCK TABLE cases, audit_entry, attachment, work_item IN ACCESS EXCLUSIVE MODE")
    try:
        yield
    finally:
        holder.rollback()
        holder.close()


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    """Waiting for a lock is shorter here than in life."""
    monkeypatch.setattr(db, "BUSY_SECONDS", 1)


def away(town):
    """The application as it is when its database cannot be reached."""
    if town.settings.database_url.startswith("sqlite"):
        return town.settings.database_url + ".missing/office.sqlite3"
    return town.settings.database_url.replace("host=", "host=/nowhere")


def again(person, page, verb):
    """Press once more: on the page itself if it could be read, else on the one that keeps what was typed."""
    return person.press("重新提交" if "重新提交" in page.buttons else verb, page=page)


def test_a_locked_database_is_told_plainly_and_what_was_typed_can_be_sent_again(town):
    town.restart()
    number = town.up_to("township_review")
    clerk = town.person("boerjianghaizi-clerk1")
    page = clerk.item(number)

    with locked(town):
        refused = clerk.complete(
            number, town.answers("township_passed") | {"opinion": "材料齐全，同意上报。"}, page=page
        )

    assert refused.status == 503
    assert "没有生效" in refused.words or "没有办成" in refused.words
    assert refused.typed("opinion") == ["材料齐全，同意上报。"]
    assert sorted(refused.typed("checked")) == sorted(town.answers("township_passed")["checked"])
    done = again(clerk, refused, "审核通过")
    assert "已办结" in done.words
    assert town.person("dongsheng-rvb1").item_rows(number)


def test_an_application_typed_while_the_database_is_locked_is_not_lost_with_its_rows(town):
    town.restart()
    person = town.person(HOUSEHOLD)
    page, fields, files = person.fill(person.open(f"/procedures/{PROCEDURE}/start"), town.answers("apply"))
    button = page.one(".actions button.btn-primary")

    with locked(town):
        refused = person.send(page, button, fields, files)

    assert refused.status == 503
    assert refused.typed("members.0.name") == ["刘四"]
    assert refused.typed("risk_reasons") == ["因灾", "收入大幅缩减"]
    started = again(person, refused, "提交申请")
    assert "已提交" in started.words
    assert again(person, refused, "提交申请").number == started.number


def test_a_database_that_is_gone_is_told_plainly_and_what_was_typed_is_on_the_page(town):
    number = town.up_to("household_check")
    cadre = town.person(CADRE)
    pressing = cadre.about_to(number, town.answers("check_true"))
    town.use(away(town))

    refused = cadre.send(*pressing)
    shown = cadre.open("/")

    assert (refused.status, shown.status) == (503, 503)
    assert refused.typed("visitors") == ["赵五、钱六"]
    assert refused.typed("_conclude") == ["属实"]
    assert "Traceback" not in refused.raw + shown.raw
    town.use(None)
    page = cadre.item(number)
    done = cadre.complete(number, town.answers("check_true"), page=page)
    assert "已办结" in done.words


def test_a_read_page_and_the_api_say_so_too(town):
    town.use(away(town))

    page = town.stranger().open("/notices")
    answer = town.stranger().ask("GET", "/api/v1/procedures", headers={"Authorization": "Bearer x"})
    ready = town.stranger().ask("GET", "/readyz")
    alive = town.stranger().ask("GET", "/healthz")

    assert page.status == 503
    assert answer.status_code == 503
    assert answer.content_type == "application/problem+json"
    assert (ready.status_code, alive.status_code) == (503, 200)
    town.use(None)


def test_nothing_was_changed_by_what_could_not_be_done(town):
    town.restart()
    number = town.up_to("township_review")
    clerk = town.person("boerjianghaizi-clerk1")
    page = clerk.item(number)
    before = town.person(CADRE).case(number, "record").all("ol.timeline li")

    with locked(town):
        clerk.complete(number, town.answers("township_passed"), page=page)

    assert town.person(CADRE).case(number, "record").all("ol.timeline li") == before
    assert len(clerk.item_rows(number)) == 1
