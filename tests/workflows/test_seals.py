"""Seals: what was sealed can be proven with the file and the public key, and altered by nobody unseen."""

import hashlib
from itertools import pairwise

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text

from app.plugs import executor
from app.settings import Settings
from tests.workflows.desks import KEY, Town, at_once
from workflows import merkle, proving, seal_files, seals, worker
from workflows.commands import CONSOLE, SYSTEM
from workflows.errors import NotAllowed
from workflows.seals import Seal, SealLeaf, SealTrail


class SealedTown(Town):
    """A town with a key to sign with."""

    def __init__(self, town, algorithm="ed25519"):
        self.plain = town
        super().__init__(town.url, town.folder, town.clock)
        self.close()
        settings = Settings(
            data_dir=town.folder,
            database_url=town.url,
            demo=True,
            bind="127.0.0.1:8000",
            secret_key="-",
            data_key=KEY,
            seal_key=bytes(range(1, 33)),
            seal_algorithm=algorithm,
        )
        self.executor = executor(settings, town.clock)
        self.seals = town.folder / "seals"

    def seal(self):
        return seals.seal(self.executor, by=CONSOLE)

    def seal_with(self, leaves):
        """What ``seal`` does on SQLite, from what was gathered at another moment."""
        made = self.executor.execute(SealTrail(leaves=leaves), by=CONSOLE)
        seal_files.write(self.rows()[-1], self.seals)
        return made

    def verified(self, number=None):
        sealer = self.executor.host.sealer
        return self.read(lambda session: proving.verify(session, number, sealer=sealer))

    def broken(self):
        return {(each.stream, each.seq) for each in self.verified().breaks}

    def rows(self):
        return self.read(lambda session: session.scalars(select(Seal).order_by(Seal.number)).all())


@pytest.fixture
def sealed(town):
    """Two cases, sealed; one of them goes on and is sealed again, twice."""
    found = SealedTown(town)
    first, second = found.begun("apply", "check"), found.begun("apply")
    found.seal()
    found.take(first, "review")
    found.seal()
    found.take(second, "check")
    found.seal()
    found.streams = [f"case:{found.case(each).number}" for each in (first, second)]
    yield found
    found.close()


def test_what_nobody_touched_verifies_with_its_seals(sealed):
    assert sealed.verified().breaks == []
    assert [path.name for path in sorted(sealed.seals.iterdir())] == [
        f"2026-03-16-00000{number}.json" for number in (1, 2, 3)
    ]


def test_each_seal_names_the_hash_of_the_one_before(sealed):
    rows = sealed.rows()

    assert [orjson.loads(row.body)["previous"] for row in rows] == [
        "0" * 64,
        *(row.hash for row in rows[:-1]),
    ]
    assert all(row.hash == hashlib.sha256(row.body.encode()).hexdigest() for row in rows)
    assert all(one.number + 1 == other.number for one, other in pairwise(rows))


def test_a_seal_holds_only_what_changed_since_the_last_one(sealed):
    leaves = sealed.read(lambda s: s.execute(select(SealLeaf.seal, SealLeaf.stream, SealLeaf.length)).all())

    first, second = sealed.streams
    assert {row.stream for row in leaves if row.seal == 1} > {first, second}
    assert {row.stream for row in leaves if row.seal == 2 and row.stream.startswith("case:")} == {first}
    assert {row.stream for row in leaves if row.seal == 3 and row.stream.startswith("case:")} == {second}


def test_a_turned_back_clock_hides_nothing_from_the_next_seal(sealed):
    sealed.clock.advance(days=-30)
    third = sealed.begun("apply")
    sealed.seal()

    held = sealed.read(lambda s: s.scalars(select(SealLeaf.stream).where(SealLeaf.seal == 4)).all())
    assert f"case:{sealed.case(third).number}" in held
    assert sealed.verified().sound


