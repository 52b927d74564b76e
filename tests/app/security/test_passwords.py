import pytest

from app.security import passwords
from app.security.passwords import UnfitPassword


def test_a_hash_never_shows_the_password_and_is_salted():
    one, two = passwords.hashed("Xiangshen-2026", "cheap"), passwords.hashed("Xiangshen-2026", "cheap")

    assert one != two
    assert one.startswith("$argon2id$")
    assert "Xiangshen" not in one


def test_a_hash_carries_its_own_cost_so_any_is_recognised():
    for cost in ("standard", "cheap"):
        assert passwords.matches(passwords.hashed("Xiangshen-2026", cost), "Xiangshen-2026")


def test_a_wrong_password_and_a_broken_hash_do_not_match():
    assert not passwords.matches(passwords.hashed("Xiangshen-2026", "cheap"), "xiangshen-2026")
    assert not passwords.matches("not a hash", "Xiangshen-2026")


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("short-1", "至少 10 位"),
        ("x" * 200, "不超过 128 位"),
        ("onlyletters", "两类"),
        ("1234567890", "两类"),
        ("Dongsheng-Rvb1-x", "用户名"),
    ],
)
def test_an_unfit_password_is_refused_beside_its_field(password, sentence):
    with pytest.raises(UnfitPassword) as refused:
        passwords.check_new(password, "dongsheng-rvb1")

    assert sentence in refused.value.errors["new"]


def test_a_fit_password_passes():
    passwords.check_new("高原-2026-羊绒衫厂", "dongsheng-rvb1")


def test_the_repetition_must_be_the_same():
    assert "repeated" in passwords.faults("Xiangshen-2026", "someone", "Xiangshen-2027")
    assert not passwords.faults("Xiangshen-2026", "someone", "Xiangshen-2026")


def test_a_proof_shows_neither_the_password_nor_the_hash(proof):
    found = proof("dongsheng-rvb1")

    assert found.matched
    assert "argon2" not in repr(found)
    assert "2026" not in repr(found)


def test_an_unknown_name_proves_nothing(proof):
    found = proof("nobody")

    assert (found.account_id, found.matched) == (None, False)
