"""Which posts are about the same, as the worker found out."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from bluelog.extensions import Base
from bluelog.models.base import UTCDateTime


class PostRelation(Base):
    """That another post is related to one, and how closely.

    Either may have ceased to be public since: whoever shows one asks.
    """

    __tablename__ = "post_relation"
    __table_args__ = (
        Index("ix_post_relation_related", "related_id"),
        {"sqlite_with_rowid": False},
    )

    post_id: Mapped[int] = mapped_column(
        ForeignKey("post.id", ondelete="CASCADE"), primary_key=True
    )
    related_id: Mapped[int] = mapped_column(
        ForeignKey("post.id", ondelete="CASCADE"), primary_key=True
    )
    score: Mapped[int] = mapped_column(Integer)


class RelationDue(Base):
    """That a post changed at a time, and that it is still to be found out what is related to it."""

    __tablename__ = "relation_due"
    __table_args__ = (Index("ix_relation_due_since", "since", "post_id"),)

    post_id: Mapped[int] = mapped_column(
        ForeignKey("post.id", ondelete="CASCADE"), primary_key=True
    )
    since: Mapped[datetime] = mapped_column(UTCDateTime)
