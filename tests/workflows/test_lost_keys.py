"""A seal key that is lost: another begins anew and says so; verification tells where the keys break."""

import orjson
import pytest

from tests.workflows.test_seal_keys import KEYS, Turned, rewritten
from workflows import seal_proofs, seals
from workflows.audit import AuditEntry
from workflows.commands import CONSOLE, SYSTEM
from workflows.errors import Invalid
from workflows.seals import LOST, NothingLost, RetiredKey

WHY = "服务器硬盘损坏，密钥没有备份"
NEW = bytes([20]) * 32


class Bereft(Turned):
    """A town whose key is gone: what follows is another, introduced by nobody."""

    def lose(self, key=NEW):
        self.begun("apply")
        self.use(key)

    def anew(self, why=WHY):
        return seals.begin_anew(self.executor, why, by=CONSOLE)

    def gaps(self):
        return self.read(lambda session: seal_proofs.gaps(session, self.executor.host.sealer))

    def keys(self):
        return [orjson.loads(row.body)["key"] for row in self.rows()]


@pytest.fixture
def bereft(town):
    """Two seals by a key that is lost then."""
    found = Bereft(town)
    found.begun("apply")
    found.use(KEYS[0])
    found.seal()
    found.begun("apply")
    found.seal()
    found.lose()
    yield found
    found.close()


def test_without_a_word_every_earlier_seal_is_doubted(bereft):
    bereft.seal()

    assert [number for number, _ in bereft.sentences()] == [1, 2]
    assert bereft.gaps() == []


def test_the_new_key_says_from_when_it_speaks_and_the_seals_before_hold_by_the_old_one(bereft):
    assert bereft.anew().number == 3
    bereft.begun("apply")
    bereft.seal()

    assert bereft.verified().breaks == []
    [gap] = bereft.gaps()
    assert (gap.since, gap.told_in, gap.reason, gap.key.public) == (3, 3, WHY, bereft.keys()[0])
    assert "第 3 次封存起由新密钥签名" in gap.sentence()
    assert "密钥链在此中断" in gap.sentence()
    assert gap.key.public[:16] in gap.sentence()


def test_it_is_said_for_nights_that_passed_before_anybody_noticed(bereft):
    bereft.seal()
    bereft.begun("apply")
    bereft.seal()

    assert bereft.anew().number == 5

    assert bereft.verified().breaks == []
    [gap] = bereft.gaps()
    assert (gap.since, gap.told_in) == (3, 5)


def test_it_is_on_the_trail_with_its_reason_and_by_whom(bereft):
    bereft.anew()

    query = AuditEntry.stream == seals.STREAM
    entry = bereft.read(lambda s: s.query(AuditEntry).where(query).order_by(AuditEntry.seq.desc()).first())
    said = orjson.loads(entry.body)
    assert said["facts"][LOST] == {
        "algorithm": "ed25519",
        "key": bereft.keys()[0],
        "since": 3,
        "reason": WHY,
    }
    assert said["actor"]["kind"] == "console"


def test_the_evidence_of_before_comes_with_the_key_of_before(bereft):
    bereft.anew()
    sealer = bereft.executor.host.sealer

    found = [bereft.read(lambda s, n=n: seal_proofs.key_in_force(s, sealer, n)) for n in (1, 2, 3)]

    assert [key.public for key in found] == bereft.keys()
    earlier = bereft.read(lambda s: seal_proofs.earlier_keys(s, sealer))
    assert [(key.public, last) for key, last in earlier] == [(bereft.keys()[0], 2)]


def test_a_seal_of_before_that_was_altered_is_still_found(bereft):
    bereft.anew()
    rewritten(bereft, 1, at="2020-01-01T00:00:00+00:00")

    assert 1 in {number for number, _ in bereft.sentences()}


def test_the_lost_key_seals_no_more_should_it_turn_up(bereft):
    bereft.anew()
    bereft.use(KEYS[0])
    bereft.begun("apply")

    with pytest.raises(RetiredKey):
        bereft.seal()


def test_whoever_holds_no_key_cannot_say_that_it_was_lost(bereft):
    bereft.anew()
    bereft.begun("apply")
    bereft.use(bytes([66]) * 32)
    bereft.anew("谎称原密钥遗失")
    bereft.use(NEW)

    assert [gap.since for gap in bereft.gaps()] == [3]
    assert [number for number, _ in bereft.sentences()] == [4]


@pytest.mark.parametrize("part", [{"since": 9}, {"key": "zz"}, {"since": None}])
def test_nonsense_said_of_a_lost_key_is_found(bereft, part):
    bereft.anew()
    said = orjson.loads(bereft.rows()[2].body)[LOST]

    rewritten(bereft, 3, **{LOST: {**said, **part}})

    assert 3 in {number for number, _ in bereft.sentences()}
    assert bereft.gaps() == []


def test_where_nothing_is_lost_nothing_is_said(town):
    kept = Bereft(town)
    kept.begun("apply")
    kept.use(KEYS[0])
    with pytest.raises(NothingLost):
        kept.anew()
    kept.seal()
    with pytest.raises(NothingLost):
        kept.anew()
    kept.begun("apply")
    kept.rotate(KEYS[1])
    with pytest.raises(NothingLost):
        kept.anew()
    kept.lose()
    kept.anew()
    with pytest.raises(NothingLost):
        kept.anew()
    assert len(kept.rows()) == 3
    kept.close()


def test_a_reason_is_asked_for(bereft):
    with pytest.raises(Invalid):
        bereft.anew(" 丢 ")
    assert len(bereft.rows()) == 2


def test_a_second_loss_is_a_second_break(bereft):
    bereft.anew()
    bereft.lose(bytes([21]) * 32)
    bereft.anew("又丢了一次密钥")

    assert bereft.verified().breaks == []
    assert [(gap.since, gap.key.public) for gap in bereft.gaps()] == [
        (3, bereft.keys()[0]),
        (4, bereft.keys()[2]),
    ]


def test_the_night_goes_on_and_a_rotation_after_it_too(bereft):
    bereft.anew()
    bereft.clock.advance(days=1)
    assert seals.seal(bereft.executor, by=SYSTEM, nightly=True).number == 4
    bereft.begun("apply")
    bereft.rotate(bytes([22]) * 32)

    assert bereft.verified().breaks == []
    assert len(bereft.gaps()) == 1
