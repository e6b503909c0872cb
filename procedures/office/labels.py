"""Words of the version document for civil servants: sections, fields and choices."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from procedures.wording import AUDIENCE, CHANNELS


@dataclass(frozen=True)
class Section:
    """A page of the editor: the keys of `facts` that stand on it."""

    slug: str
    title: str
    keys: tuple[str, ...]


SECTIONS = (
    Section(
        "chung",
        _("Thông tin chung"),
        (
            "name",
            "short_name",
            "aliases",
            "decision",
            "audience",
            "agency_levels",
            "declared_level",
            "online_scope",
            "partial_reason",
        ),
    ),
    Section("cach-nop", _("Cách nộp và thời hạn"), ("channels", "supplement_term")),
    Section("truong-hop", _("Trường hợp và câu hỏi"), ("questions",)),
    Section("giay-to", _("Giấy tờ"), ("document_groups",)),
    Section("phi", _("Phí, lệ phí"), ("fee_lines",)),
    Section("tra-phi", _("Lúc trả phí"), ("payment_timing", "payment_deadline")),
    Section("cac-buoc", _("Các bước và điều kiện"), ("steps", "conditions")),
    Section("ket-qua", _("Kết quả"), ("results",)),
    Section("can-cu", _("Căn cứ pháp lý"), ("legal_basis",)),
)
EXAMPLES = Section("vi-du", _("Ví dụ"), ("examples",))  # pages of their own: procedures.office.example_views
FORM = Section("to-khai", _("Tờ khai"), ("e_form",))  # pages of their own: procedures.office.form_views
FORM_FIELDS = {"show_if": _("hiện khi nào"), "required_if": _("bắt buộc khi nào")}
BY_SLUG = {section.slug: section for section in SECTIONS}
SECTION_OF = {key: section for section in (*SECTIONS, FORM, EXAMPLES) for key in section.keys}

FIELDS = {
    "name": _("Tên"),
    "short_name": _("Tên thường gọi"),
    "aliases": _("Cách gọi khác"),
    "decision": _("Quyết định công bố"),
    "number": _("Số"),
    "date": _("Ngày (năm-tháng-ngày)"),
    "audience": _("Đối tượng"),
    "agency_levels": _("Cấp giải quyết"),
    "declared_level": _("Mức theo cơ sở dữ liệu quốc gia"),
    "online_scope": _("Phạm vi trên mạng"),
    "partial_reason": _("Lý do chỉ một phần"),
    "code": _("Mã"),
    "text": _("Nội dung"),
    "channels": _("Cách nộp"),
    "channel": _("Cách nộp"),
    "processing": _("Thời hạn giải quyết"),
    "value": _("Số lượng"),
    "unit": _("Đơn vị"),
    "extended": _("Thời hạn dài hơn"),
    "shorter": _("Thời hạn ngắn hơn"),
    "reason": _("Lý do"),
    "rule": _("Cách tính riêng"),
    "note": _("Ghi chú"),
    "notes": _("Ghi chú"),
    "supplement_term": _("Hạn bổ sung hồ sơ"),
    "questions": _("Câu hỏi"),
    "key": _("Khóa (chữ thường, số, gạch dưới; giữ nguyên về sau)"),
    "type": _("Kiểu trả lời"),
    "options": _("Lựa chọn"),
    "label": _("Tên"),
    "document_groups": _("Nhóm giấy tờ"),
    "title": _("Tiêu đề"),
    "mode": _("Cách nộp trong nhóm"),
    "documents": _("Giấy tờ"),
    "phase": _("Giai đoạn"),
    "originals": _("Số bản chính"),
    "copies": _("Số bản sao"),
    "required": _("Bắt buộc"),
    "kind": _("Loại"),
    "form_key": _("Khóa biểu mẫu điện tử"),
    "replaced_by_data": _("Cơ sở dữ liệu thay thế"),
    "original_must_be_shown": _("Lý do phải xem bản chính"),
    "presented_only": _("Chỉ xuất trình"),
    "condition_text": _("Điều kiện bằng lời"),
    "required_note": _("Ghi chú về bắt buộc"),
    "when": _("Áp dụng khi"),
    "fee_lines": _("Khoản thu"),
    "role": _("Vai trò của khoản"),
    "group": _("Nhóm chọn một"),
    "amount": _("Số tiền (đồng)"),
    "quantity": _("Nhân với"),
    "field": _("Ô của tờ khai"),
    "ask": _("Câu hỏi số lượng"),
    "minus": _("Trừ đi"),
    "max": _("Nhiều nhất"),
    "effective_from": _("Áp dụng từ ngày (năm-tháng-ngày)"),
    "effective_to": _("Đến hết ngày (năm-tháng-ngày)"),
    "applies_to": _("Áp dụng cho các khoản"),
    "mandatory": _("Bắt buộc"),
    "cap": _("Mức trần"),
    "per": _("Tính theo"),
    "with": _("Cùng với các khoản"),
    "legal_ref": _("Căn cứ"),
    "refundable_on": _("Hoàn lại khi"),
    "payment_timing": _("Lúc trả phí"),
    "payment_deadline": _("Hạn trả phí"),
    "steps": _("Các bước"),
    "conditions": _("Yêu cầu, điều kiện"),
    "results": _("Kết quả"),
    "outcome": _("Duyệt xong có thể cấp"),
    "made": _("Làm ở đâu"),
    "template": _("Lời của giấy kết quả"),
    "form": _("Số mẫu"),
    "legal_basis": _("Căn cứ pháp lý"),
    "lines": _("Các dòng"),
    "conclusion": _("Kết luận"),
    "office": _("Cơ quan điền"),
    "default": _("Điền sẵn"),
    "answer": _("Lấy từ câu trả lời"),
    "help": _("Gợi ý"),
    "else": _("Nếu trống thì lấy ô"),
    "side": _("Bên"),
    "columns": _("Cột"),
    "e_form": _("Tờ khai"),
    "sections": _("Phần"),
    "pages": _("Trang"),
    "fields": _("Ô"),
    "show_if": _("Hiện khi"),
    "required_if": _("Bắt buộc khi"),
    "validation": _("Kiểm tra"),
    "formats": _("Kiểu chữ"),
    "examples": _("Ví dụ"),
    "day": _("Ngày nộp"),
    "place": _("Nơi nộp"),
    "age": _("Tuổi"),
    "asked": _("Câu trả lời cho cổng"),
    "answers": _("Câu trả lời trên tờ khai"),
    "expected": _("Kết quả mong đợi"),
    "checked": _("Đã đối chiếu với văn bản"),
    "total": _("Tổng số tiền"),
    "fees": _("Các khoản thu"),
    "papers": _("Giấy tờ được hỏi"),
    "level": _("Mức cung cấp"),
    "due": _("Hẹn trả"),
    "case": _("Trường hợp"),
    "priority_group": _("Diện được miễn, giảm"),
    "quantities": _("Số lượng"),
    "extras": _("Khoản chọn thêm"),
}
UNITS = {"hour": _("giờ"), "working_day": _("ngày làm việc"), "day": _("ngày"), "month": _("tháng")}
CHOICES = {
    **AUDIENCE,
    **CHANNELS,
    **UNITS,
    "commune": _("Cấp xã"),
    "province": _("Cấp tỉnh"),
    "central": _("Cấp bộ"),
    "other": _("Cơ quan khác"),
    "toan_trinh": _("Toàn trình"),
    "mot_phan": _("Một phần"),
    "thong_tin": _("Thông tin"),
    "presence": _("Phải có mặt"),
    "site_check": _("Phải kiểm tra tại chỗ"),
    "original_required": _("Phải nộp bản chính"),
    "technical": _("Lý do kỹ thuật"),
    "same_day_before_15:00": _("Trong ngày nếu nhận trước 15 giờ"),
    "schedule": _("Theo lịch"),
    "none": _("Không có"),
    "yes_no": _("Có hoặc không"),
    "choice": _("Chọn một"),
    "all": _("Nộp tất cả"),
    "one_of": _("Nộp một trong số"),
    "addon": _("Nộp thêm"),
    "paper": _("Giấy tờ"),
    "form": _("Tờ khai"),
    "data": _("Dữ liệu"),
    "note": _("Ghi chú"),
    "phi": _("Phí"),
    "le_phi": _("Lệ phí"),
    "gia_dich_vu": _("Giá dịch vụ"),
    "base": _("Khoản chính"),
    "alternative": _("Một trong nhóm"),
    "extra": _("Khoản thêm"),
    "discount": _("Giảm"),
    "exemption": _("Miễn"),
    "any": _("Mọi cách nộp"),
    "lan": _("lần"),
    "ban": _("bản"),
    "nguoi": _("người"),
    "trang": _("trang"),
    "nhom": _("nhóm"),
    "san_pham": _("sản phẩm"),
    "phong": _("phòng"),
    "di_chuc": _("di chúc"),
    "giao_dich": _("giao dịch"),
    "truong_hop": _("trường hợp"),
    "refused": _("bị từ chối"),
    "withdrawn": _("rút hồ sơ"),
    "stopped": _("dừng xử lý"),
    "on_submit": _("Khi nộp"),
    "after_acceptance": _("Sau khi tiếp nhận"),
    "before_result": _("Trước khi có kết quả"),
    "on_result": _("Khi nhận kết quả"),
    "grant": _("Cấp, chấp thuận"),
    "refusal": _("Từ chối"),
    "notice": _("Thông báo"),
    "register": _("Ghi vào sổ, cơ sở dữ liệu"),
    "payment": _("Chi trả"),
    "portal": _("Cổng vẽ và ký"),
    "file": _("Tệp PDF làm nơi khác"),
    "object": _("Thẻ, biển, hộ chiếu"),
    "entry": _("Ghi vào sổ"),
    "money": _("Tiền"),
    "left": _("Trái"),
    "right": _("Phải"),
    "text": _("Chữ"),
    "date": _("Ngày"),
    "number": _("Số"),
}


def label(key: str) -> str:
    return str(FIELDS.get(key, key))


def choice(value: object) -> str:
    return str(CHOICES.get(value, value)) if isinstance(value, str) else str(value)


def place_words(path: list[str | int]) -> str:
    """A place of the document in words: «Khoản thu 2, Số tiền (đồng)»."""
    words: list[str] = []
    for part in path:
        if isinstance(part, int):
            words[-1] = f"{words[-1]} {part + 1}" if words else str(part + 1)
        else:
            words.append(label(part))
    return ", ".join(words)
