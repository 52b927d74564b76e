"""An amendment of a published procedure, and its editors as a browser sees them."""

import re

from workflows.designing.amending import OpenAmendment, SaveAmendment
from workflows.designing.amendments import Amendment

ADMIN, COLLEAGUE = "dongsheng-admin1", "dongsheng-admin2"


class Draft:
    """An amendment of a procedure, opened by an administrator at a browser."""

    def __init__(self, office, procedure="fp_01_ds", by=ADMIN, **files):
        self.office = office
        command = OpenAmendment(procedure=procedure, title="按新文件调整")
        self.id = office.executor.execute(command, by=office.actor(by))
        if files:
            changes = {name.replace("_", "."): text for name, text in files.items()}
            self.save(changes)
        self.browser = office.browser(by)

    def save(self, changes, by=COLLEAGUE):
        """Somebody saves files of it."""
        command = SaveAmendment(amendment_id=self.id, revision=self.revision, changes=changes)
        return self.office.executor.execute(command, by=self.office.actor(by))

    @property
    def revision(self):
        """How often it was saved."""
        with self.office.executor.database.reading() as session:
            return session.get_one(Amendment, self.id).revision

    def url(self, part=""):
        return f"/amendments/{self.id}/{part}"

    def get(self, part):
        return self.browser.get(self.url(part))

    def post(self, part, page=None, **form):
        """Send a form of the page as it stands now, with the revision it was made from."""
        text = self.get(page or part).text
        revision = re.search(r'name="revision" value="(\d+)"', text)
        return self.browser.post(
            self.url(part),
            self.url(page or part),
            **{"revision": revision[1] if revision else "", **form},
        )

    def file(self, name):
        with self.office.executor.database.reading() as session:
            return session.get_one(Amendment, self.id).files.get(name)
