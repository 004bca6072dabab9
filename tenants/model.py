"""The tree of unions: reference tables that every tenant may read; only administrators of a parent change them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import Base
from kernel.ids import new_id


class Level(Base):
    """A rung of the organisation; a new one is a new row. `rank` orders them from the top, with gaps. `line`: territorial or industry."""

    __tablename__ = "level"

    code: Mapped[str] = mapped_column(primary_key=True)
    rank: Mapped[int]
    line: Mapped[str]
    name: Mapped[str]


class Tenant(Base):
    """A union. `path` and `industry_path` end with a dot, so that a subtree is a half-open range in C collation."""

    __tablename__ = "tenant"
    __table_args__ = (
        Index("ix_tenant_parent", "parent_id", "id"),
        Index(
            "ix_tenant_industry_parent", "industry_parent_id", "id", postgresql_where="industry_parent_id is not null"
        ),
        Index("ix_tenant_industry_path", "industry_path", postgresql_where="industry_path is not null"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    level: Mapped[str] = mapped_column(ForeignKey("level.code"))
    credit_code: Mapped[str | None]
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("tenant.id"))
    path: Mapped[str] = mapped_column(Text(collation="C"), unique=True)
    industry_parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("tenant.id"))
    industry_path: Mapped[str | None] = mapped_column(Text(collation="C"))
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
