"""Links by which outsiders read a post before it is public."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bluelog.extensions import Base
from bluelog.models.base import UTCDateTime
from bluelog.models.user import User


class PreviewLink(Base):
    """Whoever has its address may read the post. It is signed when shown, so no row is a way in.

    It is revoked by deleting the row, and goes with its post and with who made it.
    """

    __tablename__ = "preview_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    submission_id: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)

    user: Mapped[User] = relationship(lazy="raise")
