"""Four eyes: nobody reviews or publishes what they wrote, and what is published is what was reviewed."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.messages.models import Message
from app.security import demo
from tests.workflows import approving
from tests.workflows.designing.desk import ChangeDesk
from tests.workflows.designing.drafts import redrawn
from workflows.administering import HandlesIt
from workflows.catalogue import PUBLISHED, RETIRED, Bundle
from workflows.clock import LOCAL
from workflows.commands import CONSOLE
from workflows.designing.amendments import APPROVED, DRAFTING, Amendment, NotDrafting, UnknownAmendment
from workflows.designing.publish import Unpublishable
from workflows.designing.reviewing import (
    BackToDrafting,
    NotAsReviewed,
    NothingChanged,
    NotItsTurn,
    PublishedBetween,
    SameHand,
    TimePassed,
)
from workflows.errors import Invalid

OLD = approving.draft("linear")
NEW = redrawn(OLD, 'name="B"', 'name="镇级复核"')
MESSAGES = select(Message.text)


@pytest.fixture
def desk(town):
    return ChangeDesk(town, OLD)


@pytest.fixture
def submitted(desk):
    amendment = desk.drafted(NEW)
    desk.submit(amendment)
    return amendment


def test_written_reviewed_and_published_by_three_it_is_in_force_and_says_by_whom(desk, submitted):
    desk.review(submitted)

    assert desk.publish(submitted) == 2
    row = desk.row(submitted)
    assert (row.author, row.reviewer, row.publisher) == ("赵一", "钱二", "孙三")
    assert desk.versions() == [(1, RETIRED), (2, PUBLISHED)]
    assert Bundle.load(desk.version(2).bundle).diagrams == NEW.diagrams
    assert desk.version(2).digest == row.bundle_digest
    assert desk.followed() == 2
    assert any('"author":90001' in body and '"reviewer":90002' in body for body in desk.trail())


def test_what_is_reviewed_is_the_same_whatever_zone_its_time_was_said_in(desk):
    amendment = desk.drafted(NEW)
    desk.submit(amendment, effective=desk.now.astimezone(LOCAL))

    desk.review(amendment)

    assert desk.publish(amendment) == 2


def test_the_reviewer_may_publish(desk, submitted):
    desk.review(submitted)

    assert desk.publish(submitted, desk.qian) == 2


def test_who_wrote_it_does_not_review_it(desk, submitted):
    with pytest.raises(SameHand, match="没有参与起草"):
        desk.review(submitted, desk.zhao)

    assert desk.row(submitted).reviewer is None


def test_who_saved_it_once_does_not_review_it(desk):
    amendment = desk.drafted(NEW)
    desk.save(amendment, desk.qian, **{"scenarios.toml": ""})
    desk.submit(amendment)

    with pytest.raises(SameHand):
        desk.review(amendment, desk.qian)


def test_who_submitted_it_does_not_review_it(desk):
    amendment = desk.drafted(NEW)
    desk.submit(amendment, desk.qian)

    with pytest.raises(SameHand):
        desk.review(amendment, desk.qian)


def test_who_wrote_it_does_not_publish_it(desk, submitted):
    desk.review(submitted)

    with pytest.raises(SameHand):
        desk.publish(submitted, desk.zhao)

    assert desk.versions() == [(1, PUBLISHED)]


def test_nobody_is_exempt_from_four_eyes(desk, submitted):
    officers = [one.actor() for one in desk.town.read(demo.accounts)]
    officers = [one for one in officers if any("officer" in grant.role for grant in one.grants)]

    assert len(officers) >= 3
    for actor in (CONSOLE, *officers):
        with pytest.raises(UnknownAmendment):
            desk.review(submitted, actor)


def test_who_handles_the_cases_does_not_review_their_rules(desk, submitted):
    with pytest.raises(HandlesIt):
        desk.review(submitted, desk.administrator(7, "周七", also=("township_gov",)))


def test_an_approval_is_of_what_was_seen(desk, submitted):
    seen = desk.row(submitted).digest
    desk.do(BackToDrafting(amendment_id=submitted), desk.zhao)
    desk.save(submitted, **{"scenarios.toml": ""})
    desk.submit(submitted)

    with pytest.raises(NotAsReviewed, match="重新打开核对"):
        desk.review(submitted, digest=seen)


def test_what_was_changed_behind_the_door_is_not_published(desk, submitted):
    desk.review(submitted)
    files = {**desk.row(submitted).files, "forms/judge.json": "{}"}
    desk.town.change(update(Amendment.__table__).where(Amendment.id == submitted).values(files=files))

    with pytest.raises(NotAsReviewed):
        desk.publish(submitted)

    assert desk.versions() == [(1, PUBLISHED)]


def test_what_is_under_review_cannot_be_changed(desk, submitted):
    with pytest.raises(NotDrafting, match="待复核"):
        desk.save(submitted, **{"scenarios.toml": ""})


def test_back_to_drafting_voids_the_approval(desk, submitted):
    desk.review(submitted)

    desk.do(BackToDrafting(amendment_id=submitted), desk.zhao)

    row = desk.row(submitted)
    assert (row.state, row.reviewer, row.digest) == (DRAFTING, None, None)
    desk.submit(submitted)
    with pytest.raises(NotItsTurn, match="待复核"):
        desk.publish(submitted)


def test_a_return_says_why_and_the_author_reads_it(desk, submitted):
    with pytest.raises(Invalid):
        desk.review(submitted, approve=False, opinion=" ")

    desk.review(submitted, approve=False, opinion="缺少文号依据。")

    row = desk.row(submitted)
    assert (row.state, row.opinion) == (DRAFTING, "缺少文号依据。")
    desk.submit(submitted)
    assert desk.row(submitted).opinion is None


def test_an_approval_is_told_from_none(desk, submitted):
    with pytest.raises(NotItsTurn):
        desk.publish(submitted)
    desk.review(submitted)
    with pytest.raises(NotItsTurn):
        desk.review(submitted)
    assert desk.row(submitted).state == APPROVED


@pytest.mark.parametrize(
    ("missing", "field"),
    [
        ({"number": ""}, "number"),
        ({"title": " "}, "title"),
        ({"text": ""}, "text"),
        ({"date": "昨天"}, "date"),
    ],
)
def test_a_change_names_the_document_that_orders_it(desk, missing, field):
    amendment = desk.drafted(NEW)

    with pytest.raises(Invalid) as refusal:
        desk.submit(amendment, **missing)

    assert list(refusal.value.errors) == [field]
    assert desk.row(amendment).state == DRAFTING


def test_nothing_is_made_to_hold_from_yesterday(desk):
    amendment = desk.drafted(NEW)

    with pytest.raises(Invalid) as refusal:
        desk.submit(amendment, effective=desk.later(days=-1))

    assert "不能倒签" in refusal.value.errors["effective"]


def test_what_the_lint_refuses_comes_before_no_reviewer(desk):
    amendment = desk.drafted(redrawn(OLD, 'sourceRef="b"', 'sourceRef="a"'))

    with pytest.raises(Unpublishable):
        desk.submit(amendment)

    assert desk.row(amendment).state == DRAFTING


def test_a_day_that_has_passed_before_the_publication_needs_another_review(desk):
    amendment = desk.drafted(NEW)
    desk.submit(amendment, effective=desk.later(hours=1))
    desk.review(amendment)
    desk.town.clock.advance(days=2)

    with pytest.raises(TimePassed, match="不能倒签"):
        desk.publish(amendment)


def test_the_change_of_another_is_not_lost_in_silence(desk):
    first, second = desk.drafted(NEW), desk.drafted(redrawn(OLD, 'name="C"', 'name="办结"'), desk.li)
    for amendment in (first, second):
        desk.submit(amendment, desk.zhao if amendment == first else desk.li)
        desk.review(amendment)
    desk.town.clock.advance(timedelta(seconds=1))
    desk.publish(first)

    with pytest.raises(PublishedBetween, match=r"第 2 版（孙三）"):
        desk.publish(second)
    assert desk.versions() == [(1, RETIRED), (2, PUBLISHED)]

    assert desk.publish(second, acknowledged=(2,)) == 3
    assert any('"acknowledged":[2]' in body for body in desk.trail())


def test_the_same_words_again_are_no_version(desk):
    desk.published(NEW)
    desk.town.clock.advance(seconds=1)
    amendment = desk.open()
    desk.submit(amendment)
    desk.review(amendment)

    with pytest.raises(NothingChanged):
        desk.publish(amendment)


def test_who_reviews_is_told_and_so_is_who_publishes(desk, submitted):
    def told():
        texts = desk.town.read(lambda s: s.execute(MESSAGES).scalars().all())
        return [text for text in texts if "增加镇级复核" in text]

    desk.town.work()
    assert any("赵一提交了修订稿" in text for text in told())

    desk.review(submitted)
    desk.town.work()
    assert any("钱二复核通过了" in text for text in told())


def test_the_trail_says_what_was_sent_back_by_its_digest(desk, submitted):
    digest = desk.row(submitted).digest

    desk.review(submitted, approve=False, opinion="缺依据。")

    assert digest in desk.trail()[-1]
