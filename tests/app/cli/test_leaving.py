"""`users absence` and `users hand-over`: what they say and with which code they end."""

import pytest

from app.security import demo, passwords, sealing
from tests.clock import TurnableClock
from workflows.commands import CONSOLE, Executor
from workflows.db import Database

CADRE, OTHER, TEAM = "zhejialiang-cadre1", "zhejialiang-cadre2", "zhejialiang-team1"
FAR = "2099-01-05"


@pytest.fixture
def peopled(installed, database_url):
    """An installation whose people have been entered."""
    sealing.configure(bytes(range(32)))
    database = Database(database_url)
    seed = demo.SeedPeople(password_hash=passwords.hashed(demo.PASSWORD, "cheap"))
    Executor(database, TurnableClock(), None).execute(seed, by=CONSOLE)
    database.dispose()
    return installed


def test_a_deputy_is_appointed_listed_and_dismissed(xiangshen, peopled):
    days = ("--from", "2099-01-01", "--until", FAR)
    made = xiangshen("users", "absence", CADRE, TEAM, *days, "--reason", "学习", "--procedure", "no_such")
    assert (made.code, "不存在" in made.complained) == (1, True)

    made = xiangshen("users", "absence", CADRE, TEAM, *days, "--reason", "学习")

    assert made.code == 0, made.complained
    assert "折海军 → 陈志远" in made.said
    assert "未开始" in made.said
    number = made.said.split()[0]
    again = xiangshen("users", "absence", CADRE, OTHER, *days, "--reason", "学习")
    assert (again.code, "时间与之重叠" in again.complained) == (1, True)
    stranger = xiangshen("users", "absence", TEAM, "--end", number)
    assert stranger.code == 1
    ended = xiangshen("users", "absence", CADRE, "--end", number)
    assert (ended.code, "已提前结束" in ended.said) == (0, True)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("absence", CADRE, TEAM), 2),
        (("absence", CADRE, TEAM, "--until", "soon"), 2),
        (("absence", CADRE, "nobody", "--until", FAR), 1),
        (("absence", CADRE, TEAM, "--until", FAR), 1),
        (("absence", CADRE, "zhejialiang-household1", "--until", FAR, "--reason", "学习"), 1),
        (("absence",), 2),
        (("hand-over", CADRE), 2),
        (("hand-over", CADRE, "nobody"), 1),
        (("hand-over", CADRE, OTHER), 1),
        (("hand-over", CADRE, OTHER, "--role", "village_branch"), 2),
        (("hand-over", CADRE, OTHER, "--role", f"bank={TEAM}"), 2),
        (("hand-over", CADRE, "zhejialiang-household1", "--reason", "退休"), 1),
    ],
)
def test_what_is_wrong_ends_with_its_code_and_one_sentence(xiangshen, peopled, words, code):
    ended = xiangshen("users", *words)

    assert ended.code == code, ended
    assert any(sign > "\u2e7f" for sign in ended.complained)
    assert "Traceback" not in ended.complained


def test_a_leaver_is_shown_first_and_handed_over_afterwards(xiangshen, peopled):
    dry = xiangshen("users", "hand-over", CADRE, TEAM, "--dry-run", "--role", f"village_branch={OTHER}")
    assert dry.code == 0, dry.complained
    assert "→ 陈志远" in dry.said
    assert "→ 贺丽霞（已有）" in dry.said
    assert "折海军" in xiangshen("users", "list").said

    done = xiangshen(
        "users", "hand-over", CADRE, TEAM, "--reason", "退休", "--role", f"village_branch={OTHER}"
    )

    assert done.code == 0, done.complained
    assert "角色 4 项" in done.said
    again = xiangshen("users", "hand-over", CADRE, TEAM, "--reason", "退休")
    assert (again.code, again.said) == (0, done.said)
