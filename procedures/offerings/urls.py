"""URLs of the pages where an agency changes what it states about itself."""

from django.urls import path

from procedures.offerings import place_views, views

app_name = "offerings"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("<str:code>/", views.desk, name="desk"),
    path("<str:code>/cap-duoi/", views.below, name="below"),
    path("<str:code>/thu-tuc/", views.offerings, name="offerings"),
    path("<str:code>/thu-tuc-moi/", views.add, name="add"),
    path("<str:code>/thu-tuc/<str:procedure>/ngung/", views.end, name="end"),
    path("<str:code>/thu-tuc/<str:procedure>/", views.offering, name="offering"),
    path("<str:code>/thu-tuc/<str:procedure>/ap-dung/", views.many, name="many"),
    path("<str:code>/thu-tuc/<str:procedure>/noi-nop/", place_views.move, name="move"),
    path("<str:code>/muc-thu/", place_views.amounts, name="amounts"),
    path("<str:code>/muc-thu/<str:procedure>/", place_views.amounts_of, name="amounts_of"),
    path("<str:code>/muc-thu/<str:procedure>/bo/", place_views.withdraw_amount, name="withdraw_amount"),
]
