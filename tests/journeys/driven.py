"""Drives any procedure over JSON as its scenarios say, each step by a demonstration account that may."""

import dataclasses
import json
import re

import forms
from app.organisation.divisions import level_of
from app.registers import definition, reach
from app.registers.commands import RegisterByHand
from tests.app.office import Office, picture
from tests.bpmn.artefacts import KEYS, PROCEDURES, ROOT
from workflows import catalogue, spiff, worker
from workflows.commands import CONSOLE
from workflows.designing import folders, simulate
from workflows.designing.publish import PublishVersion
from workflows.designing.scenarios import Complete, Turn

OF_THE_MONITORED = ("fp_09", "fp_10", "fp_11", "fp_12", "fp_13")
LEDGERS = {
    "warning_ledger",
    "monitored_aq",
    "monitored_ew",
    "monitored_gt",
    "monitored_dk",
    "township_ledger_dk",
}


def needed(key, known=()):
    """The procedure and whatever its diagram calls or starts, each once."""
    found = {*known, key}
    text = (PROCEDURES / key / "process.bpmn").read_text(encoding="utf-8")
    for named in re.findall(r"\b[a-z]{2}_\d{2}_[a-z_]+\b", text):
        if named in KEYS and named not in found:
            found |= needed(named, found)
    return found


def endings(key):
    """Scenarios that between them reach every end of the procedure, the shortest for each outcome."""
    text = (PROCEDURES / key / "scenarios.toml").read_text(encoding="utf-8")
    found = {}
    for scene in sorted(simulate.scenarios(text, key), key=lambda scene: len(scene.moves)):
        if scene.expect and scene.expect.outcome and not scene.results and not scene.start.refused:
            found.setdefault(scene.expect.outcome, scene)
    return list(found.values())


