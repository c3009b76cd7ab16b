"""Serializers for input and output."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError
from rest_framework import serializers

from perfcompare.contract.drf_input import STRICT_FIELDS, IntegerField, TextField
from perfcompare.core.limits import (
    DEFAULT_DELAY_MS,
    DEFAULT_INTERVAL_MS,
    DEFAULT_LIMIT,
    DEFAULT_PARTS,
    MAX_DELAY_MS,
    MAX_ID,
    MAX_LIMIT,
    MAX_PAGE,
    MAX_PARTS,
    MAX_TAG_LENGTH,
    MAX_TAGS,
)
from users.models import Address, Post, User


class UserSerializer(serializers.ModelSerializer[User]):
    """A user without addresses and metadata. It validates new users too."""

    serializer_field_mapping = STRICT_FIELDS

    class Meta:
        model = User
        fields = ["id", "name", "email"]

    def create(self, validated_data: dict[str, Any]) -> User:
        """Create the user. Raises ValidationError when another request took the address after the check."""
        try:
            return User.objects.create_user(**validated_data)
        except IntegrityError as error:
            raise serializers.ValidationError({"email": ["This address is taken."]}) from error


class AddressSerializer(serializers.ModelSerializer[Address]):
    """A user's address."""

    class Meta:
        model = Address
        fields = ["street", "city", "country"]


class UserPageSerializer(serializers.ModelSerializer[User]):
    """A user with addresses and metadata."""

    addresses = AddressSerializer(many=True, read_only=True)

    class Meta:
        model = User
        fields = ["id", "name", "email", "created_at", "addresses", "metadata"]


class PostSerializer(serializers.ModelSerializer[Post]):
    """A post without its body."""

    class Meta:
        model = Post
        fields = ["id", "title", "author_id", "created_at"]


class ItemsQuerySerializer(serializers.Serializer[Any]):
    """The parameters of `items`."""

    skip = IntegerField(min_value=0, max_value=MAX_ID, default=0)
    limit = IntegerField(min_value=1, max_value=MAX_LIMIT, default=DEFAULT_LIMIT)
    tags = serializers.ListField(
        child=TextField(max_length=MAX_TAG_LENGTH, trim_whitespace=False), max_length=MAX_TAGS, default=list
    )


class PageQuerySerializer(serializers.Serializer[Any]):
    """The parameter of `cached-users`."""

    page = IntegerField(min_value=1, max_value=MAX_PAGE, default=1)


class DelayQuerySerializer(serializers.Serializer[Any]):
    """The parameter of `upstream`."""

    delay_ms = IntegerField(min_value=0, max_value=MAX_DELAY_MS, default=DEFAULT_DELAY_MS)


class StreamQuerySerializer(serializers.Serializer[Any]):
    """The parameters of `stream`."""

    parts = IntegerField(min_value=1, max_value=MAX_PARTS, default=DEFAULT_PARTS)
    interval_ms = IntegerField(min_value=0, max_value=MAX_DELAY_MS, default=DEFAULT_INTERVAL_MS)
