"""Drives any procedure over JSON as its scenarios say, each step by a demonstration account that may."""

import dataclasses
import json
import re

import forms
from app.orders.rule import FAMILY
from app.organisation.divisions import level_of
from app.registers import definition, reach
from app.registers.commands import RegisterByHand
from tests.app.office import Office, picture
from tests.bpmn.artefacts import KEYS, PROCEDURES, ROOT, kind, nodes
from tests.journeys import earlier
from tests.journeys.earlier import LEFT_OUT, Earlier
from workflows import catalogue, spiff, worker
from workflows.commands import CONSOLE
from workflows.designing import folders, simulate
from workflows.designing.publish import PublishVersion
from workflows.designing.scenarios import Complete, Turn


def needed(key, known=()):
    """The procedure and whatever its diagram calls or starts, each once."""
    found = {*known, key}
    text = (PROCEDURES / key / "process.bpmn").read_text(encoding="utf-8")
    for named in re.findall(r"\b[a-z]{2}_\d{2}_[a-z_]+\b", text):
        if named in KEYS and named not in found:
            found |= needed(named, found)
    return found


def scenarios(key):
    """The procedure's scenarios that begin a case, the shortest first."""
    text = (PROCEDURES / key / "scenarios.toml").read_text(encoding="utf-8")
    found = [one for one in simulate.scenarios(text, key) if one.expect and not one.start.refused]
    return sorted(found, key=lambda scene: len(scene.moves))


def reached(key, scene):
    """Names of the ends the scenario passes: its outcome, and ends of branches beside the main one."""
    passed = {scene.expect.outcome} - {""}
    ends = {name: node for name, node in nodes(key).items() if kind(node) == "endEvent"}
    for name, node in ends.items():
        sources = [flow.get("sourceRef") for flow in node.getparent() if flow.get("targetRef") == name]
        if set(sources) & set(scene.expect.steps):
            passed.add(node.get("name") or name)
    return passed


def endings(key):
    """Scenarios that between them reach every end of the procedure, short ones and few."""
    chosen, known = [], set()
    playable = (scene for scene in scenarios(key) if scene.name not in LEFT_OUT)
    for scene in sorted(playable, key=lambda scene: (not scene.expect.outcome, bool(scene.results))):
        ends = reached(key, scene)
        if ends - known:
            chosen.append(scene)
            known |= ends
    return chosen


class Driven:
    """One office with people in it, and cases taken along by whoever may."""

    def __init__(self, url, folder, clock):
        self.office = Office(url, folder, clock)
        self.clock = clock

    def play(self, key, scene):
        """The scenario with what was before it; gives the case as the starter's program reads it."""
        if key.startswith(FAMILY):
            return self._order(key, scene)
        before = earlier.before(key, scene) or ()
        told = {one: _named(one) for one in before if isinstance(one, Earlier)}
        first = next(iter(told.values()), scene)
        self.clock.set(first.at or self.clock.now())
        self.publish(key, scene.parameters, [one.key for one in told])
        main = Playing(self.office, self.clock, key, scene)
        for one in before:
            if one in told:
                case = Playing(self.office, self.clock, one.key, told[one], about=main, other=one.by_another)
                case.put_on_file()
                case.play()
            else:
                main.enter([one])
        main.put_on_file()
        return main.play()

    def _order(self, key, scene):
        from tests.journeys import ordering

        watched = ordering.watched_by(key)
        self.publish(key, scene.parameters, [watched])
        left = Playing(self.office, self.clock, watched, _named(Earlier(watched, ordering.CLUE)))
        number = left.play()["number"]
        return ordering.Ordering(self.office, self.clock, key, scene, number).play()

    def publish(self, key, parameters, others=()):
        """What is needed in force, the procedure with these parameters instead of its own."""
        for each in sorted(set().union(*(needed(one) for one in (key, *others)))):
            bundle = folders.read(ROOT / "bpmn", ROOT / "forms" / "definitions", each)
            if each == key:
                bundle = _with_parameters(bundle, parameters)
            self.office.executor.execute(PublishVersion(bundle=bundle), by=CONSOLE)


def _named(one):
    return next(scene for scene in scenarios(one.key) if scene.name == one.name)


def _with_parameters(bundle, values):
    given = [
        {**each, "default": values.get(each["name"], each["default"])} for each in bundle.meta["parameters"]
    ]
    return dataclasses.replace(bundle, meta={**bundle.meta, "parameters": given})


