"""By what the items offered to a unit may be sorted besides their limit; each order has an index."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Index, text

from workflows.work_items import WorkItem

_OFFERED: dict[str, Any] = dict.fromkeys(("sqlite_where", "postgresql_where"), text("state = 'offered'"))

Index("ix_work_item_arrived", WorkItem.unit_id, WorkItem.role, WorkItem.id, **_OFFERED)
Index("ix_work_item_numbered", WorkItem.unit_id, WorkItem.role, WorkItem.case_number, WorkItem.id, **_OFFERED)
