"""Authentication with the tokens of Django REST framework, as in every stack."""

from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from dmr.exceptions import NotAuthenticatedError
from dmr.security.token.auth.header import HeaderTokenAsyncAuth
from dmr.security.token.request import set_request_attrs
from rest_framework.authtoken.models import Token


class TokenAuth(HeaderTokenAsyncAuth):
    """Accepts `Authorization: Token <key>`. The tokens are those of the other stacks."""

    def __init__(self) -> None:
        super().__init__(header_name="Authorization", prefix="Token")

    def get_raw_token(self, request: HttpRequest) -> str | None:
        """The token. The base class knows the scheme in this spelling only, with one blank behind it."""
        scheme, _, token = request.headers.get(self.header_name, "").partition(" ")
        return token.strip(" ") if scheme.lower() == self.prefix.lower() else None

    async def authenticate(self, request: HttpRequest, raw_token: str) -> AbstractBaseUser:
        """The active user who owns the token, as the user of `request`. Raises NotAuthenticatedError without one."""
        try:
            found = await Token.objects.select_related("user").aget(key=raw_token)
        except Token.DoesNotExist as error:
            raise NotAuthenticatedError from error
        user: AbstractBaseUser = found.user
        await self.check_user(user)
        set_request_attrs(request, user)
        return user
