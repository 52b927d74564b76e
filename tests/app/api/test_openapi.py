"""The document says what the interface does: valid OpenAPI 3.1, every route, every answer."""

import re

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from app.api import openapi
from tests.app.office import BUREAU, CADRE, HOUSEHOLD


@pytest.fixture(scope="module")
def document():
    return openapi.build()


def test_the_document_is_valid_openapi(document):
    OpenAPIV31SpecValidator(document).validate()


def test_the_document_is_public_and_the_same_each_time(one_office, document):
    answer = one_office.stranger().get("/openapi.json")

    assert answer.status_code == 200
    assert answer.json["paths"].keys() == document["paths"].keys()
    assert answer.data == one_office.stranger().get("/openapi.json").data
    assert answer.headers["Cache-Control"] == "public, max-age=3600"


def test_every_route_is_documented_and_every_documented_path_is_a_route(one_office, document):
    routed = {
        (method.lower(), re.sub(r"<(?:[^:>]+:)?(?:\w+_)?(\w+)>", r"{\1}", rule.rule).removeprefix("/api/v1"))
        for rule in one_office.app.url_map.iter_rules()
        if rule.rule.startswith(("/api/", "/healthz", "/readyz", "/metrics"))
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }

    documented = {
        (method, path) for path, item in document["paths"].items() for method in item if method != "servers"
    }

    assert documented == routed


def test_every_call_says_what_it_does_who_may_and_how_it_refuses(document):
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method == "servers" or path in {"/healthz", "/readyz", "/metrics"}:
                continue
            assert operation["summary"], path
            assert operation["x-policy"], path
            assert "503" in operation["responses"], path
            for status, answer in operation["responses"].items():
                assert answer["description"]
                if int(status) >= 400:
                    assert "application/problem+json" in answer["content"]


def test_each_path_names_its_own_actions(document):
    def actions(path):
        [schema] = [
            one["schema"] for one in document["paths"][path]["post"]["parameters"] if one["name"] == "action"
        ]
        return schema["enum"]

    assert "claim" in actions("/work-items/{id}/{action}")
    assert actions("/cases/{number}/{action}") == ["cancel", "suspend", "resume", "copy", "circulate", "jump"]


def test_no_two_calls_share_a_name(document):
    names = [
        operation["operationId"]
        for item in document["paths"].values()
        for method, operation in item.items()
        if method != "servers"
    ]

    assert len(names) == len(set(names))


@pytest.fixture
def fits(document):
    """`fits("Case", value)` fails with what does not fit the documented shape."""

    def check(name, value):
        schema = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
        errors = [
            f"{error.json_path}: {error.message}" for error in Draft202012Validator(schema).iter_errors(value)
        ]
        assert not errors, errors

    return check


def test_what_is_answered_fits_what_is_documented(one_office, fits):
    office = one_office
    number = office.start()
    item = office.until(number, "publicity")
    office.take(number)
    notices = office.stranger().get("/notices").json
    fits("NoticePage", notices)
    fits("Notice", office.stranger().get(f"/notices/{notices['items'][0]['id']}").json)
    case = office.to_the_end(number)
    fits("Case", case)
    cadre, bureau = office.program(CADRE), office.program(BUREAU)
    fits("CaseLinePage", bureau.get("/cases").json)
    other = office.start(by="zhejialiang-household2", number=1)
    admin = office.program("dongsheng-admin1")
    fits("CaseHandling", admin.get(f"/handling/{other}").json)
    fits("CaseHandled", admin.post(f"/cases/{other}/suspend", {"reason": "等批复"}).json)
    fits("CaseHandling", admin.get(f"/handling/{other}").json)
    fits("CaseHandled", cadre.post(f"/cases/{number}/copy", {"to": ["boerjianghaizi-clerk1"]}).json)
    fits("CopyPage", office.program("boerjianghaizi-clerk1").get("/copies").json)
    fits("WorkItemFull", cadre.get(f"/work-items/{item['id']}").json)
    fits("WorkItemPage", cadre.get("/work-items?state=done").json)
    fits("ProcedurePage", office.program(HOUSEHOLD).get("/procedures").json)
    fits("Procedure", office.program(HOUSEHOLD).get("/procedures/fp_01_ds").json)
    fits("RegisterPage", bureau.get("/registers").json)
    fits("RegisterRowPage", bureau.get("/registers/warning_ledger").json)
    fits("Attachment", cadre.upload().json)
    officer = office.program("audit-officer")
    fits("AuditEntryPage", officer.get("/audit").json)
    fits("Verification", officer.get("/audit/verify").json)
    fits("Problem", cadre.get("/cases/none").json)
