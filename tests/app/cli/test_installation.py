"""Setting an installation up from the shell, again and again."""

import json
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.bpmn.artefacts import KEYS, copied
from tests.tampering import open_up
from workflows.db import Database

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def few(tmp_path):
    """A folder of two procedures: the whole library for each test would take minutes."""
    return str(copied(tmp_path / "few", "fp_01_ds", "fp_08_ds"))


@pytest.fixture
def furnished(installed, xiangshen, few):
    for words in (["procedures", "import", "--folder", few], ["demo", "seed"]):
        assert xiangshen(*words).code == 0
    return xiangshen


def test_people_are_seeded_once_however_often(installed, xiangshen):
    first, second = xiangshen("demo", "seed"), xiangshen("demo", "seed")

    assert (first.code, second.code) == (0, 0)
    assert first.said.startswith("演示账号新增")
    assert second.said == "演示账号已齐全。\n演示台账已齐全。\n"


def test_an_empty_database_is_brought_to_todays_tables(monkeypatch, empty_database_url, tmp_path, xiangshen):
    monkeypatch.setenv("XIANGSHEN_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("XIANGSHEN_DATABASE_URL", empty_database_url)

    assert xiangshen("db", "upgrade").code == 0
    assert xiangshen("db", "upgrade").code == 0
    assert xiangshen("demo", "seed").code == 0


def test_the_whole_library_is_imported_without_a_complaint(installed, xiangshen):
    ended = xiangshen("procedures", "import")

    assert (ended.code, ended.complained) == (0, "")
    assert len(ended.said.splitlines()) == len(KEYS)


def test_procedures_are_imported_once_listed_and_exported(furnished, few, tmp_path):
    again = furnished("procedures", "import", "--folder", few)
    assert "第 1 版在用" in again.said
    assert "东胜区监测对象识别" in furnished("procedures", "list").said

    written = furnished("procedures", "export", "fp_01_ds", str(tmp_path / "out"))

    assert written.code == 0
    exported = (tmp_path / "out" / "process.bpmn").read_text()
    assert exported == (ROOT / "bpmn" / "fp_01_ds" / "process.bpmn").read_text()


def test_a_broken_procedure_is_named_and_the_rest_still_loads(installed, xiangshen, tmp_path):
    folder = tmp_path / "bpmn"
    for key in ("fp_01_ds", "broken"):
        (folder / key).mkdir(parents=True)
        for file in (ROOT / "bpmn" / "fp_01_ds").iterdir():
            content = file.read_text().replace("fp_01_ds", key) if key == "broken" else file.read_text()
            (folder / key / file.name).write_text(content)
    diagram = folder / "broken" / "process.bpmn"
    diagram.write_text(diagram.read_text().replace('targetRef="household_check"', 'targetRef="nowhere"'))

    ended = xiangshen("procedures", "import", "--folder", str(folder))

    assert ended.code == 1
    assert "fp_01_ds  东胜区监测对象识别  第 1 版在用" in ended.said
    assert "broken  未载入" in ended.complained
    assert "process.bpmn" in ended.complained


def test_accounts_are_listed_with_unit_and_role(furnished):
    assert "dongsheng-rvb1  其其格  东胜区乡村振兴局  乡村振兴局" in furnished("users", "list").said
    assert "boerjianghaizi-clerk1" not in furnished("users", "list", "--unit", "乡村振兴局").said


def test_the_accounts_of_a_demonstration_are_printed_with_their_password(furnished):
    said = furnished("demo", "accounts").said

    assert "Xiangshen-2026" in said
    assert "zhejialiang-cadre1" in said


def test_an_account_is_opened_granted_given_a_password_and_stopped(furnished):
    added = furnished(
        "users", "add", "new-clerk", "新来的", "--division", "150602101000", "--role", "township_gov"
    )
    assert added.code == 0
    assert "首次密码" in added.said
    assert "new-clerk  新来的  罕台镇人民政府" in furnished("users", "list").said

    assert furnished("users", "grant", "new-clerk", "township_gov", "150602100000").code == 0
    assert furnished("users", "grant", "new-clerk", "nonsense", "150602100000").code == 1
    assert "新密码" in furnished("users", "passwd", "new-clerk").said
    assert furnished("users", "lock", "new-clerk").code == 0
    assert "new-clerk" not in furnished("users", "list").said
    assert furnished("users", "lock", "new-clerk", "--undo").code == 0
    assert furnished("users", "add", "new-clerk", "同名的").code == 1


def test_cases_are_seeded_through_the_real_engine_and_the_chain_verifies(furnished):
    seeded = furnished("demo", "seed", "--cases", "3")

    assert seeded.code == 0
    verified = furnished("audit", "verify")
    assert verified.code == 0
    assert "完好" in verified.said


def test_one_changed_byte_is_found_and_its_entry_named(furnished, installed, database_url):
    database = Database(database_url)
    with database.engine.begin() as connection:
        open_up(connection)
        connection.execute(
            text(
                "UPDATE audit_entry SET body = replace(body, 'SeedPeople', 'SeedPeopla')"
                " WHERE stream = 'organisation'"
            )
        )
    database.dispose()

    ended = furnished("audit", "verify")

    assert ended.code == 1
    assert "organisation 第 1 条" in ended.complained


def test_a_new_seal_key_takes_the_place_of_the_old_one_and_all_seals_hold(furnished, tmp_path, monkeypatch):
    monkeypatch.setenv("XIANGSHEN_SEAL_FOLDER", str(tmp_path / "kept"))
    furnished("audit", "seal")
    before = furnished("audit", "key").said.split()[1]

    turned = furnished("audit", "key", "rotate")

    assert turned.code == 0
    assert "第 2 次封存" in turned.said
    now = furnished("audit", "key").said
    assert now.split()[1] != before
    assert f"此前（至第 1 次封存）  ed25519  {before}" in now
    assert furnished("audit", "seal").code == 0
    assert furnished("audit", "verify").code == 0
    assert [path for path in tmp_path.rglob("seal.key*") if path.name != "seal.key"] == []


def test_a_lost_seal_key_is_replaced_and_verification_tells_where(furnished, tmp_path, monkeypatch):
    monkeypatch.setenv("XIANGSHEN_SEAL_FOLDER", str(tmp_path / "kept"))
    furnished("audit", "seal")
    before = furnished("audit", "key").said.split()[1]
    [key] = tmp_path.rglob("seal.key")
    key.unlink()
    assert furnished("audit", "verify").code == 1
    assert furnished("audit", "key", "replace").code == 2
    assert furnished("audit", "key", "replace", "--reason", "丢").code == 1

    turned = furnished("audit", "key", "replace", "--reason", "硬盘损坏，没有备份")

    assert turned.code == 0
    assert "第 2 次封存" in turned.said
    checked = furnished("audit", "verify")
    assert checked.code == 0
    assert "第 2 次封存起由新密钥签名" in checked.said
    assert "密钥链在此中断" in checked.said
    assert "硬盘损坏，没有备份" in checked.said
    assert f"此前（至第 1 次封存，已遗失）  ed25519  {before}" in furnished("audit", "key").said
    assert furnished("audit", "key", "replace", "--reason", "再来一次").code == 1
    assert furnished("audit", "key", "rotate", "--reason", "多余的原因").code == 2


def test_the_trail_is_sealed_by_hand_and_a_missing_file_named(furnished, tmp_path, monkeypatch):
    monkeypatch.setenv("XIANGSHEN_SEAL_FOLDER", str(tmp_path / "kept"))
    sealed = furnished("audit", "seal")
    assert sealed.code == 0
    assert "第 1 次封存" in sealed.said
    assert "ed25519" in furnished("audit", "key").said
    assert furnished("audit", "verify").code == 0

    [file] = (tmp_path / "kept").iterdir()
    file.unlink()
    ended = furnished("audit", "verify")

    assert ended.code == 1
    assert "第 1 次封存：外存文件" in ended.complained


def test_a_single_case_is_verified(furnished):
    furnished("demo", "seed", "--cases", "1")
    ended = furnished("audit", "verify", "--case", "FP01DS-2026-000001")

    assert ended.code in {0, 1}
    assert json.dumps(ended.said)
