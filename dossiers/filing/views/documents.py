"""The page of the wizard for documents: upload, view and remove files."""

from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dossiers.files.changing import FilesClosed, open_files
from dossiers.files.checking import ACCEPT, megabytes, safe_name
from dossiers.files.models import NAMES, OTHER_PAPERS
from dossiers.files.receiving import check, receive, sender_of
from dossiers.filing import rules
from dossiers.filing.judging import DOCUMENTS
from dossiers.filing.views.too_late import closed
from portal.common.dates import moment
from portal.common.figures import number_in


def documents(request, filing):
    """Show, upload, remove, continue. Works without scripts; with them a chosen file is uploaded at once."""
    if request.method != "POST":
        return _page(request, filing)
    try:
        removed, refused = _change_files(request, filing.draft)
    except FilesClosed as late:
        return closed(request, late.dossier)
    if "xoa" in request.POST and not refused:
        return redirect(filing.url(DOCUMENTS) + _anchor(removed.item_key if removed else ""))
    if refused:
        return _page(request, filing, refused=refused)
    if "gui" in request.POST:
        return redirect(filing.url(DOCUMENTS) + _anchor(request.POST["gui"]))
    if "luu-va-thoat" in request.POST:
        messages.success(request, _("Đã lưu bản nháp. Lúc nào mở lại cũng làm tiếp được từ chỗ đang dở."))
        return redirect("dossiers:dashboard")
    missing = rules.missing_documents(filing.draft)
    if missing:
        return _page(
            request, filing, missing={ask.key: _("Gửi ít nhất một tệp: %(paper)s") % {"paper": ask.name} for ask in missing}
        )
    filing.looked_at(DOCUMENTS)
    return redirect(filing.url(filing.following(DOCUMENTS).key))


def _change_files(request, draft):
    """Remove a file and receive the uploads. Returns (the removed file or None, {item key: [sentences]} of refused uploads).

    An upload for a document that the answers do not ask for (any more) is refused, under the key of other papers.
    """
    if not request.FILES and "xoa" not in request.POST:
        return None, {}
    asked = {*(ask.key for ask in rules.asked_documents(draft)), OTHER_PAPERS}
    uploads, strange = [], []
    for name in request.FILES:
        key = name.removeprefix("tep-")
        if key in asked:
            uploads += check(key, request.FILES.getlist(name), who=sender_of(request))
        else:
            strange += [safe_name(file.name) for file in request.FILES.getlist(name)]
    with open_files(draft) as files:
        removed = files.remove(number_in(request.POST["xoa"])) if "xoa" in request.POST else None
        refused = receive(files, uploads, uploaded_by=request.user if request.user.is_authenticated else None).refused
    if strange:
        sentence = _("Chưa nhận: các câu trả lời hiện nay không yêu cầu giấy này. Nếu vẫn muốn gửi, chọn ở phần «Giấy tờ khác».")
        refused.setdefault(OTHER_PAPERS, []).extend(f"{name}: {sentence}" for name in strange)
    return removed, refused


def _page(request, filing, refused=None, missing=None):
    refused, missing = refused or {}, missing or {}
    files = list(filing.draft.attachments.current())
    asks = rules.asked_documents(filing.draft, files=files, form=filing.form)
    items = [
        {
            "key": ask.key,
            "id": input_id(ask.key),
            "ask": ask,
            "tiles": tiles(ask.files),
            "count": files_in_words(ask.files),
            "remark": filing.remarks.get(ask.key, ""),
            "errors": [*refused.get(ask.key, []), *([missing[ask.key]] if ask.key in missing else [])],
        }
        for ask in asks
        if ask.is_sent
    ]
    others = [file for file in files if file.item_key == OTHER_PAPERS]
    return render(
        request,
        "dossiers/filing/documents.html",
        filing.context(
            DOCUMENTS,
            items=items,
            other={
                "key": OTHER_PAPERS,
                "id": input_id(OTHER_PAPERS),
                "tiles": tiles(others),
                "errors": refused.get(OTHER_PAPERS, []),
            },
            required_count=sum(item["ask"].required for item in items),
            unneeded=unneeded(filing, asks),
            to_show=[ask for ask in asks if ask.only_shown],
            errors=[{"text": text, "href": f"#{item['id']}"} for item in items for text in item["errors"]]
            + [{"text": text, "href": f"#{input_id(OTHER_PAPERS)}"} for text in refused.get(OTHER_PAPERS, [])],
            accept=ACCEPT,
            limit=megabytes(settings.MAX_UPLOAD_BYTES),
        ),
    )


def already_in(database):
    """«Đã có trong cơ sở dữ liệu …»; CSDL is written in full."""
    return _("Đã có trong %s") % database.replace("CSDL", _("cơ sở dữ liệu"))


def unneeded(filing, asks):
    """Rows of documents that need no upload: replaced by data, or the form filled in on the portal."""
    rows = [{"kind": "ok", "title": ask.name, "note": already_in(ask.replaced_by_data)} for ask in asks if ask.replaced_by_data]
    if filing.form:
        rows.append({"kind": "ok", "title": filing.form.name, "note": _("Máy tự điền đúng mẫu từ các câu trả lời")})
    return rows


def tiles(files, *, removable=True, arranged=False):
    """Tiles of the files of one document, in order, each with a link to view and a button to remove it; with `arranged` also
    buttons to turn a picture and to put it one place earlier."""
    rows = []
    for number, file in enumerate(files, 1):
        address = reverse("files:view", args=[file.pk])
        picture = file.content_type.startswith("image/")
        rows.append(
            {
                "title": _("Trang %(n)d") % {"n": number} if picture else file.name,
                "note": " · ".join([megabytes(file.size), moment(file.uploaded_at), *_changed(file)]),
                "icon": "check",
                "thumb": reverse("files:thumbnail", args=[file.pk]) if picture else "",
                "picture": "doc",
                "href": address,
                "remove_name": "xoa" if removable else "",
                "remove_value": file.pk,
                "turn_value": file.pk if arranged and picture else "",
                "up_value": file.pk if arranged and number > 1 else "",
            }
        )
    return rows


def _changed(file):
    """What the copy that is shown lacks, for a PDF; a picture is always redrawn."""
    if file.is_redrawn and file.content_type == "application/pdf":
        return [_("bản xem đã bỏ phần tự chạy và liên kết; tệp gốc vẫn giữ")]
    return []


def files_by_paper(dossier):
    """The uploaded files by document: [{"name", "tiles"}] in the order of the procedure."""
    files = list(dossier.attachments.current())
    names = {item["key"]: item["name"] for group in dossier.version.facts["document_groups"] for item in group["documents"]}
    names |= {key: str(name) for key, name in NAMES.items()}
    keys = sorted({file.item_key for file in files}, key=lambda key: list(names).index(key) if key in names else len(names))
    return [
        {"name": names.get(key, key), "tiles": tiles([file for file in files if file.item_key == key], removable=False)}
        for key in keys
    ]


def files_in_words(files):
    """«3 tệp»; empty for none."""
    return ngettext("%(count)d tệp", "%(count)d tệp", len(files)) % {"count": len(files)} if files else ""


def input_id(key):
    """HTML id of the file input of a document: dots of the key become hyphens."""
    return f"f-{key.replace('.', '-')}"


def _anchor(key):
    return f"#g-{input_id(key)}" if key else ""
