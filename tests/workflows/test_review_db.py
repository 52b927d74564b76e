"""A fault of the database is told without what was typed."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from workflows.db import Database


def test_a_fault_does_not_repeat_what_was_to_be_stored(database_url):
    database = Database(database_url)
    row = {"name": "张三 150602196805121228", "value": None}

    with pytest.raises(IntegrityError) as fault, database.engine.begin() as connection:
        connection.execute(text("INSERT INTO counter (name, value) VALUES (:name, :value)"), row)

    database.dispose()
    assert "[parameters" not in str(fault.value)
