"""The restore drill: cases are played, backed up, destroyed, put back, verified, and gone on with."""

import json
import re
import shutil
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from app.keeping.commands import RecordBackup
from app.security.queries import AuditFilter, audit_entries
from tests.app.office import CADRE, KEY, Office, picture
from tests.clock import TurnableClock
from workflows.commands import CONSOLE
from workflows.db import Database
from workflows.errors import NotAllowed


class Home:
    """One installation, with its address, its data folder and its command line."""

    def __init__(self, url, folder, xiangshen):
        self.url, self.folder, self.xiangshen = url, folder, xiangshen
        self.clock = TurnableClock()
        self.office = None

    def open(self):
        self.office = Office(self.url, self.folder, self.clock)
        return self.office

    def close(self):
        if self.office is not None:
            self.office.close()

    def destroy(self):
        """As a fire would: the database, the files, the keys."""
        self.close()
        shutil.rmtree(self.folder)
        self.folder.mkdir()
        if self.url.startswith("sqlite"):
            for file in Path(make_url(self.url).database).parent.glob("*.sqlite3*"):
                file.unlink()
        else:
            self._run("DROP SCHEMA public CASCADE", "CREATE SCHEMA public")

    def _run(self, *statements):
        database = Database(self.url)
        try:
            with database.writing.begin() as session:
                for statement in statements:
                    session.execute(text(statement))
        finally:
            database.dispose()


@pytest.fixture
def home(monkeypatch, empty_database_url, tmp_path, xiangshen):
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "data.key").write_bytes(KEY)
    monkeypatch.setenv("XIANGSHEN_DATA_DIR", str(folder))
    monkeypatch.setenv("XIANGSHEN_DATABASE_URL", empty_database_url)
    monkeypatch.setenv("XIANGSHEN_DEMO", "1")
    assert xiangshen("db", "upgrade").code == 0
    found = Home(empty_database_url, folder, xiangshen)
    yield found
    found.close()


@pytest.fixture
def played(home):
    """A case under way, with its photographs."""
    office = home.open().furnish(("fp_01_ds",))
    home.number = office.start()
    office.take(home.number)
    home.step = office.item(home.number)["step"]
    return home


def keys_aside(home, tmp_path):
    """Keys are kept apart from a backup; here is where."""
    apart = tmp_path / "keys"
    apart.mkdir()
    for key in home.folder.glob("*.key"):
        shutil.copy(key, apart)
    return apart


@pytest.mark.seconds(120)
def test_after_a_fire_everything_is_there_and_goes_on(played, tmp_path):
    backup = tmp_path / "backup"
    made = played.xiangshen("backup", str(backup))
    assert made.code == 0, made.complained
    assert "密钥没有放进备份" in made.said
    assert list(backup.rglob("*.key")) == []
    apart = keys_aside(played, tmp_path)
    # What is done after the backup is lost with the fire; the office went on working meanwhile.
    played.office.program(CADRE).upload(picture(99))

    played.destroy()
    for key in apart.iterdir():
        shutil.copy(key, played.folder)
    ended = played.xiangshen("restore", str(backup))

    assert ended.code == 0, ended.complained + ended.said
    assert "完好" in ended.said
    office = played.open()
    assert office.item(played.number)["step"] == played.step
    assert office.take(played.number).status_code == 200
    attachments = list((played.folder / "attachments").rglob("*"))
    assert [each for each in attachments if each.is_file()]
    with office.executor.database.reading() as session:
        [entry] = audit_entries(session, CONSOLE, AuditFilter(stream="keeping"))
    assert entry.command == "RecordRestore"
    assert played.xiangshen("audit", "verify").code == 0


def test_the_trail_still_refuses_to_be_changed_after_a_restore(played, tmp_path):
    played.xiangshen("backup", str(tmp_path / "backup"), "--with-keys")
    played.destroy()
    assert played.xiangshen("restore", str(tmp_path / "backup")).code == 0

    with pytest.raises(Exception, match="only grows"):
        played._run("UPDATE audit_entry SET body = '{}'")


def test_nothing_is_restored_over_an_office_unless_that_is_said(played, tmp_path):
    backup = str(tmp_path / "backup")
    played.xiangshen("backup", backup)
    played.office.take(played.number)
    later = played.office.item(played.number)["step"]

    refused = played.xiangshen("restore", backup)

    assert refused.code == 1
    assert "--replace" in refused.complained + refused.said
    assert played.office.item(played.number)["step"] == later
    played.close()
    assert played.xiangshen("restore", backup, "--replace").code == 0
    assert played.open().item(played.number)["step"] == played.step


