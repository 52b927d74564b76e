from app.demo.households import household
from app.security import demo
from forms.validators import identity


def numbers(one):
    return [one.identity, *(member["identity"] for member in one.members)]


def test_every_number_of_a_household_is_valid():
    for number in (0, 1, 17, 3_599, 3_600, 999_999):
        for text in numbers(household(number, "折家梁村")):
            assert identity(text) == text


def test_no_person_occurs_twice_nor_is_a_demonstration_account():
    found = [text for number in range(8_000) for text in numbers(household(number, "折家梁村"))]
    accounts = {one.identity for one in demo.households()}

    assert len(found) == len(set(found))
    assert not accounts & set(found)


def test_the_same_number_is_the_same_household():
    assert household(7, "柴登村") == household(7, "柴登村")
    assert household(7, "柴登村") != household(8, "柴登村")
