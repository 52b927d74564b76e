import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.security import sealing
from app.security.sealing import Sealer, Unsealable

KEY, OTHER = bytes(range(32)), bytes(range(1, 33))
IDENTITY = "150602196805121228"


@pytest.fixture(autouse=True)
def configured():
    sealing.configure(KEY)


def test_what_was_sealed_is_read_again():
    value = sealing.seal("identity", IDENTITY)

    assert sealing.unseal(value) == IDENTITY
    assert IDENTITY not in str(value)


@given(st.text(max_size=60))
def test_any_text_comes_back_as_it_was(text):
    sealer = Sealer(KEY)

    assert sealer.unseal(sealer.seal("note", text)) == sealing.normal("note", text)


def test_the_same_number_is_sealed_differently_each_time_yet_found_by_its_hash():
    one, two = sealing.seal("identity", IDENTITY), sealing.seal("identity", f" {IDENTITY} ")

    assert one["sealed"] != two["sealed"]
    assert one["hash"] == two["hash"] == sealing.keyed_hash("identity", IDENTITY)


def test_a_small_x_and_spaces_are_the_same_identity_number():
    typed = sealing.keyed_hash("identity", "15060219680512 122x")

    assert typed == sealing.keyed_hash("identity", "15060219680512122X")


def test_the_hash_tells_kinds_and_installations_apart():
    assert sealing.keyed_hash("phone", "13800000101") != sealing.keyed_hash("bank_account", "13800000101")
    assert Sealer(KEY).keyed_hash("phone", "1") != Sealer(OTHER).keyed_hash("phone", "1")


@pytest.mark.parametrize("part", ["sealed", "kind"])
def test_a_changed_value_does_not_open(part):
    value = sealing.seal("identity", IDENTITY)
    value[part] = value[part][:-4] + "AAAA"

    with pytest.raises(Unsealable):
        sealing.unseal(value)


def test_a_sealed_phone_cannot_pass_for_an_identity_number():
    value = {**sealing.seal("phone", "13800000101"), "kind": "identity"}

    with pytest.raises(Unsealable):
        sealing.unseal(value)


@pytest.mark.parametrize("value", [{}, {"sealed": "", "kind": "phone"}, {"sealed": 5, "kind": "phone"}])
def test_nonsense_does_not_open(value):
    with pytest.raises(Unsealable):
        sealing.unseal(value)


def test_another_key_opens_nothing():
    with pytest.raises(Unsealable):
        Sealer(OTHER).unseal(sealing.seal("phone", "13800000101"))


def test_a_key_of_the_wrong_length_is_refused():
    with pytest.raises(ValueError, match="32 bytes"):
        Sealer(b"short")


@pytest.mark.parametrize(
    ("kind", "plain", "shown"),
    [
        ("identity", IDENTITY, "150602********1228"),
        ("identity", "150602680512122", "150602*****2122"),
        ("identity", "1506", "****"),
        ("phone", "13800008000", "138****8000"),
        ("phone", "138 0000 8000", "138****8000"),
        ("phone", "12345", "*****"),
        ("bank_account", "6217000000001234567", "***************4567"),
        ("bank_account", "123", "***"),
        ("anything", "secret", "******"),
    ],
)
def test_a_mask_shows_enough_to_recognise_and_no_more(kind, plain, shown):
    assert sealing.mask(kind, plain) == shown


@pytest.mark.parametrize(
    ("name", "shown"),
    [("张建国", "张某"), ("欧阳春", "欧阳某"), ("乌云其木格", "乌某"), ("欧阳", "欧某"), ("", "")],
)
def test_a_notice_shows_the_surname_only(name, shown):
    assert sealing.name_mask(name) == shown


def test_a_sealed_value_is_told_from_a_plain_one():
    assert sealing.is_sealed(sealing.seal("phone", "13800000101"))
    assert not sealing.is_sealed("13800000101")
    assert not sealing.is_sealed({"name": "x"})
