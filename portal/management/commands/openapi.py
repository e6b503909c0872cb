"""Write the OpenAPI description of /api/v1 to docs/openapi.yaml, as somebody sees it who may call everything."""

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import translation
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer

KEPT = settings.BASE_DIR / "docs/openapi.yaml"


class Command(BaseCommand):
    help = "Writes docs/openapi.yaml again, after a change of the API."

    def handle(self, *args, **options):
        KEPT.write_text(described(), "utf-8")
        self.stdout.write(f"{KEPT.relative_to(settings.BASE_DIR)} written")


def described():
    """The description as YAML."""
    with translation.override(settings.LANGUAGE_CODE):
        schema = SchemaGenerator().get_schema(request=None, public=True)
    return OpenApiYamlRenderer().render(schema, renderer_context={}).decode()
