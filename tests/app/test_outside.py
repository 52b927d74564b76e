"""What the environment says of the ways out; what is wrong stops the start with one sentence."""

import pytest

from app.outside import Mail, Outside, WrongSetting

PUBLIC = {"XIANGSHEN_PUBLIC_URL": "https://shenpi.example.cn/"}
SENDER = {"XIANGSHEN_SMTP_SENDER": "乡审 <shenpi@example.cn>"}


@pytest.fixture
def secret(tmp_path):
    def keep(content):
        file = tmp_path / "secret"
        file.write_bytes(content)
        return str(file)

    return keep


def test_without_settings_there_is_no_way_out():
    assert Outside.from_environment({}) == Outside()


def test_a_mail_server_is_read_with_its_password_from_a_file(secret):
    env = {
        **PUBLIC,
        **SENDER,
        "XIANGSHEN_SMTP_URL": "smtp://office%40example.cn@mail.example.cn",
        "XIANGSHEN_SMTP_PASSWORD_FILE": secret(b"a password\n"),
    }

    found = Outside.from_environment(env)

    assert found.public_url == "https://shenpi.example.cn"
    assert found.mail == Mail(
        host="mail.example.cn",
        port=587,
        tls="starttls",
        sender="乡审 <shenpi@example.cn>",
        user="office@example.cn",
        password="a password",
    )
    assert "a password" not in repr(found)


def test_a_secret_may_be_written_as_standard_webhooks_has_it(secret):
    env = {
        **PUBLIC,
        "XIANGSHEN_WEBHOOK_URL": "https://bridge.example.cn/in",
        "XIANGSHEN_WEBHOOK_SECRET_FILE": secret(b"whsec_MDEyMzQ1Njc4OWFiY2RlZg==\n"),
    }

    assert Outside.from_environment(env).hook.secret == b"0123456789abcdef"


def test_a_folder_of_a_gateway_has_to_be_there(tmp_path):
    assert Outside.from_environment({**PUBLIC, "XIANGSHEN_SMS_FOLDER": str(tmp_path)}).sms_folder == tmp_path

    with pytest.raises(WrongSetting, match="XIANGSHEN_SMS_FOLDER"):
        Outside.from_environment({**PUBLIC, "XIANGSHEN_SMS_FOLDER": str(tmp_path / "gone")})


def test_a_channel_needs_the_address_people_open(tmp_path):
    with pytest.raises(WrongSetting, match="XIANGSHEN_PUBLIC_URL"):
        Outside.from_environment({"XIANGSHEN_SMS_FOLDER": str(tmp_path)})


@pytest.mark.parametrize(
    ("env", "named"),
    [
        ({"XIANGSHEN_PUBLIC_URL": "shenpi.example.cn"}, "XIANGSHEN_PUBLIC_URL"),
        ({"XIANGSHEN_PUBLIC_URL": "https://shenpi.example.cn/?x=1"}, "XIANGSHEN_PUBLIC_URL"),
        ({"XIANGSHEN_SMTP_URL": "http://mail.example.cn", **SENDER}, "XIANGSHEN_SMTP_URL"),
        ({"XIANGSHEN_SMTP_URL": "smtp://mail.example.cn:port", **SENDER}, "XIANGSHEN_SMTP_URL"),
        ({"XIANGSHEN_SMTP_URL": "smtp://u:secret@mail.example.cn", **SENDER}, "XIANGSHEN_SMTP_PASSWORD_FILE"),
        ({"XIANGSHEN_SMTP_URL": "smtp://u@mail.example.cn", **SENDER}, "XIANGSHEN_SMTP_PASSWORD_FILE"),
        ({"XIANGSHEN_SMTP_URL": "smtp://mail.example.cn"}, "XIANGSHEN_SMTP_SENDER"),
        (
            {"XIANGSHEN_SMTP_URL": "smtp://mail.example.cn", "XIANGSHEN_SMTP_SENDER": "乡审"},
            "XIANGSHEN_SMTP_SENDER",
        ),
        ({"XIANGSHEN_WEBHOOK_URL": "ftp://bridge.example.cn"}, "XIANGSHEN_WEBHOOK_URL"),
        ({"XIANGSHEN_WEBHOOK_URL": "https://u:p@bridge.example.cn"}, "XIANGSHEN_WEBHOOK_URL"),
        ({"XIANGSHEN_WEBHOOK_URL": "https://bridge.example.cn"}, "XIANGSHEN_WEBHOOK_SECRET_FILE"),
    ],
)
def test_a_wrong_setting_is_named_in_one_sentence_without_its_secret(env, named):
    with pytest.raises(WrongSetting) as refused:
        Outside.from_environment({**PUBLIC, **env})

    sentence = str(refused.value)
    assert named in sentence
    assert sentence.count("。") == 1
    assert "secret" not in sentence


@pytest.mark.parametrize("content", [b"too short", b"whsec_!!", b""])
def test_a_weak_secret_is_refused(secret, content):
    env = {
        "XIANGSHEN_WEBHOOK_URL": "https://bridge.example.cn",
        "XIANGSHEN_WEBHOOK_SECRET_FILE": secret(content),
    }

    with pytest.raises(WrongSetting, match="XIANGSHEN_WEBHOOK_SECRET_FILE"):
        Outside.from_environment({**PUBLIC, **env})


def test_a_login_without_encryption_is_refused(secret):
    env = {
        "XIANGSHEN_SMTP_URL": "smtp+plain://office@mail.example.cn",
        "XIANGSHEN_SMTP_PASSWORD_FILE": secret(b"a password"),
    }

    with pytest.raises(WrongSetting, match="加密"):
        Outside.from_environment({**PUBLIC, **SENDER, **env})
