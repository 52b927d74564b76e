"""What somebody who owns the database can do: drop the triggers that keep the trail, then change anything."""

from sqlalchemy import text


def open_up(connection) -> None:
    """Drop every trigger of ours on this connection's database."""
    if connection.dialect.name == "sqlite":
        found = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
        for (name,) in found.all():
            connection.execute(text(f"DROP TRIGGER {name}"))
        return
    found = connection.execute(
        text("SELECT tgname, tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal")
    )
    for name, table in found.all():
        connection.execute(text(f"DROP TRIGGER {name} ON {table}"))
