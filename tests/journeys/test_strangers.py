"""People of another unit, and people of none, guess addresses: they learn nothing and change nothing."""

from tests.journeys.person import Page
from tests.journeys.town import CADRE, GREEN, HOUSEHOLD, LEDGER, OTHER_VILLAGE, TOWNSHIP

NEIGHBOURS = [
    "chaideng-cadre1",
    "chaideng-household1",
    "zhejialiang-household2",
    "hantai-clerk1",
    "yikewusu-cadre1",
    "etuokeqianqi-rvb1",
    "dongsheng-health1",
    "system-officer",
    "security-officer",
    "audit-officer",
]


def addresses(town, number):
    """Everything there is about a case, and what could be posted there."""
    item = town.person(CADRE).item_rows(number) or town.person(TOWNSHIP).item_rows(number)
    about = f"/cases/{number}"
    files = [f"/attachments/{one}{tail}" for one in (1, 2, 3) for tail in ("", "/thumb")]
    reads = [*item, f"{item[0]}/transfer", about, f"{about}/diagram.bpmn", f"{about}/diagram.json"]
    return [*reads, f"{about}/reveal", *files]


def test_a_neighbour_guessing_addresses_finds_nothing(town):
    number = town.up_to("village_review")
    everything = addresses(town, number)

    for who in NEIGHBOURS:
        guesser = town.person(who)
        found = {address: guesser.ask("GET", address) for address in everything}
        for address, answer in found.items():
            assert answer.status_code in (403, 404), f"{who} {address}: {answer.status_code}"
            assert "王三" not in answer.text
        # Whether there is such a case is not to be told either: an unknown number reads the same.
        unknown = guesser.ask("GET", "/cases/FP01DS-2026-999999")
        assert found[f"/cases/{number}"].status_code == unknown.status_code


def test_a_neighbour_can_do_nothing_with_an_item_by_its_number(town):
    number = town.up_to("village_review")
    [address] = town.person(CADRE).item_rows(number)
    posts = [
        (address, {"_conclude": "通过", "revision": "1"}),
        (address, {"_action": "save", "revision": "1"}),
        (address, {"_action": "claim", "revision": "1"}),
        (f"{address}/transfer", {"to": "1", "reason": "看看能不能转。", "revision": "1"}),
        (f"/cases/{number}/reveal", {"path": "subject.identity", "reason": "看看能不能看。"}),
    ]

    for who in ("chaideng-cadre1", "zhejialiang-household2", "hantai-clerk1"):
        guesser = town.person(who)
        token = guesser.open("/me").token
        for target, data in posts:
            answer = guesser.ask("POST", target, data={**data, "csrf_token": token})
            assert answer.status_code in (403, 404), f"{who} {target}: {answer.status_code}"
            assert "150602196803140011" not in answer.text

    assert len(town.person(CADRE).item_rows(number)) == 1
    assert "尚未签收" in town.person(CADRE).item(number).words


def test_a_stranger_is_led_to_sign_in_whatever_they_guess(town):
    number = town.up_to("village_review")

    for address in addresses(town, number):
        answer = town.stranger().ask("GET", address)
        assert answer.status_code == 303
        assert answer.location.startswith("/sign-in")


def test_a_row_of_the_register_opens_only_within_ones_divisions(town):
    number = town.up_to("county_decision")
    town.do(number, "county_decision")
    row = town.person(CADRE).open(f"/registers/{LEDGER}").rows[0].get("data-href")

    for who in ("chaideng-cadre1", "hantai-clerk1", "etuokeqianqi-rvb1", HOUSEHOLD):
        guesser = town.person(who)
        assert guesser.ask("GET", row).status_code in (403, 404), who
        assert "王三" not in guesser.ask("GET", f"/registers/{LEDGER}").text, who
    assert town.person(TOWNSHIP).ask("GET", row).status_code == 200


def test_an_export_holds_only_what_lies_within_ones_divisions(town):
    number = town.up_to("county_decision")
    town.do(number, "county_decision")

    mine = town.person(CADRE).ask("GET", f"/registers/{LEDGER}/export.xlsx").data
    theirs = town.person("chaideng-cadre1").ask("GET", f"/registers/{LEDGER}/export.xlsx").data

    assert len(mine) > len(theirs)


def test_a_paper_opens_only_for_whom_it_concerns(town):
    number = town.up_to("household_check")
    town.do(number, "household_check", "check_false")
    page = town.person(CADRE).case(number, "papers")
    paper = next(one.get("href") for one in page.css("a.entry-step") if "/papers/" in one.get("href"))

    for who in NEIGHBOURS:
        answer = town.person(who).ask("GET", paper)
        assert answer.status_code in (403, 404), who
        assert "王三" not in answer.text


def test_a_file_another_person_handed_in_cannot_be_taken_into_ones_own_case(town):
    town.up_to("village_review")
    neighbour = town.person("chaideng-cadre1")
    page, fields, _files = neighbour.fill(
        neighbour.open(f"/procedures/{GREEN}/start"), town.answers("green", GREEN)
    )

    data = {**dict(page.form("form#start-form")), **fields, "photos": "1", "_division": OTHER_VILLAGE}
    refused = Page(neighbour.ask("POST", f"/procedures/{GREEN}/start", data=data))

    assert refused.status == 422
    assert set(refused.errors) == {"photos"}


def test_the_lists_of_a_neighbour_do_not_name_the_case(town):
    number = town.up_to("village_review")

    for who in ("chaideng-cadre1", "hantai-clerk1", "etuokeqianqi-rvb1", "zhejialiang-household2"):
        guesser = town.person(who)
        for address in ("/", "/done", "/started", "/cases", "/messages"):
            assert number not in guesser.ask("GET", address).text, (who, address)