def spoil_database(backup):
    [copy] = backup.glob("database.*")
    content = bytearray(copy.read_bytes())
    content[len(content) // 2] ^= 0xFF
    copy.write_bytes(content)
    return copy.name


def lose_attachment(backup):
    file = next(each for each in sorted((backup / "attachments").rglob("*")) if each.is_file())
    file.unlink()
    return file.name


def change_attachment(backup):
    file = next(each for each in sorted((backup / "attachments").rglob("*")) if each.is_file())
    file.write_bytes(b"something else")
    return file.name


@pytest.mark.parametrize("spoil", [spoil_database, lose_attachment, change_attachment])
def test_a_damaged_backup_is_refused_and_the_damage_named(played, tmp_path, spoil):
    backup = tmp_path / "backup"
    played.xiangshen("backup", str(backup))
    name = spoil(backup)

    ended = played.xiangshen("restore", str(backup), "--replace")

    assert ended.code == 1
    assert name in ended.complained + ended.said
    assert played.office.item(played.number)["step"] == played.step


def test_a_folder_without_a_backup_or_with_another_kind_is_said_so(played, tmp_path):
    assert "没有备份" in played.xiangshen("restore", str(tmp_path)).complained
    backup = tmp_path / "backup"
    played.xiangshen("backup", str(backup))
    said = json.loads((backup / "manifest.json").read_text())
    theirs, ours = ("postgresql", "sqlite") if said["database"] == "sqlite" else ("sqlite", "postgresql")
    names = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}
    (backup / names[ours]).rename(backup / names[theirs])
    said["files"][names[theirs]] = said["files"].pop(names[ours])
    (backup / "manifest.json").write_text(json.dumps({**said, "database": theirs}))

    ended = played.xiangshen("restore", str(backup), "--replace")

    assert ended.code == 1
    assert "同一种" in ended.complained


def test_a_manifest_that_leads_out_of_the_backup_is_refused(played, tmp_path):
    backup = tmp_path / "backup"
    played.xiangshen("backup", str(backup))
    said = json.loads((backup / "manifest.json").read_text())
    said["files"]["../data/data.key"] = {"sha256": "0" * 64, "size": 32}
    (backup / "manifest.json").write_text(json.dumps(said))

    assert "路径不在备份之内" in played.xiangshen("restore", str(backup), "--replace").complained


def test_without_the_keys_of_then_nothing_is_touched(played, tmp_path):
    backup = str(tmp_path / "backup")
    played.xiangshen("backup", backup)
    (played.folder / "data.key").write_bytes(bytes(32))

    ended = played.xiangshen("restore", backup, "--replace")

    assert ended.code == 1
    assert "data.key" in ended.complained


def test_a_file_that_is_gone_is_named_and_the_rest_is_backed_up(played, tmp_path):
    file = next(each for each in (played.folder / "attachments").rglob("*") if each.is_file())
    file.unlink()

    ended = played.xiangshen("backup", str(tmp_path / "backup"))

    assert ended.code == 1
    assert file.name in ended.complained
    assert (tmp_path / "backup" / "manifest.json").exists()
    assert "不是空的" in played.xiangshen("backup", str(tmp_path / "backup")).complained


def test_a_backup_is_on_the_trail_with_the_hash_of_its_manifest(played, tmp_path):
    ended = played.xiangshen("backup", str(tmp_path / "backup"))

    digest = re.search(r"清单散列值 ([0-9a-f]{64})", ended.said)[1]
    with played.office.executor.database.reading() as session:
        [entry] = audit_entries(session, CONSOLE, AuditFilter(stream="keeping"))
    assert (entry.command, entry.facts["manifest"]) == ("RecordBackup", digest)
    command = RecordBackup(digest=digest, files=1, missing=0, with_keys=False)
    with pytest.raises(NotAllowed):
        played.office.executor.execute(command, by=played.office.actor("system-officer"))


def test_the_copy_of_sqlite_is_a_whole_database(home, tmp_path):
    if not home.url.startswith("sqlite"):
        pytest.skip("PostgreSQL writes an archive of its own")
    home.xiangshen("backup", str(tmp_path / "backup"))

    copy = sqlite3.connect(tmp_path / "backup" / "database.sqlite3")
    assert copy.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    copy.close()
