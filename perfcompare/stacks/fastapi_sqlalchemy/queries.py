"""The queries. Each reads the columns that its answer has, as those of Django in users/querysets.py do.

A session sends one statement after another: it must not be shared by tasks
(https://docs.sqlalchemy.org/en/21/orm/extensions/asyncio.html#using-asyncsession-with-concurrent-tasks).
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, load_only, selectinload

from perfcompare.contract.fastapi.models import UserIn
from perfcompare.core.limits import CACHED_PAGE_SIZE, MAX_LIMIT
from perfcompare.stacks.fastapi_sqlalchemy.tables import Address, Base, Post, Profile, Token, User

NEWEST: Final = 10
SUMMARIES: Final = select(User).options(load_only(User.name, User.email))
LISTING: Final = select(User).options(
    load_only(User.name, User.email, User.created_at),
    joinedload(User.profile).load_only(Profile.metadata_),
    # As many at a time as a page has: the default is 500, and then a second statement.
    selectinload(User.addresses, chunksize=MAX_LIMIT).load_only(Address.street, Address.city, Address.country),
)
POSTS: Final = select(Post).options(load_only(Post.title, Post.author_id, Post.created_at))


async def user_detail(session: AsyncSession, id: int) -> User | None:
    """The user with that id, or None."""
    return await session.scalar(SUMMARIES.where(User.id == id))


async def user_list(session: AsyncSession, limit: int, offset: int) -> Sequence[User]:
    """A page of users by id with metadata (joined) and addresses (one more statement)."""
    return (await session.scalars(LISTING.order_by(User.id).limit(limit).offset(offset))).all()


async def create_user(session: AsyncSession, user: UserIn) -> User:
    """Create a user. Raises IntegrityError when the e-mail address is taken."""
    # Django treats a password that begins with "!" as unusable.
    created = User(name=user.name, email=user.email, password="!" + secrets.token_urlsafe(30))
    session.add(created)
    await session.commit()
    return created


async def summaries(session: AsyncSession, page: int) -> Sequence[User]:
    """Page `page` (from 1) of the users by id."""
    start = (page - 1) * CACHED_PAGE_SIZE
    return (await session.scalars(SUMMARIES.order_by(User.id).limit(CACHED_PAGE_SIZE).offset(start))).all()


async def newest_users(session: AsyncSession) -> Sequence[User]:
    """The newest users, newest first."""
    newest = SUMMARIES.order_by(User.created_at.desc(), User.id.desc())
    return (await session.scalars(newest.limit(NEWEST))).all()


async def newest_posts(session: AsyncSession) -> Sequence[Post]:
    """The newest posts, newest first."""
    newest = POSTS.order_by(Post.created_at.desc(), Post.id.desc())
    return (await session.scalars(newest.limit(NEWEST))).all()


async def count(session: AsyncSession, table: type[Base]) -> int:
    """How many rows there are."""
    return (await session.scalars(select(func.count()).select_from(table))).one()


async def user_of_token(session: AsyncSession, key: str) -> User | None:
    """The active user who owns that token, or None: one joined statement."""
    owner = SUMMARIES.join(Token, Token.user_id == User.id).where(Token.key == key, User.is_active)
    return await session.scalar(owner)
