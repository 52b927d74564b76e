"""What comes with the system starts an installation; what the office has decided since, it does not undo."""

import pytest

from tests.workflows import approving
from tests.workflows.designing.desk import DOCUMENT, ChangeDesk
from tests.workflows.designing.drafts import redrawn
from workflows import catalogue
from workflows.catalogue import NotPublished
from workflows.commands import CONSOLE
from workflows.designing.publish import KeptByOffice, PublishVersion
from workflows.designing.retiring import ConfirmRetirement, ProposeRetirement

OURS = approving.draft("linear")
THEIRS = redrawn(OURS, 'name="B"', 'name="镇级复核"')
NEWER = redrawn(OURS, 'name="B"', 'name="再核对"')


@pytest.fixture
def desk(town):
    return ChangeDesk(town, OURS)


def test_a_version_that_was_reviewed_stays_in_force_when_the_system_starts_again(desk):
    desk.published(THEIRS)

    with pytest.raises(KeptByOffice, match="事项修订"):
        desk.do(PublishVersion(bundle=OURS), CONSOLE)

    assert desk.followed() == 2


def test_nor_does_one_that_waits_for_its_day_lose_its_turn(desk):
    desk.published(THEIRS, effective=desk.later(days=3))

    with pytest.raises(KeptByOffice):
        desk.do(PublishVersion(bundle=NEWER), CONSOLE)
    desk.town.clock.advance(days=4)

    assert desk.followed() == 2


def test_a_procedure_that_was_retired_is_not_brought_back(desk):
    asked = ProposeRetirement(procedure=desk.key, reason="文件废止。", document=DOCUMENT)
    retirement = desk.do(asked, desk.zhao)
    desk.do(ConfirmRetirement(retirement_id=retirement), desk.qian)

    with pytest.raises(KeptByOffice):
        desk.do(PublishVersion(bundle=OURS), CONSOLE)
    with pytest.raises(NotPublished):
        desk.town.read(lambda session: catalogue.current(session, desk.key, desk.now))


def test_a_newer_system_brings_its_newer_procedure_where_the_office_changed_nothing(desk):
    assert desk.do(PublishVersion(bundle=NEWER), CONSOLE) == 2
    assert desk.do(PublishVersion(bundle=NEWER), CONSOLE) == 2
