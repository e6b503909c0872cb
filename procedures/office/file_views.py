"""Pages for files of the catalogue: export, and import with what it would do shown first."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from portal.common.spreadsheets import Workbook
from procedures.models import CatalogueFile, Procedure, ProcedureVersion, VersionState
from procedures.office import drafts, files
from procedures.office.permissions import may_edit
from procedures.office.views import for_the_office

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
KINDS = {
    "create": gettext_lazy("thủ tục mới"),
    "change": gettext_lazy("thay đổi"),
    "same": gettext_lazy("không khác, bỏ qua"),
    "conflict": gettext_lazy("xung đột"),
    "wrong": gettext_lazy("sai"),
}


class FileForm(forms.Form):
    """One JSON file, or a zip archive of them."""

    file = forms.FileField(
        label=gettext_lazy("Tệp .json của một thủ tục, hoặc tệp .zip của nhiều thủ tục"),
        allow_empty_file=False,
        error_messages={"required": gettext_lazy("Chọn tệp."), "empty": gettext_lazy("Tệp trống.")},
    )

    def clean_file(self) -> list[dict[str, object]]:
        """The entries of the file."""
        sent = self.cleaned_data["file"]
        if sent.size > files.MAX_BYTES:
            raise forms.ValidationError(_("Tệp lớn quá %(n)d MB.") % {"n": files.MAX_BYTES // 1_000_000})
        self.name, self.content = sent.name, sent.read()
        try:
            return files.read(sent.name, self.content)
        except files.FileRefused as refused:
            raise forms.ValidationError(str(refused)) from refused


@require_http_methods(["GET", "HEAD", "POST"])
@for_the_office
def files_home(request: HttpRequest) -> HttpResponse:
    """Export, and send a file to see what importing it would do."""
    form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
    if request.method == "POST":
        if not may_edit(request.user):
            raise PermissionDenied
        if form.is_valid():
            return redirect("office:file", kept(form.name, form.content, form.cleaned_data["file"], by=request.user).pk)
    used = CatalogueFile.objects.exclude(used_at=None).select_related("by").order_by("-pk")[:20]
    context = {"form": form, "edits": may_edit(request.user), "used": used}
    return render(request, "procedures/office/files.html", context, status=422 if form.errors else 200)


def kept(name: str, content: bytes, entries: list[dict[str, object]], *, by: User | None) -> CatalogueFile:
    """The row of a file; the earlier ones of this person that were not imported are forgotten."""
    CatalogueFile.objects.filter(by=by, used_at=None).delete()
    digest = files.digest(content)
    return CatalogueFile.objects.create(name=name[:200], sha256=digest, entries=entries, by=by)


@require_http_methods(["GET", "HEAD", "POST"])
@for_the_office
def file(request: HttpRequest, pk: int) -> HttpResponse:
    """What importing this file would do; import it."""
    if not may_edit(request.user):
        raise Http404
    found = get_object_or_404(CatalogueFile, pk=pk, used_at=None)
    if request.method == "POST":
        try:
            made = files.to_drafts(found, by=request.user)
        except (files.ImportRefused, drafts.NotPossible) as refused:
            messages.error(request, str(refused))
            return redirect("office:file", pk)
        messages.success(request, _("Đã mở %(n)d bản thảo. Người thứ hai duyệt từng bản thì mới công bố.") % {"n": made})
        return redirect("office:overview")
    rows = files.plan(found.entries)
    context = {
        "file": found,
        "rows": [(row, KINDS[row.kind]) for row in rows],
        "counts": [(label, sum(row.kind == kind for row in rows)) for kind, label in KINDS.items()],
        "possible": any(row.kind in ("create", "change") for row in rows)
        and not any(row.kind in ("wrong", "conflict") for row in rows),
    }
    return render(request, "procedures/office/file.html", context)


@require_safe
@for_the_office
def version_file(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """One published version as a JSON file."""
    rows = ProcedureVersion.objects.exclude(state=VersionState.DRAFT)
    version = get_object_or_404(rows, procedure__code=code, number=number)
    return _download(files.text_of(version).encode(), "application/json", f"{code}.json")


@require_safe
@for_the_office
def everything(request: HttpRequest) -> HttpResponse:
    """All versions in effect as an archive."""
    rows = ProcedureVersion.objects.filter(state=VersionState.PUBLISHED).order_by("procedure__code")
    return _download(files.archive(rows.iterator(chunk_size=50)), "application/zip", "danh-muc.zip")


@require_safe
@for_the_office
def index(request: HttpRequest) -> HttpResponse:
    """The whole index as an Excel file."""
    columns = [
        (_("Mã"), "text", 12), (_("Tên"), "text", 80), (_("Lĩnh vực"), "text", 40), (_("Mức công bố"), "number", 12),
        (_("Nộp được ở đây"), "text", 14), (_("Phiên bản"), "number", 10), (_("Có hiệu lực từ"), "day", 14),
    ]  # fmt: skip
    rows = Procedure.objects.announced().order_by("code").values_list(
        "code", "name", "sector__name", "declared_level", "listed", "current__number", "current__effective_from"
    )  # fmt: skip
    shown = [(*row[:2], row[2] or "", row[3], _("không") if row[4] else _("có"), *row[5:]) for row in rows.iterator()]
    book = Workbook()
    book.sheet(_("Thủ tục"), _("Danh mục thủ tục hành chính"), columns, shown)
    return _download(book.content(), XLSX, "danh-muc.xlsx")


def _download(content: bytes, kind: str, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
