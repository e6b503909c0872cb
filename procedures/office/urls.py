"""URLs of the catalogue's back-office."""

from django.urls import path

from procedures.office import condition_views, example_views, views

app_name = "office"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("<str:code>/", views.procedure, name="procedure"),
    path("<str:code>/ngung/", views.end, name="end"),
    path("<str:code>/phien-ban/<int:number>/", views.start, name="start"),
    path("<str:code>/ban-thao/", views.draft, name="draft"),
    path("<str:code>/ban-thao/xem-truoc/", views.preview, name="preview"),
    path("<str:code>/ban-thao/vi-du/", example_views.examples, name="examples"),
    path("<str:code>/ban-thao/vi-du/<slug:key>/", example_views.example, name="example"),
    path("<str:code>/ban-thao/<slug:slug>/", views.section, name="section"),
    path("<str:code>/ban-thao/<slug:slug>/<str:place>/", condition_views.condition, name="condition"),
]
