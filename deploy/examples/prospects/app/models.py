"""The tables as the application sees them."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, Optional

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Numeric,
    String,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    """Gives every constraint a name, so that a migration can drop it by name."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Prospect(Base):
    """A person or company that sales may write to."""

    __tablename__ = "prospects"
    __table_args__ = (
        CheckConstraint("status IN ('new', 'contacted', 'qualified', 'lost')", name="status"),
        Index("ix_prospects_status_lead_score", "status", "lead_score"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    display_name: Mapped[str] = mapped_column(String(200))
    country_code: Mapped[Optional[str]] = mapped_column(String(2))
    source: Mapped[Optional[str]] = mapped_column(String(60))
    status: Mapped[str] = mapped_column(String(20), server_default="new")
    lead_score: Mapped[int] = mapped_column(Integer, server_default="0")
    bio_text: Mapped[Optional[str]] = mapped_column(Text)
    external_links: Mapped[list[Any]] = mapped_column(JSONB, server_default=text("'[]'::jsonb"))
    follower_count: Mapped[Optional[int]] = mapped_column(BigInteger)
    engagement_rate: Mapped[Optional[Decimal]] = mapped_column(Numeric(7, 4))
    preferred_language: Mapped[Optional[str]] = mapped_column(String(8))
    last_enriched_at: Mapped[Optional[datetime]] = mapped_column(DateTime(timezone=True))
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())

    emails: Mapped[list[ProspectEmail]] = relationship(back_populates="prospect")
    websites: Mapped[list[Website]] = relationship(back_populates="prospect")
    social_profiles: Mapped[list[SocialProfile]] = relationship(back_populates="prospect")


class ProspectEmail(Base):
    """One address of a prospect."""

    __tablename__ = "prospect_emails"
    __table_args__ = (
        UniqueConstraint("prospect_id", "address"),
        CheckConstraint("verification IN ('unknown', 'valid', 'bounced')", name="verification"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    prospect_id: Mapped[int] = mapped_column(ForeignKey("prospects.id", ondelete="CASCADE"))
    address: Mapped[str] = mapped_column(String(320))
    is_primary: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    verification: Mapped[str] = mapped_column(String(20), server_default="unknown")
    verified_at: Mapped[Optional[datetime]] = mapped_column(DateTime(timezone=True))

    prospect: Mapped[Prospect] = relationship(back_populates="emails")


class Website(Base):
    """A site that belongs to a prospect."""

    __tablename__ = "websites"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    prospect_id: Mapped[int] = mapped_column(ForeignKey("prospects.id", ondelete="CASCADE"), index=True)
    url: Mapped[str] = mapped_column(Text)
    title: Mapped[Optional[str]] = mapped_column(String(300))
    last_crawled_at: Mapped[Optional[datetime]] = mapped_column(DateTime(timezone=True))

    prospect: Mapped[Prospect] = relationship(back_populates="websites")


class SocialProfile(Base):
    """A profile on a platform; a handle is unique there."""

    __tablename__ = "social_profiles"
    __table_args__ = (UniqueConstraint("platform", "handle"),)

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    prospect_id: Mapped[int] = mapped_column(ForeignKey("prospects.id", ondelete="CASCADE"), index=True)
    platform: Mapped[str] = mapped_column(String(30))
    handle: Mapped[str] = mapped_column(String(120))
    profile_url: Mapped[Optional[str]] = mapped_column(Text)

    prospect: Mapped[Prospect] = relationship(back_populates="social_profiles")


class OutreachEvent(Base):
    """Something that was sent to a prospect, or came back."""

    __tablename__ = "outreach_events"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    prospect_id: Mapped[int] = mapped_column(ForeignKey("prospects.id", ondelete="CASCADE"), index=True)
    channel: Mapped[str] = mapped_column(String(20))
    note: Mapped[Optional[str]] = mapped_column(Text)
    happened_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
