"""The measure: the smallest honest Django page, one indexed query and one small template, without middleware.

A program of its own on the database that DATABASE_URL names; `make_table` writes its one row.
"""

import os

import dj_database_url
import django
from django.conf import settings

TEMPLATE = """<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>{{ thing.title }}</title></head><body>
<h1>{{ thing.title }}</h1><dl><dt>Mã</dt><dd>{{ thing.code }}</dd><dt>Thời hạn</dt><dd>{{ thing.days }} ngày</dd></dl>
<ul>{% for step in steps %}<li>{{ forloop.counter }}. {{ step }}</li>{% endfor %}</ul><p>{{ thing.body|linebreaksbr }}</p>
</body></html>"""
STEPS = ["Nộp hồ sơ", "Tiếp nhận", "Thẩm định", "Phê duyệt", "Trả kết quả"]
TABLE = "bench_thing"
ROW = ("BENCH-1", "Đăng ký tạm trú", 7, "Cơ quan tiếp nhận kiểm tra giấy tờ, giải quyết và trả kết quả.\n" * 8)


def make_table(connection):
    """The table with one row, in this database, readable by whoever connects."""
    with connection.cursor() as cursor:
        columns = "id bigserial PRIMARY KEY, code varchar(20) UNIQUE, title varchar(200), days int, body text"
        cursor.execute(f"CREATE TABLE IF NOT EXISTS {TABLE} ({columns})")
        cursor.execute(f"INSERT INTO {TABLE} (code, title, days, body) VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING", ROW)
        cursor.execute(f"GRANT SELECT ON {TABLE} TO PUBLIC")


def application():
    """The WSGI application. Sets Django up, so only for a process of its own."""
    loader = ("django.template.loaders.locmem.Loader", {"thing.html": TEMPLATE})
    settings.configure(
        SECRET_KEY="of no use to anybody",
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF=__name__,
        LANGUAGE_CODE="vi",
        USE_TZ=True,
        DATABASES={"default": dj_database_url.parse(os.environ["DATABASE_URL"], conn_max_age=600)},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        LOGGING_CONFIG=None,
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "OPTIONS": {"loaders": [("django.template.loaders.cached.Loader", [loader])]},
            }
        ],
    )
    django.setup()
    from django.core.wsgi import get_wsgi_application
    from django.db import models
    from django.shortcuts import render
    from django.urls import path

    class Thing(models.Model):
        code = models.CharField(max_length=20, unique=True)
        title = models.CharField(max_length=200)
        days = models.IntegerField()
        body = models.TextField()

        class Meta:
            app_label, db_table = "bench", TABLE

    def page(request, code):
        return render(request, "thing.html", {"thing": Thing.objects.get(code=code), "steps": STEPS})

    global urlpatterns
    urlpatterns = [path("<str:code>", page)]
    return get_wsgi_application()


urlpatterns: list = []
if os.environ.get("BENCH_BARE"):
    wsgi = application()
