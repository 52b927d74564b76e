"""The demonstration's two addresses: who could do what, and a clock that can be turned."""

from datetime import datetime

import pytest

from app.security import demo
from tests.app.office import CADRE, CLERK, HOUSEHOLD, OTHER_CADRE, VILLAGE


@pytest.fixture
def client(turning_office):
    return turning_office.app.test_client()


def names(answer):
    assert answer.status_code == 200, answer.text
    return [one["username"] for one in answer.json]


def test_accounts_are_listed_with_everything_needed_to_sign_in(one_office):
    accounts = one_office.app.test_client().get("/demo/accounts").json

    clerk = next(one for one in accounts if one["username"] == CLERK)
    assert clerk["password"] == demo.PASSWORD
    assert (clerk["person"], clerk["unit"]) == ("李晓东", "泊尔江海子镇人民政府")
    assert clerk["roles"][0] == "township_gov"


def test_accounts_are_narrowed_by_unit_role_procedure_and_item(one_office):
    client = one_office.app.test_client()
    item = one_office.item(one_office.start())["id"]

    assert CADRE in names(client.get("/demo/accounts?unit=折家梁村村民委员会&role=village_committee"))
    assert HOUSEHOLD in names(client.get(f"/demo/accounts?unit={VILLAGE}&procedure=fp_01_ds"))
    assert CLERK not in names(client.get("/demo/accounts?procedure=fp_01_ds"))
    assert names(client.get(f"/demo/accounts?item={item}")) == [CADRE, OTHER_CADRE]
    one_office.program(OTHER_CADRE).act(item, "claim")
    assert names(client.get(f"/demo/accounts?item={item}")) == [OTHER_CADRE]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("item=999999", 404),
        ("item=x", 422),
        ("item=99999999999999999999", 422),
        ("procedure=fp_99", 404),
        ("procedure=%00", 200),
        ("unit=%00", 200),
        ("role=nobody", 200),
    ],
)
def test_a_filter_that_fits_nothing_is_answered(one_office, query, status):
    assert one_office.app.test_client().get(f"/demo/accounts?{query}").status_code == status


def test_turning_the_clock_fires_what_is_due_for_every_process(turning_office, client):
    turning_office.clock = turning_office.executor.clock
    number = turning_office.start()
    for step, over in (("household_check", "visited_on"), ("village_review", "held_on")):
        assert turning_office.item(number)["step"] == step
        today = client.post("/demo/clock", json={"advance": "PT0S"}).json["now"][:10]
        assert turning_office.take(number, **{over: today}).status_code == 200
    turning_office.take(number)
    assert turning_office.case(number)["waiting"]

    turned = client.post("/demo/clock", json={"advance": "P7D"})

    assert turned.status_code == 200
    assert turned.json["fired"] >= 1
    assert turning_office.item(number)["step"] == "township_review"


def test_the_clock_is_set_to_an_instant_and_goes_on(client):
    turned = client.post("/demo/clock", json={"now": "2030-05-01T09:00:00+08:00"})

    assert turned.json["now"].startswith("2030-05-01T01:00:0")
    months = client.post("/demo/clock", json={"advance": "P1M"})
    assert months.json["now"].startswith("2030-06-01T01:00:0")
    assert datetime.fromisoformat(months.json["now"]).tzinfo is not None


def test_a_time_without_a_zone_is_beijing_time(client):
    turned = client.post("/demo/clock", json={"now": "2030-05-01T09:00:00"})

    assert turned.json["now"].startswith("2030-05-01T01:00:0")


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"now": "soon"},
        {"now": 5},
        {"now": None},
        {"now": "0001-01-01T00:00:00"},
        {"now": "9999-12-31T23:59:59+00:00"},
        {"advance": "5 days"},
        {"advance": "P999999D"},
        {"advance": "-P99999D"},
        {"advance": []},
        {"now": "2030-01-01", "advance": "P1D"},
        [],
    ],
)
def test_a_time_that_is_none_is_refused_and_the_clock_stands(client, sent):
    before = client.post("/demo/clock", json={"advance": "PT0S"}).json["now"]

    answer = client.post("/demo/clock", json=sent)

    assert (answer.status_code, answer.content_type) == (422, "application/problem+json")
    after = client.post("/demo/clock", json={"advance": "PT0S"}).json["now"]
    assert before[:10] == after[:10]


def test_what_is_no_json_is_refused(client):
    assert client.post("/demo/clock", data="nonsense").status_code == 422
