import pytest

from app.notices import privacy
from app.security import sealing

IDENTITY, PHONE, ACCOUNT = "150602196803140011", "13847700001", "6217001234567890123"


@pytest.fixture
def variables():
    sealing.configure(bytes(range(32)))
    return {
        "apply": {
            "head_identity": sealing.seal("identity", IDENTITY),
            "phone": sealing.seal("phone", PHONE),
            "members": [{"name": "刘四", "account": sealing.seal("bank_account", ACCOUNT)}],
        }
    }


@pytest.mark.parametrize(
    "text",
    [
        f"户主身份证{IDENTITY}",
        "户主身份证１５０６０２ １９６８０３１４ ００１１",
        "电话138-4770-0001",
        f"账号 {ACCOUNT}",
        "身份证 150602197009220027",
        "卡号 6222 0212 3456 7890",
        "因患尿毒症致贫",
        "家庭成员患有重病",
        "因病返贫",
    ],
)
def test_what_is_personal_is_refused_beside_its_field(variables, text):
    with pytest.raises(privacy.TellsTooMuch) as refused:
        privacy.check({"content": text}, variables)

    assert list(refused.value.errors) == ["content"]


@pytest.mark.parametrize(
    "text",
    [
        "经入户核实和村评议，拟将下列农牧户识别为防止返贫监测对象，现予公示。",
        "赵五 0477-8120001、13900000000",
        "按照大病保险和大病救助文件精神，2026年11月22日评议通过。",
    ],
)
def test_ordinary_words_and_the_telephone_of_whoever_takes_objections_pass(variables, text):
    privacy.check({"content": text, "contact": text}, variables)


def test_a_hidden_name_may_not_stand_in_the_text(variables):
    privacy.check({"content": "拟将王三一户识别为监测对象"}, variables)

    with pytest.raises(privacy.TellsTooMuch):
        privacy.check({"content": "拟将王三一户识别为监测对象"}, variables, hidden_name="王三")
