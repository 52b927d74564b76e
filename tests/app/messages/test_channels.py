"""Each channel against a real server, or a real folder."""

import base64
import hashlib
import hmac
import socket
import threading
from datetime import UTC, datetime

import pytest

from app.messages.channels import Letter
from app.messages.channels.email import MailServer
from app.messages.channels.file_drop import FileDrop
from app.messages.channels.webhook import Webhook
from app.outside import Hook, Mail
from tests.app.messages import servers
from workflows.ports import Unsent

SECRET = b"a secret of sixteen"


def letter(to="reader@example.cn", **over):
    given = {
        "key": "k1",
        "to": to,
        "text": "有一件待办转交给您：入户核实（办件 DS2026-1）",
        "link": "https://shenpi.example.cn/messages/7",
        "case_number": "DS2026-1",
        "promised_at": datetime(2026, 3, 16, 1, 0, tzinfo=UTC),
    }
    return Letter(**{**given, **over})


def mail(server, clock, tls="none", whole=30, **over):
    given = {"host": "localhost", "port": server.port, "tls": tls, "sender": "乡审 <shenpi@example.cn>"}
    return MailServer(Mail(**{**given, **over}), clock, whole=whole)


def nobody_listens():
    with socket.create_server((servers.LOOPBACK, 0)) as free:
        return free.getsockname()[1]


@pytest.fixture
def secure(tmp_path, monkeypatch):
    context, trusted = servers.certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    return context


# ---------------------------------------------------------------- mail


def test_a_mail_carries_the_words_the_link_and_its_key(clock):
    with servers.MailServer() as server:
        mail(server, clock).send(letter())

        [(to, message)] = server.letters
    assert to == "reader@example.cn"
    assert message["Message-ID"] == "<k1@example.cn>"
    assert message["From"].addresses[0].addr_spec == "shenpi@example.cn"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"].datetime == clock.now()
    assert "入户核实" in message["Subject"]
    assert "https://shenpi.example.cn/messages/7" in message.get_content()


@pytest.mark.parametrize("tls", ["starttls", "tls"])
def test_a_password_travels_only_encrypted(secure, clock, tls):
    with servers.MailServer(tls=tls, context=secure) as server:
        mail(server, clock, tls, user="office", password="a password").send(letter())

        assert len(server.letters) == 1
    said = [words.split()[0] for words in server.talk]
    assert said.index("AUTH") > (said.index("STARTTLS") if tls == "starttls" else -1)


def test_a_server_without_encryption_gets_neither_password_nor_letter(clock):
    with servers.MailServer() as server:
        with pytest.raises(Unsent, match="STARTTLS"):
            mail(server, clock, "starttls", user="office", password="a password").send(letter())

        assert server.letters == []
    assert not any(words.startswith("AUTH") for words in server.talk)


def test_a_server_nobody_vouches_for_gets_nothing(tmp_path, clock):
    context, _ = servers.certificate(tmp_path)
    with servers.MailServer(tls="tls", context=context) as server:
        with pytest.raises(Unsent, match="证书不可信"):
            mail(server, clock, "tls").send(letter())

        assert server.letters == []


@pytest.mark.parametrize(
    ("ways", "words", "final"),
    [
        ({"rcpt": "550 no such reader@example.cn here"}, "不接受收件人的地址（550）", True),
        ({"rcpt": "450 reader@example.cn is busy"}, "不接受收件人的地址（450）", False),
        ({"mail": "553 not you"}, "不接受发件地址（553）", False),
        ({"data": "452 full"}, "没有收下（452）", False),
        ({"data": "554 no"}, "没有收下（554）", True),
    ],
)
def test_a_refusal_is_told_by_its_number_and_never_repeats_an_address(clock, ways, words, final):
    with servers.MailServer(**ways) as server, pytest.raises(Unsent) as refused:
        mail(server, clock).send(letter())

    assert words in str(refused.value)
    assert refused.value.final is final
    assert "reader" not in str(refused.value)


def test_a_wrong_password_is_told_as_such(secure, clock):
    with (
        servers.MailServer(tls="starttls", context=secure) as server,
        pytest.raises(Unsent, match="用户名或密码（535）"),
    ):
        mail(server, clock, "starttls", user="office", password="wrong").send(letter())


