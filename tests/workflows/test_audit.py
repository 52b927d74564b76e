import dataclasses

import orjson
import pytest
from sqlalchemy import delete, insert, update

from workflows import audit
from workflows.audit import GENESIS, AuditEntry, Break
from workflows.commands import CONSOLE, Command
from workflows.errors import Conflict, NotAllowed

TABLE = AuditEntry.__table__
COLUMNS = [column.name for column in TABLE.columns]


@dataclasses.dataclass(frozen=True)
class Jot(Command):
    """Writes one entry into the office's stream, or breaks on the way."""

    word: str
    breaks: Exception | None = None

    def authorise(self, ctx):
        ctx.require(self.word != "forbidden")

    def run(self, ctx):
        ctx.record("office", word=self.word)
        if self.breaks is not None:
            raise self.breaks


@pytest.fixture
def record(town):
    """A town with two cases on the record, three entries and one, and which streams those are."""
    subject = town.begun("apply", "check", "review")
    other = town.begun("apply")
    return town, f"case:{town.case(subject).number}", f"case:{town.case(other).number}"


def broken(town):
    found = town.verified()
    assert not found.sound
    return [(each.stream, each.seq) for each in found.breaks]


def changed(town, stream, seq, **values):
    town.change(update(TABLE).where(TABLE.c.stream == stream, TABLE.c.seq == seq).values(values))


def entry(town, stream, seq):
    return {name: getattr(town.entries(stream)[seq - 1], name) for name in COLUMNS}


def test_every_entry_names_the_hash_of_the_one_before_it(record):
    town, stream, _ = record

    entries = town.entries(stream)

    assert [entry.seq for entry in entries] == [1, 2, 3]
    said = [orjson.loads(entry.body) for entry in entries]
    assert [one["prev"] for one in said] == [GENESIS, entries[0].hash, entries[1].hash]
    assert [one["command"] for one in said] == ["StartCase", "CompleteWorkItem", "CompleteWorkItem"]


def test_an_untouched_record_is_sound(record):
    town, *_ = record

    found = town.verified()

    assert found.sound
    assert found.entries >= 4
    assert found.streams >= 2


