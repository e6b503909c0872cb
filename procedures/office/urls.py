"""URLs of the catalogue's back-office."""

from django.urls import path

from procedures.office import condition_views, example_views, file_views, form_detail_views, form_views, views

app_name = "office"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("tep/", file_views.files_home, name="files"),
    path("tep/danh-muc.zip", file_views.everything, name="everything"),
    path("tep/danh-muc.xlsx", file_views.index, name="index"),
    path("tep/<int:pk>/", file_views.file, name="file"),
    path("<str:code>/", views.procedure, name="procedure"),
    path("<str:code>/ngung/", views.end, name="end"),
    path("<str:code>/phien-ban/<int:number>/", views.start, name="start"),
    path("<str:code>/phien-ban/<int:number>/tep.json", file_views.version_file, name="version_file"),
    path("<str:code>/kem-ban-cai/", views.start_from_shipped, name="shipped"),
    path("<str:code>/ban-thao/", views.draft, name="draft"),
    path("<str:code>/ban-thao/xem-truoc/", views.preview, name="preview"),
    path("<str:code>/ban-thao/to-khai/", form_views.form, name="form"),
    path("<str:code>/ban-thao/to-khai/<int:number>/", form_views.form_page, name="form_page"),
    path("<str:code>/ban-thao/to-khai/kiem-tra/", form_detail_views.checks, name="form_checks"),
    path("<str:code>/ban-thao/to-khai/kiem-tra/<str:place>/", form_detail_views.check_condition, name="form_check_condition"),
    path("<str:code>/ban-thao/to-khai/<int:number>/o/<int:position>/", form_detail_views.field, name="form_field"),
    path("<str:code>/ban-thao/to-khai/<int:number>/<str:place>/", form_detail_views.condition, name="form_condition"),
    path("<str:code>/ban-thao/vi-du/", example_views.examples, name="examples"),
    path("<str:code>/ban-thao/vi-du/<slug:key>/", example_views.example, name="example"),
    path("<str:code>/ban-thao/con-thieu/", views.beside, name="beside"),
    path("<str:code>/ban-thao/<slug:slug>/tu-luu/", views.autosave, name="autosave"),
    path("<str:code>/ban-thao/<slug:slug>/", views.section, name="section"),
    path("<str:code>/ban-thao/<slug:slug>/<str:place>/", condition_views.condition, name="condition"),
]
