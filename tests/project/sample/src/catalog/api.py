"""As a team writes it in a hurry: orders ask for each product and its category, one by one."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django_filters import rest_framework as filters
from rest_framework import serializers, viewsets
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog.models import Category, Order, Product


class CategorySerializer(serializers.ModelSerializer[Any]):
    class Meta:
        model = Category
        fields = ["id", "name", "slug"]


class ProductSerializer(serializers.ModelSerializer[Any]):
    category = CategorySerializer(read_only=True)
    category_id = serializers.PrimaryKeyRelatedField(
        queryset=Category.objects.all(), source="category", write_only=True
    )
    is_cheap = serializers.SerializerMethodField()

    class Meta:
        model = Product
        fields = [
            "id",
            "name",
            "description",
            "price",
            "category",
            "category_id",
            "tags",
            "picture",
            "is_cheap",
            "created_at",
        ]

    def get_is_cheap(self, product: Product) -> bool:
        return product.price < 10


class OrderSerializer(serializers.ModelSerializer[Any]):
    product = ProductSerializer(read_only=True)
    product_id = serializers.PrimaryKeyRelatedField(queryset=Product.objects.all(), source="product", write_only=True)

    class Meta:
        model = Order
        fields = ["id", "number", "placed_at", "product", "product_id"]


class ProductFilter(filters.FilterSet):
    cheaper_than = filters.NumberFilter(field_name="price", lookup_expr="lt")

    class Meta:
        model = Product
        fields = ["category", "category__slug", "name"]


class ProductViewSet(viewsets.ModelViewSet[Any]):
    queryset = Product.objects.select_related("category")
    serializer_class = ProductSerializer
    filterset_class = ProductFilter
    search_fields = ["name", "description"]
    ordering_fields = ["price", "created_at"]


class CategoryViewSet(viewsets.ReadOnlyModelViewSet[Any]):
    queryset = Category.objects.all()
    serializer_class = CategorySerializer
    lookup_field = "slug"


class OrderViewSet(viewsets.ModelViewSet[Any]):
    serializer_class = OrderSerializer
    permission_classes = [IsAuthenticated]

    def get_queryset(self) -> QuerySet[Order]:
        return Order.objects.filter(person_id=self.request.user.pk)

    def perform_create(self, serializer: Any) -> None:
        serializer.save(person=self.request.user)


class Now(APIView):
    """Its answers differ each time."""

    def get(self, request: Request) -> Response:
        return Response({"now": timezone.now(), "zone": str(timezone.get_current_timezone())})
