"""An office with ways out: a mail server, a platform and a gateway's folder, all real."""

from pathlib import Path

from sqlalchemy import select

from app.messages.channels import EMAIL, SMS, WEBHOOK
from app.messages.commands import WishMessages
from app.messages.occasions import GROUPS
from app.outside import Hook, Mail, Outside
from tests.app.messages import servers
from tests.app.office import Office
from tests.clock import TurnableClock
from workflows import outbox, sending, worker
from workflows.commands import CONSOLE, Command
from workflows.outbox import OutboxEffect

PUBLIC = "https://shenpi.example.cn"
EVERY = frozenset({EMAIL, SMS, WEBHOOK})


class Tell(Command):
    """Promises one message, as commands do."""

    recorded = False
    __slots__ = ("payload",)

    def __init__(self, **payload):
        object.__setattr__(self, "payload", payload)

    def authorise(self, ctx):
        pass

    def run(self, ctx):
        outbox.promise(ctx, "message", **self.payload)


class House(Office):
    """`told(username)` has a message delivered; `send()` is one round of the senders."""

    def __init__(self, url, folder, clock, **outside):
        super().__init__(url, folder, clock, outside=Outside(public_url=PUBLIC, **outside))
        # Leases run by the machine's time; here that is turned too.
        self.machine = TurnableClock()

    def wishes(self, username, channels=EVERY, groups=frozenset(GROUPS), **given):
        email = given.pop("email", f"{username}@example.cn" if EMAIL in channels else "")
        command = WishMessages(
            offered=EVERY, channels=frozenset(channels), groups=groups, email=email, **given
        )
        self.executor.execute(command, by=self.actor(username))

    def told(self, username, **payload):
        """Promise a message and deliver it inside; what goes outside is promised by that."""
        person = self.actor(username).person_id
        self.executor.execute(Tell(person_id=person, **({"text": "好"} | payload)), by=CONSOLE)
        return worker.drain(self.executor)

    def send(self):
        return sending.drain(self.executor, self.machine)

    def read(self, query):
        with self.executor.database.reading() as session:
            return session.execute(query).all()

    def letters(self):
        """Every letter promised: effects that reach outside."""
        with self.executor.database.reading() as session:
            query = select(OutboxEffect).where(OutboxEffect.kind.like("message.%"))
            return session.scalars(query.order_by(OutboxEffect.id)).all()


def smtp(server):
    return Mail(host=servers.LOOPBACK, port=server.port, tls="none", sender="乡审 <shenpi@example.cn>")


def hook(server):
    return Hook(url=f"http://{servers.LOOPBACK}:{server.port}/", secret=b"a secret of sixteen")


def drop(folder: Path) -> Path:
    found = folder / "gateway"
    found.mkdir(exist_ok=True)
    return found
