"""How the result comes to the citizen, in plain words: by post with each notice of the carrier, or at the counter."""

from django.utils.translation import gettext as _

from accounts.addresses import address_text
from dossiers.choices import DeliveryWay, ParcelState, Payer
from dossiers.states import DossierState
from portal.common.dates import moment
from portal.common.identity import phone_for_display
from portal.common.money import dong


def _words(state):
    return {
        ParcelState.ORDERED: _("Đã báo bưu điện, chờ bưu điện trả lời"),
        ParcelState.LABELLED: _("Chờ bưu điện đến lấy"),
        ParcelState.PICKED_UP: _("Bưu điện đã lấy kết quả"),
        ParcelState.IN_TRANSIT: _("Đang trên đường"),
        ParcelState.DELIVERED: _("Đã phát"),
        ParcelState.REFUSED: _("Người nhận không nhận"),
        ParcelState.UNKNOWN_ADDRESS: _("Bưu tá không tìm thấy địa chỉ"),
        ParcelState.LOST: _("Bưu điện báo thất lạc"),
        ParcelState.BROUGHT_BACK: _("Đã chuyển về bộ phận một cửa"),
        ParcelState.NOT_TAKEN: _("Bưu điện không nhận gửi"),
        ParcelState.CANCELLED: _("Bộ phận một cửa đã hủy gửi"),
    }[ParcelState(state)]


def promise(dossier):
    """The sentence about a result by post that is there: what happens now. Empty for other ways."""
    if dossier.state != DossierState.COMPLETED or dossier.delivery_way != DeliveryWay.POST:
        return ""
    desk = dossier.receiving_agency
    facts = {"desk": desk.desk_name or desk.name, "phone": phone_for_display(desk.desk_phone)}
    parcel = dossier.parcels.order_by("-pk").first()
    if parcel is None:
        facts["address"] = address_text(dossier.delivery_address)
        return _("%(desk)s gửi bưu điện tới: %(address)s. Gửi rồi thì ở đây có số hiệu để theo dõi.") % facts
    if parcel.state == ParcelState.CANCELLED:
        return _("%(desk)s đã hủy lần gửi này. Gọi %(phone)s để hẹn gửi lại, hoặc đến nhận.") % facts
    if parcel.is_undelivered:
        return _("Bưu điện không giao được. Gọi %(phone)s để hẹn gửi lại, hoặc đến %(desk)s nhận.") % facts
    return _("Bưu điện sẽ mang đến địa chỉ ghi bên dưới.")


def parcels(dossier):
    """The parcels for the page, newest first: {"number", "to", "cost", "items"} with `items` for ui/timeline.html."""
    rows = dossier.parcels.prefetch_related("notices").order_by("-pk")
    return [
        {"number": row.tracking, "to": f"{row.recipient}, {row.address}", "cost": _cost(row), "items": _items(row)}
        for row in rows
    ]


def _cost(parcel):
    if parcel.payer == Payer.AGENCY:
        return _("Cơ quan trả tiền gửi, người nhận không phải trả.")
    if parcel.postage is None:
        return _("Tiền gửi trả cho bưu tá khi nhận.")
    return _("Tiền gửi %(sum)s, trả cho bưu tá khi nhận.") % {"sum": dong(parcel.postage)}


def _items(parcel):
    items = [{"state": "done", "title": _("Bộ phận một cửa đã đặt gửi"), "text": moment(parcel.ordered_at), "icon": "mail"}]
    for notice in parcel.notices.all():
        where = f"{moment(notice.happened_at)} · {notice.place}" if notice.place else moment(notice.happened_at)
        items.append({"state": "done", "title": _words(notice.state), "text": where, "lines": _said(notice)})
    if not parcel.notices.all():
        items.append({"state": "now", "title": _words(parcel.state), "text": ""})
    return items


def _said(notice):
    if not notice.words:
        return []
    said = _("Người nhận: %s") if notice.state == ParcelState.DELIVERED else _("Bưu điện ghi: “%s”")
    return [said % notice.words]
