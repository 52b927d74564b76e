"""A procedure changed on paper, by two administrators: what tests of pages need to stand there already."""

from workflows.designing.amending import OpenAmendment, SaveAmendment
from workflows.designing.amendments import Amendment
from workflows.designing.reviewing import PublishAmendment, ReviewAmendment, SubmitAmendment

AUTHOR, REVIEWER = "dongsheng-admin1", "dongsheng-admin2"
DOCUMENT = {
    "number": "东乡振发〔2026〕7号",
    "title": "关于规范监测对象识别工作的通知",
    "date": "2026-03-01",
    "text": "评议以后由镇级复核。",
}


def published(perform, read, key, at, *, title="按新通知修订", acknowledged=()):
    """Another version of ``key``, to hold from ``at``; ``perform(command, username)``. Gives its number."""
    amendment = perform(OpenAmendment(procedure=key, title=title), AUTHOR)
    text = read(lambda session: session.get_one(Amendment, amendment)).files["procedure.toml"]
    assert 'summary = "' in text
    changes = {"procedure.toml": text.replace('summary = "', f'summary = "（{title}）', 1)}
    perform(SaveAmendment(amendment_id=amendment, revision=1, changes=changes), AUTHOR)
    handed_in = SubmitAmendment(amendment_id=amendment, revision=2, document=DOCUMENT, effective_at=at)
    perform(handed_in, AUTHOR)
    digest = read(lambda session: session.get_one(Amendment, amendment)).digest
    perform(ReviewAmendment(amendment_id=amendment, digest=digest, approve=True), REVIEWER)
    return perform(
        PublishAmendment(amendment_id=amendment, digest=digest, acknowledged=acknowledged), REVIEWER
    )