class Driven:
    """One office, and cases in it taken along by whoever may."""

    def __init__(self, url, folder, clock):
        self.office = Office(url, folder, clock)
        self.clock = clock
        self.key, self.bundle, self.starter = None, None, None

    def furnish(self, key):
        """People, and what the procedure needs in force."""
        self.office.furnish(sorted(needed(key)))
        self.key = key
        self.bundle = folders.read(ROOT / "bpmn", ROOT / "forms" / "definitions", key)

    def play(self, scene):
        """The scenario from its first step to its last; gives the case as the starter's program reads it."""
        if scene.at is not None:
            self.clock.set(scene.at)
        self._with_parameters(scene.parameters)
        self.starter = self._starter()
        self._put_on_file(scene.start.answers)
        number = self._begin(self.starter, scene.start)
        for move in scene.moves:
            if isinstance(move, Complete):
                self._complete(number, move)
            elif isinstance(move, Turn):
                self.clock.set(move.to or spiff.instant(move.advance, self.clock.now()))
                worker.drain(self.office.executor)
            else:
                self._object(number)
        return self.case(number)

    def _starter(self):
        """Who starts it: rather somebody of the unit that the first step is for."""
        accounts = self._accounts(procedure=self.key)
        assert accounts, f"no demonstration account may start {self.key}"
        first = self._release().start_element()
        if first is None:
            return accounts[0]
        fitting = (one for one in accounts if any(r.split(":")[0] == first.role for r in one["roles"]))
        return next(fitting, accounts[0])

    def _put_on_file(self, answers):
        """What helps a household or ends its monitoring is about one that is monitored already."""
        if not self.key.startswith(OF_THE_MONITORED):
            return
        text = (PROCEDURES / self.key / "process.bpmn").read_text(encoding="utf-8")
        told = self.bundle.meta.get("subject", {})
        name, identity = (answers.get(told[part].partition(".")[2], "") for part in ("name", "identity"))
        for register in LEDGERS & set(re.findall(r'source="(\w+)" target="register"', text)):
            command = RegisterByHand(
                register=register,
                division=self._division(self.starter),
                name=name,
                identity=identity,
                status="监测中",
                fields={"监测对象类别": "脱贫不稳定户"},
                reason="以前认定的监测对象。",
            )
            self.office.executor.execute(command, by=self._writer(register, command.division))

    def _writer(self, register, division):
        actors = (self.office.actor(one["username"]) for one in self._accounts())
        return next(actor for actor in actors if reach.may_write(actor, definition.named(register), division))

    def _begin(self, starter, given):
        release = self._release()
        first = release.start_element()
        form = release.forms[first.form] if first is not None and first.form else None
        answers = self._with_files(starter, form, given.answers)
        sent = {"procedure": self.key, "division": self._division(starter), "answers": answers}
        answer = self.office.program(starter["username"]).post("/cases", sent)
        assert answer.status_code == 201, answer.text
        return answer.json["number"]

    def _complete(self, number, move):
        """The first open item of that step; a refusal must name what the scenario says it does."""
        open_items = self.case(number)["open_items"]
        item = next((one for one in open_items if one["step"] == move.step), None)
        assert item, f"{move.step} is not open: {[one['step'] for one in open_items]}"
        accounts = self._accounts(item=item["id"])
        assert accounts, f"no demonstration account may do {move.step} ({item['role']} of {item['unit']})"
        program = self.office.program(accounts[0]["username"])
        seen = program.get(f"/work-items/{item['id']}").json
        answers = self._with_files(accounts[0], seen["form"], move.answers)
        answer = program.act(item["id"], "complete", answers=answers, revision=seen["revision"])
        if move.refused:
            assert answer.status_code == 422, answer.text
            assert all(any(path.startswith(name) for name in move.refused) for path in answer.json["errors"])
        else:
            assert answer.status_code == 200, f"{move.step}: {answer.text}"

    def _object(self, number):
        """Somebody objects to the notice that is out: the message a scenario sends."""
        stranger = self.office.stranger()
        [notice] = [one for one in stranger.get("/notices").json["items"] if one["state"] == "open"]
        said = {"name": "路人", "phone": "13800000000", "content": "家里去年新买了一辆小货车。"}
        answer = stranger.post(f"/notices/{notice['id']}/objections", said)
        assert answer.status_code == 201, f"{number}: {answer.text}"

    def case(self, number):
        """The case as its starter's program reads it."""
        answer = self.office.program(self.starter["username"]).get(f"/cases/{number}")
        assert answer.status_code == 200, answer.text
        return answer.json

    def _with_files(self, account, form, answers):
        """The answers with a small picture uploaded by the account for each number of a file."""
        if not form:
            return dict(answers)
        text = form if isinstance(form, str) else json.dumps(form)
        return self._taken(account, forms.parse(text).fields, answers)

    def _taken(self, account, fields, answers):
        known = {field.key: field for field in fields}
        return {key: self._one(account, known.get(key), value) for key, value in answers.items()}

    def _one(self, account, field, value):
        if field is None or not isinstance(value, list):
            return value
        if field.type == "files":
            return [self._file(account, number) for number in value]
        return [self._taken(account, field.rows, row) for row in value] if field.rows else value

    def _file(self, account, number):
        answer = self.office.program(account["username"]).upload(picture(number))
        assert answer.status_code == 201, answer.text
        return answer.json["id"]

    def _accounts(self, **wanted):
        said = "&".join(f"{name}={value}" for name, value in wanted.items())
        answer = self.office.app.test_client().get(f"/demo/accounts?{said}")
        assert answer.status_code == 200, answer.text
        return answer.json

    def _division(self, starter):
        """The starter's division, or one below it that is narrow enough for every unit on the way."""
        release = self._release()
        own, narrowest = max(starter["division"], release.division), release.narrowest()
        if narrowest == "county" or not own.endswith("000") or level_of(own) == narrowest:
            return own
        peopled = sorted({each["division"] for each in self._accounts() if each["division"]})
        narrow = (each for each in peopled if each.endswith("000") == (narrowest != "village"))
        return next((each for each in narrow if each != own and each.startswith(own.rstrip("0"))), own)

    def _release(self):
        with self.office.executor.database.reading() as session:
            return catalogue.current(session, self.key)

    def _with_parameters(self, values):
        """The version in force with these defaults instead of its own."""
        given = [
            {**each, "default": values.get(each["name"], each["default"])}
            for each in self.bundle.meta["parameters"]
        ]
        bundle = dataclasses.replace(self.bundle, meta={**self.bundle.meta, "parameters": given})
        self.office.executor.execute(PublishVersion(bundle=bundle), by=CONSOLE)
