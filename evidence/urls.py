"""Addresses of the evidence room."""

from django.urls import URLPattern, URLResolver, path

from evidence import views

app_name = "evidence"
urlpatterns: list[URLPattern | URLResolver] = [
    path("<int:item_id>/", views.show, name="show"),
    path("<int:item_id>/thumbnail/", views.thumbnail, name="thumbnail"),
    path("<int:item_id>/pages/<int:number>/", views.page, name="page"),
]
