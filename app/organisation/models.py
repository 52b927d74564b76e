"""Tables of the organisation: divisions, units, people, their posts, accounts and roles."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from workflows.db import Base, BigId, JsonText, UtcDateTime, only_where
from workflows.errors import constraint

CASEWORK, HOUSEHOLD = "casework", "household"
SYSTEM_OFFICER, SECURITY_OFFICER, AUDIT_OFFICER = "system_officer", "security_officer", "audit_officer"

WORKING_KINDS = (CASEWORK, HOUSEHOLD)
"""Accounts that may hold roles; the three officers (三员) may not."""

OFFICER_KINDS = (SYSTEM_OFFICER, SECURITY_OFFICER, AUDIT_OFFICER)

ACCOUNT_KINDS = WORKING_KINDS + OFFICER_KINDS

DIVISION_LEVELS = ("county", "township", "village")

UNIT_LEVELS = ("village", "township", "county", "department", "farm", "system")


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


def _says(name: str, table: str, columns: tuple[str, ...], code: str, sentence: str) -> str:
    """Register the sentence of a unique constraint under its name and under the words of SQLite."""
    # SQLite names the columns of a broken unique constraint, PostgreSQL the constraint.
    constraint(
        "UNIQUE constraint failed: " + ", ".join(f"{table}.{column}" for column in columns), code, sentence
    )
    return constraint(name, code, sentence)


def _unique(table: str, *columns: str, code: str, sentence: str) -> UniqueConstraint:
    name = f"uq_{table}_{'_'.join(columns)}"
    return UniqueConstraint(*columns, name=_says(name, table, columns, code, sentence))


def _check(rule: str, *, name: str, code: str, sentence: str) -> CheckConstraint:
    return CheckConstraint(rule, name=constraint(name, code, sentence))


class Division(Base):
    """An administrative division by its 12-digit statistical code; what is above it shares its prefix."""

    __tablename__ = "division"
    __table_args__ = (
        _check(
            _one_of("level", DIVISION_LEVELS),
            name="known_division_level",
            code="division.level",
            sentence="区划级别只能是县级、乡级或村级。",
        ),
    )

    code: Mapped[str] = mapped_column(String(12), primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    kind: Mapped[str] = mapped_column(String(20))
    level: Mapped[str] = mapped_column(String(12))
    parent: Mapped[str | None] = mapped_column(ForeignKey("division.code"), index=True)


class Unit(Base):
    """An office that acts: a village committee, a township government, a bureau, a farm company."""

    __tablename__ = "unit"
    __table_args__ = (
        _unique(
            "unit",
            "division",
            "office",
            "department",
            code="unit.exists",
            sentence="该区划已有同类单位，不能重复设立。",
        ),
        _check(
            _one_of("level", UNIT_LEVELS),
            name="known_unit_level",
            code="unit.level",
            sentence="单位级别不在规定的范围内。",
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    office: Mapped[str] = mapped_column(String(40))
    """What sort of office it is; a role names the office that acts in it."""
    department: Mapped[str] = mapped_column(String(40), default="")
    """Which department, where one office exists once for each (行业主管部门); else empty."""
    level: Mapped[str] = mapped_column(String(12))
    division: Mapped[str] = mapped_column(ForeignKey("division.code"))


class Person(Base):
    """A human being; the phone and identity numbers are kept sealed, findable by their keyed hash only."""

    __tablename__ = "person"
    __table_args__ = (
        _unique(
            "person",
            "identity_hash",
            code="person.identity_exists",
            sentence="该身份证号已登记在另一人名下，请核对。",
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    phone: Mapped[dict[str, Any] | None] = mapped_column(JsonText)
    phone_hash: Mapped[str | None] = mapped_column(String(64), index=True)
    identity: Mapped[dict[str, Any] | None] = mapped_column(JsonText)
    identity_hash: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Post(Base):
    """The title a person bears in a unit (职务); it gives no power, a role grant does."""

    __tablename__ = "post"
    __table_args__ = (
        _unique(
            "post",
            "person_id",
            "unit_id",
            "title",
            code="post.exists",
            sentence="该人员在此单位已有这一职务。",
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    title: Mapped[str] = mapped_column(String(60))


class Account(Base):
    """What a person signs in with. One a person, of one kind: that keeps the three officers apart."""

    __tablename__ = "account"
    __table_args__ = (
        _unique(
            "account",
            "person_id",
            code="account.person_has_one",
            sentence="该人员已有账号；一人只能有一个账号，三员不得兼任。",
        ),
        _unique(
            "account", "username", code="account.username_taken", sentence="该用户名已被使用，请换一个。"
        ),
        Index(
            _says(
                "uq_account_oidc_subject",
                "account",
                ("oidc_subject",),
                "account.subject_taken",
                "该统一身份认证标识已关联到另一账号，请核对。",
            ),
            "oidc_subject",
            unique=True,
        ),
        # What a role grant refers to: the database itself keeps an officer from holding casework roles.
        UniqueConstraint("person_id", "kind", name="uq_account_person_id_kind"),
        _check(
            _one_of("kind", ACCOUNT_KINDS),
            name="known_account_kind",
            code="account.kind",
            sentence="账号类别不在规定的范围内。",
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    username: Mapped[str] = mapped_column(String(40))
    password_hash: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(20))
    active: Mapped[bool] = mapped_column(default=True)
    failed_count: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    session_epoch: Mapped[int] = mapped_column(default=1)
    """Sessions and tokens of an earlier epoch are void."""
    must_change: Mapped[bool] = mapped_column(default=False)
    """Whether the password was set by someone else and has to be changed after sign-in."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    barred_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Since when the security officer keeps the account locked; nothing but unlocking ends it."""
    password_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the password was chosen by its owner, for its age; null counts from the account's making."""
    oidc_subject: Mapped[str | None] = mapped_column(String(400))
    """Issuer and subject by which a provider vouches for the person; linked by the security officer."""
    factor_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Since when a second factor is asked of whoever signs in; null while there is none."""


class RoleGrant(Base):
    """A role a person holds in a unit from one instant until another, or until it is revoked."""

    __tablename__ = "role_grant"
    __table_args__ = (
        ForeignKeyConstraint(
            ["person_id", "account_kind"],
            ["account.person_id", "account.kind"],
            name="fk_role_grant_account",
        ),
        _check(
            _one_of("account_kind", WORKING_KINDS),
            name="officers_hold_no_roles",
            code="grant.officer",
            sentence="三员（系统、安全、审计管理员）不得承担业务角色。",
        ),
        _check(
            "valid_until IS NULL OR valid_until >= valid_from",
            name="grant_ends_after_start",
            code="grant.period",
            sentence="角色的终止时间不能早于起始时间。",
        ),
        Index(
            _says(
                "uq_role_grant_open",
                "role_grant",
                ("person_id", "unit_id", "role"),
                "grant.exists",
                "该人员在此单位已承担这一角色。",
            ),
            "person_id",
            "unit_id",
            "role",
            unique=True,
            sqlite_where=text("valid_until IS NULL"),
            postgresql_where=text("valid_until IS NULL"),
        ),
        Index("ix_role_grant_unit_id_role", "unit_id", "role"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    account_kind: Mapped[str] = mapped_column(String(20))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    role: Mapped[str] = mapped_column(String(60))
    valid_from: Mapped[datetime] = mapped_column(UtcDateTime)
    valid_until: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Absence(Base):
    """离岗委托: a person on leave appoints a deputy for their work in one unit, from one day to another.

    It covers what the absent person may do at the moment it is done, never more; ``procedures`` narrows it.
    A row is never removed; ended early, it says when, by whom and why.
    """

    __tablename__ = "absence"
    __table_args__ = (
        _check(
            "last_day >= first_day",
            name="absence_ends_after_start",
            code="absence.period",
            sentence="离岗的截止日期不能早于起始日期。",
        ),
        _check(
            "deputy_id <> person_id",
            name="absence_not_oneself",
            code="absence.oneself",
            sentence="不能委托本人。",
        ),
        Index("ix_absence_deputy", "deputy_id", "ended_at"),
        Index("ix_absence_person", "person_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    deputy_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    procedures: Mapped[list[str] | None] = mapped_column(JsonText)
    """The keys of the procedures it is for; null for all."""
    first_day: Mapped[date] = mapped_column(Date)
    last_day: Mapped[date] = mapped_column(Date)
    """Both days count in full, in Beijing time."""
    reason: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_by: Mapped[str] = mapped_column(String(60))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_by: Mapped[str | None] = mapped_column(String(60))
    end_reason: Mapped[str | None] = mapped_column(Text)


RELATIONS = ("配偶", "父母", "子女", "兄弟姐妹", "其他近亲属")

NO_RELATIVES = "无"
"""What stands for the relation where somebody declares that there is nobody to declare."""


class Relative(Base):
    """亲属申报: somebody declares a relative who lives where the office acts, or that there is none.

    The relative is told by a sealed identity number, by the household on file they live in, or by both.
    A row is never removed nor rewritten; one that no longer holds ends, and says when and why.
    """

    __tablename__ = "relative"
    __table_args__ = (
        _check(
            _one_of("relation", (*RELATIONS, NO_RELATIVES)),
            name="known_relation",
            code="relative.relation",
            sentence="亲属关系不在规定的范围内。",
        ),
        Index("ix_relative_person", "person_id", "ended_at"),
        *(
            Index(f"ix_relative_{column}", column, **only_where(f"ended_at IS NULL AND {column} IS NOT NULL"))
            for column in ("identity_hash", "household_key")
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    relation: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(60))
    """Empty where there is nobody to declare."""
    identity: Mapped[dict[str, Any] | None] = mapped_column(JsonText)
    identity_hash: Mapped[str | None] = mapped_column(String(64))
    household: Mapped[str | None] = mapped_column(String(40))
    """The number under which the household stands in a register."""
    household_name: Mapped[str] = mapped_column(String(200))
    household_key: Mapped[str | None] = mapped_column(String(64))
    """The keyed hash that the cases of that household carry."""
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    end_reason: Mapped[str | None] = mapped_column(Text)
