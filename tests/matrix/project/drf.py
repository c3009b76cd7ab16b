"""DRF's and adrf's views."""

from __future__ import annotations

from typing import Any

from adrf.views import APIView
from asgiref.sync import sync_to_async
from django_filters import rest_framework as filters
from rest_framework import permissions, routers, serializers, viewsets
from rest_framework.response import Response

from tests.matrix.project.models import Author, Book, Profile

try:
    from adrf.serializers import ModelSerializer
except ImportError:  # the earliest adrf
    from rest_framework.serializers import ModelSerializer


class BookSerializer(serializers.ModelSerializer):
    class Meta:
        model = Book
        exclude = ("author",)


class ProfileSerializer(serializers.ModelSerializer):
    class Meta:
        model = Profile
        fields = ("bio",)


class AuthorSerializer(serializers.ModelSerializer):
    class Meta:
        model = Author
        fields = "__all__"


class WholeAuthorSerializer(serializers.ModelSerializer):
    profile = ProfileSerializer(read_only=True, default=None)
    books = BookSerializer(many=True, read_only=True)
    shouted = serializers.SerializerMethodField()

    class Meta:
        model = Author
        fields = ("id", "name", "email", "born", "active", "tags", "profile", "books", "shouted")

    def get_shouted(self, author: Author) -> str:
        return author.name.upper()


class Authors(viewsets.ModelViewSet):
    queryset = Author.objects.order_by("id")
    serializer_class = AuthorSerializer
    permission_classes = (permissions.IsAuthenticatedOrReadOnly,)


class WholeAuthors(viewsets.ReadOnlyModelViewSet):
    queryset = Author.objects.select_related("profile").prefetch_related("books").order_by("id")
    serializer_class = WholeAuthorSerializer


class BookFilter(filters.FilterSet):
    order = filters.OrderingFilter(fields=("title", "price"))

    class Meta:
        model = Book
        fields = {"title": ["exact", "icontains"], "author": ["exact"], "price": ["lt", "range"], "code": ["exact"]}


class Books(viewsets.ModelViewSet):
    queryset = Book.objects.order_by("id")
    serializer_class = BookSerializer
    filter_backends = (filters.DjangoFilterBackend,)
    filterset_class = BookFilter


class AsyncAuthorSerializer(ModelSerializer):
    class Meta:
        model = Author
        fields = ("id", "name", "email", "tags")


class AsyncAuthors(APIView):
    permission_classes = (permissions.IsAuthenticatedOrReadOnly,)

    async def get(self, request: Any) -> Response:
        serializer = AsyncAuthorSerializer(Author.objects.order_by("id"), many=True)
        if hasattr(serializer, "adata"):
            return Response(await serializer.adata)
        return Response(await sync_to_async(lambda: serializer.data)())

    async def post(self, request: Any) -> Response:
        author = await Author.objects.acreate(name=request.data["name"], email=request.data["email"])
        again = await Author.objects.aget(email=author.email)
        return Response({"id": again.pk, "number": await Author.objects.acount()}, status=201)


router = routers.SimpleRouter()
router.register("authors", Authors, basename="author")
router.register("whole-authors", WholeAuthors, basename="whole-author")
router.register("books", Books)