def test_a_letter_that_was_taken_is_sent_however_rude_the_goodbye(clock):
    with servers.MailServer(rude=True) as server:
        mail(server, clock).send(letter())

        assert len(server.letters) == 1


def test_a_server_that_is_away_is_told_as_such(clock):
    server = servers.MailServer()
    server.close()

    with pytest.raises(Unsent, match="连不上邮件服务器"):
        mail(server, clock).send(letter())


def test_a_server_that_speaks_without_end_is_cut_off(clock):
    enough = threading.Event()
    with servers.MailServer(drip=enough) as server:
        with pytest.raises(Unsent, match="邮件服务器"):
            mail(server, clock, whole=0.3).send(letter())
        enough.set()


# ---------------------------------------------------------------- platform


def webhook(server, clock, path="/in?office=1"):
    return Webhook(Hook(url=f"http://{servers.LOOPBACK}:{server.port}{path}", secret=SECRET), clock, whole=5)


def test_the_platform_is_told_by_user_name_and_can_prove_who_told_it(clock):
    with servers.Platform() as server:
        webhook(server, clock).send(letter(to="zhejialiang-cadre1"))

        [(path, headers, said, body)] = server.letters
    assert path == "/in?office=1"
    assert said["data"] == {
        "to": "zhejialiang-cadre1",
        "text": letter().text,
        "case": "DS2026-1",
        "link": letter().link,
    }
    at = headers["webhook-timestamp"]
    digest = hmac.new(SECRET, b"k1." + at.encode() + b"." + body, hashlib.sha256).digest()
    assert headers["webhook-id"] == "k1"
    assert int(at) == int(clock.now().timestamp())
    assert headers["webhook-signature"] == f"v1,{base64.b64encode(digest).decode()}"


@pytest.mark.parametrize("status", [301, 307])
def test_a_redirect_is_not_followed(clock, status):
    with servers.Platform() as elsewhere:
        there = f"http://{servers.LOOPBACK}:{elsewhere.port}/"
        with (
            servers.Platform(status=status, location=there) as server,
            pytest.raises(Unsent, match=f"HTTP {status}"),
        ):
            webhook(server, clock).send(letter())

        assert elsewhere.letters == []


@pytest.mark.parametrize("status", [400, 401, 500, 503])
def test_what_the_platform_did_not_take_is_not_sent(clock, status):
    with (
        servers.Platform(status=status) as server,
        pytest.raises(Unsent, match=f"没有收下（HTTP {status}）"),
    ):
        webhook(server, clock).send(letter())


def test_a_platform_that_is_away_or_speaks_another_language_is_told_as_such(clock):
    port = nobody_listens()
    with pytest.raises(Unsent, match="连不上消息平台"):
        Webhook(Hook(url=f"http://{servers.LOOPBACK}:{port}", secret=SECRET), clock).send(letter())

    with servers.MailServer() as server, pytest.raises(Unsent, match="消息平台"):
        webhook(server, clock).send(letter())


def test_a_platform_that_answers_without_end_is_cut_off(clock):
    enough = threading.Event()
    with servers.MailServer(drip=enough) as server:
        with pytest.raises(Unsent, match="消息平台"):
            Webhook(
                Hook(url=f"http://{servers.LOOPBACK}:{server.port}/", secret=SECRET), clock, whole=0.3
            ).send(letter())
        enough.set()


# ---------------------------------------------------------------- SMS


def test_a_short_message_is_one_whole_file(tmp_path):
    FileDrop(tmp_path).send(letter(to="13800000105"))

    [file] = tmp_path.iterdir()
    head, _, text = file.read_text("utf-8").partition("\n\n")
    assert file.name == "k1.sms"
    assert "To: 8613800000105" in head.splitlines()
    assert "Alphabet: UTF-8" in head.splitlines()
    assert text == f"【乡审】{letter().text}。查看：{letter().link}"


def test_a_repeated_short_message_that_still_lies_there_is_not_doubled(tmp_path):
    drop = FileDrop(tmp_path)

    drop.send(letter(to="13800000105"))
    drop.send(letter(to="13800000105"))

    assert [file.name for file in tmp_path.iterdir()] == ["k1.sms"]


def test_a_folder_that_is_gone_is_told_as_such(tmp_path):
    with pytest.raises(Unsent, match="XIANGSHEN_SMS_FOLDER"):
        FileDrop(tmp_path / "gone").send(letter(to="13800000105"))
