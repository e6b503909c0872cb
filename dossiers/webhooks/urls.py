from django.urls import path

from dossiers.webhooks import views

app_name = "webhooks"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("<int:pk>/", views.endpoint, name="endpoint"),
]
