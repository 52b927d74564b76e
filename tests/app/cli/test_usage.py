"""Whatever is typed, the answer is a sentence and a code; never a traceback."""

import pytest


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["nonsense"], 2),
        (["--nonsense"], 2),
        (["feel"], 2),
        (["feel", "1", "2"], 2),
        (["feel", "1", "--context", "{"], 2),
        (["feel", "1", "--context", "[]"], 2),
        (["feel", "1", "--context", "@nofile"], 2),
        (["decide"], 2),
        (["decide", "x.dmn"], 2),
        (["decide", "x.dmn", "--decision", "d", "--input", "nonsense"], 2),
        (["lint"], 2),
        (["lint", "nofile.bpmn"], 2),
        (["simulate", "fp_01_ds", "--answers", "nofile"], 2),
        (["simulate", "fp_99", "--answers", "README.md"], 2),
        (["demo", "seed", "--cases", "many"], 2),
        (["demo", "seed", "--cases", "-1"], 2),
        (["procedures", "import", "--folder", "nofolder"], 2),
        (["users", "add", "x"], 2),
        (["users", "add", "somebody", "某人", "--role", "township_gov"], 2),
        (["users", "passwd", "nobody"], 1),
        (["users", "lock", "nobody"], 1),
        (["users", "grant", "nobody", "township_gov", "150602100000"], 1),
        (["procedures", "export", "fp_99", "x"], 1),
        (["audit", "verify", "--case", "none"], 1),
    ],
)
def test_a_command_that_cannot_be_done_says_why_in_one_line(installed, xiangshen, words, code):
    ended = xiangshen(*words)

    assert ended.code == code
    assert ended.said == ""
    assert len(ended.complained.strip().splitlines()) == 1
    assert any(sign > "\u2e7f" for sign in ended.complained)
    assert "Traceback" not in ended.complained


def test_a_wrong_setting_stops_with_its_name(monkeypatch, tmp_path, xiangshen):
    monkeypatch.setenv("XIANGSHEN_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("XIANGSHEN_DATABASE_URL", "mysql://x")

    ended = xiangshen("users", "list")

    assert ended.code == 2
    assert "XIANGSHEN_DATABASE_URL" in ended.complained


@pytest.mark.parametrize(
    "url", ["sqlite:///{}/none/none.db", "sqlite:///{}/empty.db", "postgresql://x@127.0.0.1:1/x"]
)
def test_a_database_that_is_not_there_is_said_plainly(monkeypatch, tmp_path, xiangshen, url):
    monkeypatch.setenv("XIANGSHEN_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("XIANGSHEN_DATABASE_URL", url.format(tmp_path))

    for words in (["users", "list"], ["procedures", "list"], ["audit", "verify"], ["demo", "seed"]):
        ended = xiangshen(*words)

        assert ended.code == 1
        assert len(ended.complained.strip().splitlines()) == 1


def test_help_is_chinese_and_lists_every_command(xiangshen):
    ended = xiangshen("--help")

    assert ended.code == 0
    for name in (
        "serve",
        "worker",
        "db",
        "procedures",
        "lint",
        "simulate",
        "feel",
        "decide",
        "audit",
        "users",
        "demo",
    ):
        assert f"\n  {name} " in ended.said
