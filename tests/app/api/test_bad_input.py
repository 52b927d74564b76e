"""Whatever is sent, the answer is a problem document that says what is wrong; never a fault of ours."""

import pytest

from tests.app.office import CADRE, HOUSEHOLD, VILLAGE, picture

PROBLEM = "application/problem+json"


def is_problem(answer, status, code=None):
    assert (answer.status_code, answer.content_type) == (status, PROBLEM), answer.text
    assert answer.json["status"] == status
    assert answer.json["detail"]
    if code:
        assert answer.json["code"] == code
    return answer.json


@pytest.fixture
def household(standing_office):
    return standing_office.program(HOUSEHOLD)


@pytest.mark.parametrize(
    "body", [b"", b"{", b'{"a": 1,}', b"nonsense", b"\xff\xfe", b'{"a": NaN}', b"[" * 5000, b'"\\ud800"']
)
def test_what_is_no_json_is_told_where_it_breaks(household, body):
    answer = household.post("/cases", data=body, content_type="application/json")

    is_problem(answer, 400, "request.malformed")


@pytest.mark.parametrize(
    "media", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""]
)
def test_what_does_not_call_itself_json_is_refused(household, media):
    answer = household.post("/cases", data=b"{}", content_type=media)

    is_problem(answer, 415)


@pytest.mark.parametrize("body", [b"[]", b"null", b"1", b'"text"', b"true"])
def test_a_body_that_is_no_object_is_refused(household, body):
    answer = household.post("/cases", data=body, content_type="application/json")

    assert list(is_problem(answer, 422, "request.invalid")["errors"]) == ["body"]


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"division": VILLAGE}, "procedure"),
        ({"procedure": "fp_01_ds"}, "division"),
        ({"procedure": 1, "division": VILLAGE}, "procedure"),
        ({"procedure": "", "division": VILLAGE}, "procedure"),
        ({"procedure": None, "division": VILLAGE}, "procedure"),
        ({"procedure": "fp_01_ds", "division": "15"}, "division"),
        ({"procedure": "fp_01_ds", "division": VILLAGE, "answers": []}, "answers"),
        ({"procedure": "fp_01_ds", "division": VILLAGE, "answers": None}, "answers"),
        ({"procedure": "fp_01_ds", "division": VILLAGE, "answers": {"a": "x\x00y"}}, "answers.a"),
        ({"procedure": "fp_01_ds", "division": VILLAGE, "answers": {"a": 2**63}}, "answers.a"),
        ({"procedure": "fp_01_ds", "division": VILLAGE, "subject": "王秀兰"}, "subject"),
        ({"procedure": "fp_01_ds", "division": VILLAGE, "opinion": "长" * 2001}, "opinion"),
        ({"procedure": "fp_01_ds", "division": VILLAGE, "anwsers": {}}, "anwsers"),
    ],
)
def test_a_field_that_is_missing_unknown_or_of_the_wrong_kind_is_named(household, sent, field):
    assert list(is_problem(household.post("/cases", sent), 422, "request.invalid")["errors"]) == [field]


@pytest.mark.parametrize(
    "answers",
    [
        {"members": "none"},
        {"members": [1, None, []]},
        {"members": {"0": {}}},
        {"head_name": {"sealed": "x", "mask": "y"}},
        {"head_identity": {"sealed": "x", "mask": "y", "hash": "z", "kind": "identity"}},
        {"income_total": "一万"},
        {"income_total": 1e308},
        {"risk_reasons": "因灾"},
        {"nobody_asked": 1},
        {"photos": [10**15, -1, "x", None]},
        {"head_name": ["王秀兰"]},
        {"channel": 3},
    ],
)
def test_answers_of_the_wrong_kind_are_named_field_by_field(standing_office, household, answers):
    sent = {
        "procedure": "fp_01_ds",
        "division": VILLAGE,
        "answers": {**standing_office.application(), **answers},
    }

    problem = is_problem(household.post("/cases", sent), 422)

    assert problem["errors"]


