"""Databases with something in them already: filled once a worker, copied for every test that wants one."""

import itertools
import os
import shutil

from tests import postgres
from tests.databases import make_tables

NUMBERS = itertools.count(1)


class Templates:
    """The filled databases of one worker, by what filled them."""

    def __init__(self, run_folder, worker, folder):
        self._run_folder, self._worker, self._folder = run_folder, worker, folder
        self._made = {}

    def sqlite(self, folder, fill, *given):
        """The address of a new copy in ``folder`` of a file that ``fill(url, *given)`` has filled."""
        template = self._made.get(("sqlite", fill, given))
        if template is None:
            template = self._folder / f"{next(NUMBERS)}.sqlite3"
            self._fill(("sqlite", fill, given), template, f"sqlite:///{template}")
        copy = folder / f"office_{next(NUMBERS)}.sqlite3"
        shutil.copyfile(template, copy)
        return f"sqlite:///{copy}"

    def postgresql(self, leaving, fill, *given):
        """The same on PostgreSQL; the copy is dropped when ``leaving``, an ExitStack, is left."""
        template = self._made.get(("postgresql", fill, given))
        if template is None:
            template = f"filled_{self._worker}_{next(NUMBERS)}"
            url = postgres.url(self._run_folder, template)
            postgres.administer(self._run_folder, f"CREATE DATABASE {template} TEMPLATE template0")
            self._fill(("postgresql", fill, given), template, url)
        name = f"copy_{os.getpid()}_{next(NUMBERS)}"
        postgres.copy(self._run_folder, name, template)
        leaving.callback(postgres.administer, self._run_folder, f"DROP DATABASE {name} WITH (FORCE)")
        return postgres.url(self._run_folder, name)

    def _fill(self, key, template, url):
        _, fill, given = key
        make_tables(url)
        fill(url, *given)
        self._made[key] = template