TAMPERED = {
    "number": "UPDATE trail_seal SET number = 9 WHERE number = 3",
    "at": "UPDATE trail_seal SET at = '2026-03-17 01:00:00' WHERE number = 3",
    "body": "UPDATE trail_seal SET body = replace(body, 'leaves', 'leavez') WHERE number = 3",
    "hash": "UPDATE trail_seal SET hash = replace(hash, substr(hash, 1, 2), 'zz') WHERE number = 3",
    "signature": "UPDATE trail_seal SET signature = replace(signature, substr(signature, 1, 2), '')"
    " WHERE number = 3",
    "leaf seal": "UPDATE trail_seal_leaf SET seal = 9 WHERE seal = 3",
    "leaf place": "UPDATE trail_seal_leaf SET place = place + 50 WHERE seal = 3",
    "leaf stream": "UPDATE trail_seal_leaf SET stream = 'case:other' WHERE seal = 3 AND stream LIKE 'case:%'",
    "leaf length": "UPDATE trail_seal_leaf SET length = 1 WHERE seal = 3 AND stream LIKE 'case:%'",
    "leaf head": "UPDATE trail_seal_leaf SET head = 'f' WHERE seal = 3 AND stream LIKE 'case:%'",
    "a leaf gone": "DELETE FROM trail_seal_leaf WHERE seal = 3 AND stream LIKE 'case:%'",
    "a seal gone": "DELETE FROM trail_seal WHERE number = 3",
    "a seal gone from the middle": "DELETE FROM trail_seal WHERE number = 2",
}


@pytest.mark.parametrize("change", TAMPERED.values(), ids=TAMPERED.keys())
def test_every_column_of_a_seal_is_watched(sealed, change):
    sealed.change(text(change))

    assert {seq for stream, seq in sealed.broken() if stream == "seal"} & {2, 3, 9}


def test_a_seal_made_anew_with_another_key_is_found(sealed):
    other = executor(
        Settings(
            data_dir=sealed.folder,
            database_url=sealed.url,
            demo=True,
            bind="-:1",
            secret_key="-",
            data_key=KEY,
            seal_key=bytes(32),
        ),
        sealed.clock,
    )
    body = orjson.loads(sealed.rows()[2].body) | {"key": other.host.sealer.public_key.hex()}
    forged = orjson.dumps(body)
    values = {"body": forged.decode(), "hash": hashlib.sha256(forged).hexdigest()}
    values["signature"] = other.host.sealer.sign(forged).hex()
    other.database.dispose()
    sealed.change(
        text("UPDATE trail_seal SET body = :body, hash = :hash, signature = :signature WHERE number = 3"),
        **values,
    )

    assert ("seal", 3) in sealed.broken()


def test_a_file_outside_that_is_gone_or_changed_is_found(sealed):
    first, second, _ = sorted(sealed.seals.iterdir())
    first.unlink()
    second.write_bytes(second.read_bytes().replace(b"leaves", b"leavez"))

    assert sealed.broken() == {("seal", 1), ("seal", 2)}


def test_a_seal_whose_row_and_entry_were_taken_away_is_told_by_its_file(sealed):
    sealed.change(text("DELETE FROM trail_seal WHERE number = 3"))
    sealed.change(text("DELETE FROM trail_seal_leaf WHERE seal = 3"))
    sealed.change(text("DELETE FROM audit_entry WHERE stream = 'seals' AND seq = 3"))

    assert sealed.broken() == {("seal", 3)}


def test_a_stream_outside_the_cases_cut_off_at_its_end_is_found(sealed):
    last = len(sealed.entries("organisation"))
    sealed.change(text("DELETE FROM audit_entry WHERE stream = 'organisation' AND seq = :last"), last=last)

    assert sealed.broken() == {("organisation", last)}


def test_a_whole_chain_forged_with_its_case_is_found_by_the_seal(sealed):
    stream = sealed.streams[0]
    previous, rows = "0" * 64, sealed.entries(stream)
    for row in rows:
        said = orjson.loads(row.body)
        said["actor"]["name"], said["prev"] = "别人", previous
        body = orjson.dumps(said)
        previous = hashlib.sha256(body).hexdigest()
        sealed.change(
            text("UPDATE audit_entry SET body = :body, hash = :hash WHERE stream = :stream AND seq = :seq"),
            body=body.decode(),
            hash=previous,
            stream=stream,
            seq=row.seq,
        )
    sealed.change(text("UPDATE cases SET head = :head WHERE number = :n"), head=previous, n=stream[5:])

    assert {found for found, _ in sealed.broken()} == {stream}
    assert [each.stream for each in sealed.verified(stream[5:]).breaks] == [stream]
    assert sealed.verified(sealed.streams[1][5:]).sound