def test_endless_nesting_is_refused(household):
    answers = {}
    for _ in range(60):
        answers = {"a": answers}

    is_problem(household.post("/cases", {"procedure": "p", "division": VILLAGE, "answers": answers}), 422)


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/cases?limit=0", "limit"),
        ("/cases?limit=101", "limit"),
        ("/cases?limit=x", "limit"),
        ("/cases?cursor=x", "cursor"),
        ("/cases?cursor=WyJhIl0", "cursor"),
        ("/cases?cursor=WzEsMl0", "cursor"),
        ("/cases?cursor=Wzk5OTk5OTk5OTk5OTk5OTk5OTk5OV0", "cursor"),
        ("/cases?state=lost", "state"),
        ("/cases?q=%00", "q"),
        ("/cases?prodecure=x", "prodecure"),
        ("/work-items?state=lost", "state"),
        ("/work-items?due_before=soon", "due_before"),
        ("/work-items?due_before=99999-01-01", "due_before"),
        ("/work-items?cursor=WyIyMDI2IiwxXQ", "cursor"),
        ("/work-items?cursor=WyIyMDI2LTAxLTAxVDAwOjAwOjAwIiwxXQ", "cursor"),
        ("/procedures?division=15", "division"),
        ("/registers/warning_ledger?division=x", "division"),
        ("/notices?when=tomorrow", "when"),
        ("/notices?cursor=bnVsbA", "cursor"),
    ],
)
def test_a_parameter_that_cannot_be_read_is_named(household, path, field):
    assert list(is_problem(household.get(path), 422, "request.invalid")["errors"]) == [field]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("GET", "/", 404),
        ("GET", "/cases/none", 404),
        ("GET", "/cases/%00", 404),
        ("GET", "/procedures/%00", 404),
        ("GET", "/registers/%00", 404),
        ("GET", "/registers/none", 404),
        ("GET", "/work-items/0", 404),
        ("GET", "/work-items/-1", 404),
        ("GET", "/work-items/x", 404),
        ("GET", f"/work-items/{2**63 - 1}", 404),
        ("GET", f"/work-items/{2**63}", 404),
        ("GET", f"/work-items/{10**40}", 404),
        ("GET", f"/attachments/{2**63 - 1}", 404),
        ("GET", f"/notices/{2**63 - 1}", 404),
        ("DELETE", "/cases", 405),
        ("PUT", "/cases/x", 405),
        ("GET", "/tokens", 405),
        ("PATCH", "/work-items/1/claim", 405),
    ],
)
def test_what_is_not_there_is_a_problem_document(standing_office, method, path, status):
    is_problem(standing_office.program(HOUSEHOLD).call(method, path), status)


def test_a_giant_body_is_refused_before_it_is_read(household):
    answer = household.post(
        "/cases", data=b'{"procedure": "' + b"x" * 3_000_000 + b'"}', content_type="application/json"
    )

    is_problem(answer, 413, "too_large")


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "empty.png"),
        (b"<html></html>", "page.html"),
        (b"MZ\x90\x00", "program.exe"),
        (picture()[:40], "half.png"),
        (b"%PDF-1.7", "x" * 5000 + ".exe\x00.pdf"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "drawing.svg"),
    ],
)
def test_a_file_that_is_no_photo_or_paper_is_refused(standing_office, content, name):
    answer = standing_office.program(CADRE).upload(content, name)

    if content.startswith(b"%PDF"):
        assert (answer.status_code, len(answer.json["name"]) <= 120) == (201, True)
    else:
        assert list(is_problem(answer, 422)["errors"]) == ["file"]


def test_an_upload_without_a_file_says_so(standing_office):
    program = standing_office.program(CADRE)

    assert list(is_problem(program.post("/attachments", {}), 422)["errors"]) == ["file"]
    assert list(is_problem(program.post("/attachments", data={"file": "text"}), 422)["errors"]) == ["file"]


def test_a_file_too_large_is_refused(standing_office):
    program = standing_office.program(CADRE)

    def sent(size):
        head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n%PDF-1.7'
        body = head + b"x" * size + b"\r\n--x--\r\n"
        return program.post("/attachments", data=body, content_type="multipart/form-data; boundary=x")

    assert list(is_problem(sent(10_500_000), 422)["errors"]) == ["file"]
    is_problem(sent(12_000_000), 413, "too_large")


@pytest.mark.parametrize(
    "sent",
    [
        {"username": "nobody", "password": "x"},
        {"username": HOUSEHOLD, "password": "wrong"},
        {"username": "' OR 1=1 --", "password": "x"},
    ],
)
def test_a_wrong_password_is_one_sentence_whoever_it_is(standing_office, sent):
    answer = standing_office.stranger().post("/tokens", sent)

    is_problem(answer, 401, "sign_in.refused")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("header", ["Bearer", "Bearer x", "Basic eDp5", "Bearer " + "x" * 4000, "x"])
def test_a_header_that_is_no_token_is_refused(standing_office, header):
    answer = standing_office.stranger().get("/cases", headers={"Authorization": header})

    is_problem(answer, 401)


@pytest.mark.parametrize(
    ("sent", "fields"),
    [
        ({}, {"name", "phone", "reason"}),
        ({"name": "李四", "phone": "1", "reason": "该户在城里有两套房子。"}, {"phone"}),
        ({"name": "李四", "phone": "13847700009", "reason": "假"}, {"reason"}),
        ({"name": "李四", "phone": "13847700009", "reason": "字" * 1001}, {"reason"}),
    ],
)
def test_an_objection_that_says_too_little_or_too_much_is_named(one_office, sent, fields):
    number = one_office.start()
    one_office.until(number, "publicity")
    one_office.take(number)
    [notice] = one_office.stranger().get("/notices").json["items"]

    answer = one_office.stranger().post(f"/notices/{notice['id']}/objections", sent)

    assert set(is_problem(answer, 422)["errors"]) == fields


def test_a_database_that_is_gone_is_said_plainly(tmp_path, clock):
    from tests.app.office import Office

    office = Office(f"sqlite:///{tmp_path / 'none' / 'none.db'}", tmp_path, clock)

    answer = office.stranger().get("/notices")

    is_problem(answer, 503, "database.unavailable")
    office.close()
