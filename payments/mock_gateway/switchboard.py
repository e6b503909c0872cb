"""The list of faults that can be switched on."""

from dataclasses import dataclass

REFUND_PATHS = ("05-06-00", "05-09", "05-06-09", "00")
BROKEN = ("before", "after")
UNSIGNED = ("missing", "wrong")


@dataclass(frozen=True)
class Fault:
    """One fault. `kind` of its value: flag, number, calls (flag or number) or words (one of `words`)."""

    name: str
    description: str
    kind: str = "flag"
    words: tuple = ()
    at: str = "payment"  # applied when a payment ends (payment), when a request arrives (request), or while it is on (always)


GROUPS = {
    "Báo cho người bán (IPN)": [
        Fault("drop_ipn", "IPN bị mất trên đường: n lần đầu, để trống là tất cả", "calls"),
        Fault("duplicate_ipn", "Mỗi IPN gửi n lần cùng một lúc", "number"),
        Fault("delay_ipn", "IPN đầu tiên đi chậm n giây", "number"),
        Fault("reorder_ipn", "Giữ IPN lại, để IPN của giao dịch sau đi trước"),
        Fault("bad_signature_ipn", "IPN sai chữ ký: n lần đầu, để trống là tất cả", "calls"),
        Fault("wrong_amount_ipn", "IPN ghi sai số tiền, chữ ký đúng: n lần đầu, để trống là tất cả", "calls"),
    ],
    "Người trả quay về": [
        Fault("ipn_before_return", "IPN tới trước, người trả quay về sau"),
        Fault("return_before_ipn", "Người trả quay về trước, IPN tới sau"),
        Fault("return_only", "Chỉ có người trả quay về, không bao giờ có IPN"),
        Fault("ipn_only", "Chỉ có IPN, người trả không quay về được"),
    ],
    "Kết quả không rõ ràng": [
        Fault("mismatch_00_02", "Báo mã 00 mà trạng thái 02; sự thật thì chọn ở đây", "words", ("charged", "failed")),
        Fault("status_04", "Ngân hàng đã trừ tiền, cổng báo trạng thái 04"),
        Fault("status_07", "Đã trừ tiền, báo mã 07: nghi ngờ, chờ người bán"),
        Fault("success_after_expiry", "Ngân hàng báo thành công n giây sau khi hết hạn", "number"),
    ],
    "Cổng chậm, hỏng hoặc từ chối": [
        Fault("slow", "Mọi cửa của cổng trả lời chậm n giây", "number", at="request"),
        Fault("slow_api", "querydr và hoàn tiền trả lời chậm n giây", "number", at="request"),
        Fault("http_500", "Cổng báo lỗi 500", "words", BROKEN, "request"),
        Fault("http_500_api", "querydr và hoàn tiền báo lỗi 500", "words", BROKEN, "request"),
        Fault("terminal_locked", "Điểm thu bị khóa: mã 04", at="request"),
        Fault("strict_duplicate", "Mở lại cùng một yêu cầu còn hạn cũng bị coi là trùng: mã 01", at="request"),
        Fault("clock_skew", "Đồng hồ của cổng chạy nhanh n giây, số âm là chậm", "number", at="always"),
    ],
    "Hỏi lại và hoàn tiền": [
        Fault("querydr_94", "querydr luôn bị từ chối với mã 94", at="request"),
        Fault("querydr_unsigned", "Trả lời querydr không ký, hoặc ký sai", "words", UNSIGNED, "request"),
        Fault("refund_path", "Tiền hoàn đi qua các trạng thái", "words", REFUND_PATHS, "refund"),
        Fault("refund_unsigned", "Trả lời hoàn tiền không ký, hoặc ký sai", "words", UNSIGNED, "request"),
    ],
    "Tệp đối soát": [
        Fault("settlement_missing_row", "Thiếu n dòng", "number", at="always"),
        Fault("settlement_extra_row", "Thừa n dòng không có thật", "number", at="always"),
        Fault("settlement_wrong_amount", "Sai số tiền ở n dòng", "number", at="always"),
    ],
}
FAULTS = {fault.name: fault for faults in GROUPS.values() for fault in faults}
PAYMENT_FAULTS = frozenset(name for name, fault in FAULTS.items() if fault.at == "payment")