class Playing:
    """One scenario on its way from its first step to its last, ``about`` what another one is about."""

    def __init__(self, office, clock, key, scene, *, about=None, other=False):
        self.office, self.clock, self.key, self.scene = office, clock, key, scene
        with office.executor.database.reading() as session:
            self.release = catalogue.current(session, key)
        self.about = about.subject() if about else {}
        self.start = self._same(scene.start.answers)
        self.starter = self._starter(about.starter if other else None)

    def subject(self):
        """The answers that tell what the case is about, by their fields."""
        told = self.release.meta.get("subject") or {}
        paths = [told.get("name"), told.get("identity"), told.get("key")]
        flat = [path for each in paths for path in (each if isinstance(each, list) else [each]) if path]
        fields = {path.partition(".")[2] for path in flat}
        return {field: value for field, value in self.start.items() if field in fields}

    def _same(self, answers):
        """The answers, about the same as the other case."""
        return {**answers, **{field: value for field, value in self.about.items() if field in answers}}

    def play(self):
        """Gives the case as its starter's program reads it."""
        # Time never runs back: what was played before has taken its days.
        self.clock.set(max(self.scene.at or self.clock.now(), self.clock.now()))
        number = self._begin()
        for move in self.scene.moves:
            if isinstance(move, Complete):
                self._complete(number, move)
            elif isinstance(move, Turn):
                self.clock.set(move.to or spiff.instant(move.advance, self.clock.now()))
                worker.drain(self.office.executor)
            else:
                self._object(number)
        return self.case(number)

    def _starter(self, other_than):
        """Who starts it: rather somebody of the unit that the first step is for."""
        accounts = self._accounts(procedure=self.key)
        if other_than:
            accounts = [one for one in accounts if one["unit"] != other_than["unit"]]
        assert accounts, f"no demonstration account may start {self.key}"
        first = self.release.start_element()
        if first is None:
            return accounts[0]
        fitting = (one for one in accounts if any(r.split(":")[0] == first.role for r in one["roles"]))
        return next(fitting, accounts[0])

    def put_on_file(self):
        """The rows the scenario finds in the registers, unless a table tells how they came there."""
        if earlier.before(self.key, self.scene) is None:
            self.enter(earlier.rows(self.key, self.scene))

    def enter(self, rows):
        """Rows entered by hand, by somebody who may."""
        told = self.release.meta.get("subject") or {}
        own = {
            part: str(self.start.get((told.get(part) or "").partition(".")[2]) or "")
            for part in ("name", "identity")
        }
        names = [row.name or own["name"] for row in rows]
        for row, name in zip(rows, names, strict=True):
            of = definition.named(row.register)
            whom = (
                {"name": name, "identity": own["identity"] or identity(names.index(name))}
                if of.is_personal
                else {}
            )
            titled = {of.title: name} if of.title and not of.is_personal else {}
            command = RegisterByHand(
                register=row.register,
                division=self._division(),
                status=row.status,
                fields={**titled, **dict(row.fields)},
                reason="以前登记的，照原样录入。",
                **whom,
            )
            self.office.executor.execute(command, by=self._writer(of, command.division))

    def _writer(self, of, division):
        actors = (self.office.actor(one["username"]) for one in self._accounts())
        return next(actor for actor in actors if reach.may_write(actor, of, division))

    def _begin(self):
        first = self.release.start_element()
        form = self.release.forms[first.form] if first is not None and first.form else None
        answers = self._with_files(self.starter, form, self.start)
        sent = {"procedure": self.key, "division": self._division(), "answers": answers}
        sent["corrections"] = _reasons(form, answers)
        answer = self.office.program(self.starter["username"]).post("/cases", sent)
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
        answers = self._with_files(accounts[0], seen["form"], self._same(move.answers))
        told = {
            "answers": answers,
            "corrections": _reasons(seen["form"], answers),
            "revision": seen["revision"],
            **({"late_reason": "入户排期顺延。"} if seen["late_reason_needed"] else {}),
        }
        answer = program.act(item["id"], "complete", **told)
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

    def _division(self):
        """The starter's division, or one below it that is narrow enough for every unit on the way."""
        own, narrowest = max(self.starter["division"], self.release.division), self.release.narrowest()
        if narrowest == "county" or not own.endswith("000") or level_of(own) == narrowest:
            return own
        peopled = sorted({each["division"] for each in self._accounts() if each["division"]})
        narrow = (each for each in peopled if each.endswith("000") == (narrowest != "village"))
        return next((each for each in narrow if each != own and each.startswith(own.rstrip("0"))), own)


def _reasons(form, answers):
    """A reason for whatever a scenario answers otherwise than is on file; one too many does no harm."""
    if not form:
        return {}
    text = form if isinstance(form, str) else json.dumps(form)
    return {key: "与实际情况不符，据实更正。" for key in forms.parse(text).wants if key in answers}


def identity(count):
    """A valid identity number of somebody made up."""
    digits = f"15062219600101{count + 1:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return digits + "10X98765432"[sum(int(d) * w for d, w in zip(digits, weights, strict=True)) % 11]