def test_one_byte_of_the_text_changed_names_the_entry(record):
    town, stream, _ = record
    body = entry(town, stream, 2)["body"]

    for place in (0, len(body) // 2, len(body) - 1):
        changed(town, stream, 2, body=body[:place] + chr(ord(body[place]) ^ 1) + body[place + 1 :])
        assert (stream, 2) in broken(town)
    changed(town, stream, 2, body=body)
    assert town.verified().sound


def test_a_changed_hash_names_the_entry(record):
    town, stream, _ = record

    changed(town, stream, 2, hash="f" * 64)

    assert broken(town) == [(stream, 2)]


@pytest.mark.parametrize(
    "value",
    [{"actor_id": 999_999}, {"actor_id": None}, {"command": "ClaimWorkItem"}, {"at": "later"}],
    ids=lambda value: next(iter(value)),
)
def test_a_column_that_searches_use_cannot_be_changed_unseen(record, value, clock):
    town, stream, _ = record
    if "at" in value:
        clock.advance(seconds=1)
        value = {"at": clock.now()}

    changed(town, stream, 2, **value)

    assert broken(town) == [(stream, 2)]


def test_an_entry_rewritten_with_a_fitting_hash_breaks_the_next_one(record):
    town, stream, _ = record
    said = orjson.loads(entry(town, stream, 2)["body"]) | {"facts": {}}
    body = orjson.dumps(said)

    changed(town, stream, 2, body=body.decode(), hash=audit.hashlib.sha256(body).hexdigest())

    assert broken(town) == [(stream, 3)]


def test_an_entry_taken_out_of_the_middle_is_missed(record):
    town, stream, _ = record

    town.change(delete(TABLE).where(TABLE.c.stream == stream, TABLE.c.seq == 2))

    assert broken(town) == [(stream, 3)]


def test_the_first_entry_taken_away_is_missed(record):
    town, stream, _ = record

    town.change(delete(TABLE).where(TABLE.c.stream == stream, TABLE.c.seq == 1))

    assert broken(town) == [(stream, 2)]


def test_an_entry_cut_off_the_end_is_missed(record):
    town, stream, _ = record

    town.change(delete(TABLE).where(TABLE.c.stream == stream, TABLE.c.seq == 3))

    assert broken(town) == [(stream, 3)]


def test_a_whole_stream_taken_away_is_missed(record):
    town, stream, _ = record

    town.change(delete(TABLE).where(TABLE.c.stream == stream))

    assert broken(town) == [(stream, 1)]


def test_two_entries_that_changed_places_are_found(record):
    town, stream, _ = record
    first, second = entry(town, stream, 1), entry(town, stream, 2)

    town.change(delete(TABLE).where(TABLE.c.stream == stream, TABLE.c.seq <= 2))
    town.change(insert(TABLE).values({**second, "seq": 1}))
    town.change(insert(TABLE).values({**first, "seq": 2}))

    assert broken(town) == [(stream, 1)]


def test_entries_of_two_streams_that_changed_places_are_found(record):
    town, stream, other = record
    mine, theirs = entry(town, stream, 1), entry(town, other, 1)

    town.change(delete(TABLE).where(TABLE.c.stream.in_([stream, other]), TABLE.c.seq == 1))
    town.change(insert(TABLE).values({**theirs, "stream": stream}))
    town.change(insert(TABLE).values({**mine, "stream": other}))

    assert set(broken(town)) == {(stream, 1), (other, 1)}


def test_an_entry_slipped_in_at_the_end_is_found(record):
    town, stream, _ = record
    last = entry(town, stream, 3)
    body = orjson.dumps(orjson.loads(last["body"]) | {"seq": 4, "prev": last["hash"]})

    hash_of = audit.hashlib.sha256(body).hexdigest()
    town.change(insert(TABLE).values({**last, "seq": 4, "body": body.decode(), "hash": hash_of}))

    assert broken(town) == [(stream, 5)] or broken(town) == [(stream, 4)]


@pytest.mark.parametrize("text", ["", "{", "{}", "[]", "null", '{"stream": 1}', '{"actor": []}'])
def test_a_text_that_is_no_record_at_all_is_named(record, text):
    town, stream, _ = record

    changed(town, stream, 1, body=text, hash=audit.hashlib.sha256(text.encode()).hexdigest())

    assert broken(town) == [(stream, 1)]


def test_one_stream_can_be_verified_by_itself(record):
    town, stream, other = record
    changed(town, stream, 2, hash="f" * 64)

    assert town.read(lambda session: audit.verify(session, stream=other)).sound
    [found] = town.read(lambda session: audit.verify(session, stream=stream)).breaks

    assert found == Break(stream, 2, "内容与其散列值不符，记录被改动")


def test_the_text_holds_digests_and_never_what_was_written(town):
    subject = town.begun("apply", "check", "review")

    texts = "".join(entry.body for entry in town.entries(f"case:{town.case(subject).number}"))

    of = subject.of
    for secret in (of.name, of.identity, of.phone, of.statement, of.members[0]["name"]):
        assert secret not in texts


def test_a_refusal_leaves_an_entry_that_says_who_and_why(town):
    before = len(town.entries("refused"))

    with pytest.raises(NotAllowed):
        town.do(Jot("forbidden"), CONSOLE)

    [entry] = town.entries("refused")[before:]
    said = orjson.loads(entry.body)
    assert (said["command"], said["actor"]["kind"], said["facts"]["code"]) == (
        "Jot",
        "console",
        "not_allowed",
    )
    assert town.verified().sound


def test_a_refusal_on_the_way_leaves_nothing_but_the_refusal(town):
    before = len(town.entries("office"))

    with pytest.raises(Conflict):
        town.do(Jot("half", breaks=Conflict()), CONSOLE)

    assert len(town.entries("office")) == before
    assert orjson.loads(town.entries("refused")[-1].body)["facts"]["code"] == "conflict"


def test_a_command_that_breaks_leaves_no_entry_at_all(town):
    office, refused = len(town.entries("office")), len(town.entries("refused"))

    with pytest.raises(ZeroDivisionError):
        town.do(Jot("half", breaks=ZeroDivisionError()), CONSOLE)

    assert (len(town.entries("office")), len(town.entries("refused"))) == (office, refused)
