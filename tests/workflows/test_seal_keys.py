"""A new seal key is introduced by the old one; every seal verifies by the key that was in force then."""

import hashlib

import orjson
import pytest
from sqlalchemy import text

from app.security.signatures import with_key
from app.settings import Settings
from tests.workflows.desks import KEY
from tests.workflows.test_seals import SealedTown
from workflows import seal_proofs, seals
from workflows.commands import CONSOLE, SYSTEM
from workflows.seals import INTRODUCED, RetiredKey

KEYS = [bytes([number]) * 32 for number in (7, 8, 9)]


class Turned(SealedTown):
    """A town whose key is replaced, and whose services are then started with the new one."""

    algorithm = "ed25519"

    def settings(self, key, algorithm=None):
        return Settings(
            data_dir=self.folder,
            database_url=self.url,
            demo=True,
            bind="127.0.0.1:8000",
            secret_key="-",
            data_key=KEY,
            seal_key=key,
            seal_algorithm=algorithm or self.algorithm,
        )

    def use(self, key, algorithm=None):
        object.__setattr__(self.executor.host, "sealer", with_key(self.settings(key, algorithm), key))

    def rotate(self, key, algorithm=None):
        made = seals.rotate(self.executor, with_key(self.settings(key, algorithm), key), by=CONSOLE)
        self.use(key, algorithm)
        return made

    def sentences(self):
        return [(each.seq, each.sentence) for each in self.verified().breaks]


@pytest.fixture
def turned(town):
    """Three keys one after the other, a seal or two under each."""
    found = Turned(town)
    found.begun("apply")
    found.use(KEYS[0])
    found.seal()
    found.seal()
    for key in KEYS[1:]:
        found.begun("apply")
        found.rotate(key)
        found.seal()
    yield found
    found.close()


def rewritten(town, number, **changed):
    """A seal with other words, signed anew by the key at hand: what its owner alone could do."""
    row = town.rows()[number - 1]
    body = orjson.dumps({**orjson.loads(row.body), **changed})
    values = {"body": body.decode(), "hash": hashlib.sha256(body).hexdigest(), "number": number}
    values["signature"] = town.executor.host.sealer.sign(body).hex()
    town.change(
        text(
            "UPDATE trail_seal SET body = :body, hash = :hash, signature = :signature WHERE number = :number"
        ),
        **values,
    )


def test_seals_of_every_key_verify_by_the_key_of_their_time(turned):
    assert turned.verified().breaks == []

    keys = [orjson.loads(row.body)["key"] for row in turned.rows()]
    assert len(set(keys)) == len(KEYS)
    assert keys[0] == keys[1] != keys[2] == keys[3] != keys[4] == keys[5]


def test_the_first_seal_of_a_new_key_holds_the_signature_of_the_old_one(turned):
    said = [orjson.loads(row.body) for row in turned.rows()]

    assert [INTRODUCED in each for each in said] == [False, False, True, False, True, False]
    assert said[2][INTRODUCED]["key"] == said[1]["key"]


def test_the_public_keys_of_before_stand_beside_the_seals(turned):
    kept = {path.read_text().split()[1] for path in turned.seals.glob("*.pub")}

    assert kept == {orjson.loads(row.body)["key"] for row in turned.rows()}


def test_the_keys_of_before_are_listed_with_their_last_seal(turned):
    sealer = turned.executor.host.sealer
    earlier = turned.read(lambda session: seal_proofs.earlier_keys(session, sealer))

    said = [orjson.loads(row.body)["key"] for row in turned.rows()]
    assert [(key.public, last) for key, last in earlier] == [(said[3], 4), (said[1], 2)]


def test_a_key_that_was_replaced_seals_no_more(turned):
    turned.use(KEYS[0])

    with pytest.raises(RetiredKey):
        turned.seal()
    assert len(turned.rows()) == 6


def test_a_seal_by_a_key_that_nobody_introduced_is_named(turned):
    turned.use(bytes([66]) * 32)
    turned.begun("apply")
    turned.seal()
    turned.use(KEYS[-1])

    [(number, sentence)] = turned.sentences()

    assert number == 7
    assert "没有由原密钥引入" in sentence


def test_who_only_says_that_the_old_key_introduced_them_is_found(turned):
    stranger = bytes([66]) * 32
    turned.use(stranger)
    said = orjson.loads(turned.rows()[5].body)
    forged = {"algorithm": "ed25519", "key": said["key"], "signature": "00" * 64}
    public = turned.executor.host.sealer.public_key.hex()
    rewritten(turned, 6, key=public, **{INTRODUCED: forged})

    assert any("没有原密钥的签名" in sentence for number, sentence in turned.sentences() if number == 6)
    turned.use(KEYS[-1])
    assert any("没有由原密钥引入" in sentence for number, sentence in turned.sentences() if number == 6)


@pytest.mark.parametrize("part", ["key", "signature"])
def test_an_introduction_that_was_altered_is_found(turned, part):
    said = orjson.loads(turned.rows()[4].body)
    altered = {**said[INTRODUCED], part: said[INTRODUCED][part][::-1]}

    rewritten(turned, 5, **{INTRODUCED: altered})

    assert 5 in {number for number, _ in turned.sentences()}


def test_a_rotation_broken_off_after_its_seal_is_finished_without_another(turned):
    turned.begun("apply")
    successor = with_key(turned.settings(bytes([10]) * 32), bytes([10]) * 32)
    assert seals.rotate(turned.executor, successor, by=CONSOLE).number == 7

    assert seals.rotate(turned.executor, successor, by=CONSOLE) is None

    turned.use(bytes([10]) * 32)
    assert turned.verified().breaks == []


def test_ed25519_gives_way_to_sm2(town_on_sqlite):
    pytest.importorskip("gmalg")
    town = Turned(town_on_sqlite)
    town.use(KEYS[0])
    town.begun("apply")
    town.seal()
    town.rotate(KEYS[1], "sm2")
    town.seal()

    assert town.verified().breaks == []
    town.close()


def test_the_night_goes_on_under_the_new_key(turned):
    turned.clock.advance(days=1)

    assert seals.seal(turned.executor, by=SYSTEM, nightly=True).number == 7
    assert turned.verified().breaks == []


def test_the_evidence_of_a_case_comes_with_the_key_that_sealed_it(turned):
    sealer = turned.executor.host.sealer

    for row in turned.rows():
        key = turned.read(lambda session, row=row: seal_proofs.key_in_force(session, sealer, row.number))
        assert key.public == orjson.loads(row.body)["key"]