def test_two_workers_make_one_seal_a_night_and_none_before_one_o_clock(town):
    office = SealedTown(town)
    office.begun("apply")
    worker.drain(office.executor)
    assert len(office.rows()) == 1

    office.clock.advance(hours=14)
    office.clock.advance(hours=1, minutes=30)
    assert seals.nightly(office.executor) == 0, "half past midnight"
    office.clock.advance(hours=1)
    made = at_once(*(lambda: seals.nightly(office.executor) for _ in range(3)))

    assert sorted(made) == [0, 0, 1]
    assert len(office.rows()) == 2
    assert office.verified().sound
    office.close()


def test_a_file_that_a_dead_worker_left_unwritten_is_written(town):
    office = SealedTown(town)
    office.executor.execute(SealTrail(), by=SYSTEM)
    assert not office.verified().sound

    seals.nightly(office.executor)

    assert office.verified().sound
    office.close()


def test_sm2_signs_where_it_was_chosen(town_on_sqlite):
    office = SealedTown(town_on_sqlite, "sm2")
    office.begun("apply")
    office.seal()
    assert office.verified().sound

    office.change(text("UPDATE trail_seal SET signature = 'ab' || substr(signature, 3)"))

    assert office.broken() == {("seal", 1)}
    office.close()


def test_only_the_system_and_the_console_seal(town):
    office = SealedTown(town)

    with pytest.raises(NotAllowed):
        office.do(SealTrail(), office.staffs[0].cadres[0])
    office.close()


@given(st.integers(1, 70), st.data())
def test_every_leaf_of_a_tree_leads_to_its_root_and_no_other_does(count, data):
    leaves = [merkle.leaf("case:x", number, "0" * 64) for number in range(count)]
    root = merkle.Root()
    for leaf in leaves:
        root.add(leaf)
    place = data.draw(st.integers(0, count - 1))

    steps = merkle.proof(leaves, place)

    assert merkle.led_to(leaves[place], steps) == root.hex()
    assert merkle.led_to(merkle.leaf("case:y", place, "0" * 64), steps) != root.hex()


def test_what_is_written_while_leaves_are_gathered_is_in_the_next_seal(sealed):
    third = sealed.begun("apply")
    leaves = sealed.read(lambda session: seals.gathered(session, sealed.clock.now()))
    sealed.take(third, "check")
    fourth = sealed.begun("apply")

    sealed.seal_with(leaves)
    assert sealed.verified().breaks == []
    sealed.seal()

    query = select(SealLeaf.seal, SealLeaf.stream, SealLeaf.length).order_by(SealLeaf.seal)
    rows = [tuple(row) for row in sealed.read(lambda session: session.execute(query).all())]
    third, fourth = (f"case:{sealed.case(each).number}" for each in (third, fourth))
    assert [row for row in rows if row[1] == third] == [(4, third, 1), (5, third, 2)]
    assert [row for row in rows if row[1] == fourth] == [(5, fourth, 1)]
    assert sealed.verified().breaks == []


def test_leaves_gathered_before_another_seal_or_long_ago_are_gathered_anew(sealed):
    sealed.begun("apply")
    leaves = sealed.read(lambda session: seals.gathered(session, sealed.clock.now()))
    first = sealed.seal()
    again = sealed.seal_with(leaves)
    assert (again.number, again.leaves < first.leaves) == (5, True)

    late = sealed.read(lambda session: seals.gathered(session, sealed.clock.now()))
    sealed.clock.advance(hours=2)
    sealed.begun("apply")
    assert sealed.seal_with(late).leaves > len(late.rows)
    assert sealed.verified().breaks == []
