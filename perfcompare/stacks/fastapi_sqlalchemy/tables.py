"""The tables that Django migrated, as SQLAlchemy's declarative models."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import BigInteger, DateTime, ForeignKey, String, Text, false, func, true
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    """The base of all models."""

    type_annotation_map: ClassVar[dict[Any, Any]] = {
        int: BigInteger,
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB,
    }


class User(Base):
    """A person who signs in with an e-mail address."""

    __tablename__ = "users_user"

    id: Mapped[int] = mapped_column(primary_key=True)
    password: Mapped[str] = mapped_column(String(128))
    last_login: Mapped[datetime | None]
    is_superuser: Mapped[bool] = mapped_column(server_default=false())
    name: Mapped[str] = mapped_column(String(150))
    email: Mapped[str] = mapped_column(String(254), unique=True)
    is_active: Mapped[bool] = mapped_column(server_default=true())
    is_staff: Mapped[bool] = mapped_column(server_default=false())
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    profile: Mapped[Profile | None] = relationship(back_populates="user", lazy="raise")
    addresses: Mapped[list[Address]] = relationship(back_populates="user", order_by="Address.id", lazy="raise")


class Profile(Base):
    """What a user says about themselves. SQLAlchemy keeps the name `metadata` for itself."""

    __tablename__ = "users_profile"

    id: Mapped[int] = mapped_column(primary_key=True)
    bio: Mapped[str] = mapped_column(Text)
    metadata_: Mapped[dict[str, Any]] = mapped_column("metadata")
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), unique=True)

    user: Mapped[User] = relationship(back_populates="profile", lazy="raise")


class Address(Base):
    """A place where a user can be reached."""

    __tablename__ = "users_address"

    id: Mapped[int] = mapped_column(primary_key=True)
    street: Mapped[str] = mapped_column(String(200))
    city: Mapped[str] = mapped_column(String(100))
    country: Mapped[str] = mapped_column(String(100))
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id))

    user: Mapped[User] = relationship(back_populates="addresses", lazy="raise")


class Post(Base):
    """Something a user wrote."""

    __tablename__ = "users_post"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    author_id: Mapped[int] = mapped_column(ForeignKey(User.id))


class Token(Base):
    """The token of a user: Django REST Framework's."""

    __tablename__ = "authtoken_token"

    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    created: Mapped[datetime]
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), unique=True)
