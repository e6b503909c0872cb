"""The codes of the gateway's protocol with their meaning, and the outcomes of a payment by their names in the control API."""

RESPONSE_CODES = {
    "00": "Giao dịch thành công",
    "07": "Đã trừ tiền, giao dịch bị nghi ngờ, chờ người bán xác nhận",
    "09": "Thẻ hoặc tài khoản chưa đăng ký dịch vụ ngân hàng trên mạng",
    "10": "Nhập sai thông tin thẻ quá 3 lần",
    "11": "Đã hết thời gian chờ trả tiền",
    "12": "Thẻ hoặc tài khoản bị khóa",
    "13": "Nhập sai mật khẩu một lần (OTP)",
    "24": "Người trả đã hủy giao dịch",
    "51": "Tài khoản không đủ tiền",
    "65": "Tài khoản đã dùng hết hạn mức trong ngày",
    "75": "Ngân hàng đang bảo trì",
    "79": "Nhập sai mật khẩu trả tiền quá số lần cho phép",
    "99": "Lỗi khác",
}
TRANSACTION_STATUSES = {
    "00": "Đã trả tiền",
    "01": "Chưa xong",
    "02": "Không thành công",
    "04": "Ngân hàng đã trừ tiền, cổng chưa ghi nhận",
    "05": "Đang xử lý hoàn tiền",
    "06": "Đã gửi yêu cầu hoàn tiền sang ngân hàng",
    "07": "Nghi ngờ gian lận",
    "08": "Hết thời gian chờ",
    "09": "Ngân hàng từ chối hoàn tiền",
}
# Outcome: (response code, transaction status, whether the payer was charged).
OUTCOMES = {
    "success": ("00", "00", True),
    "suspected": ("07", "07", True),
    "reversed": ("99", "04", True),
    "cancel": ("24", "02", False),
    "expired": ("11", "08", False),
    "insufficient": ("51", "02", False),
    "not_activated": ("09", "02", False),
    "card_data": ("10", "02", False),
    "locked": ("12", "02", False),
    "card_expired": ("10", "02", False),
    "wrong_otp": ("13", "02", False),
    "daily_limit": ("65", "02", False),
    "maintenance": ("75", "02", False),
    "wrong_password": ("79", "02", False),
    "error": ("99", "02", False),
}
# Codes of refused payment requests: title and text of the page shown to the payer.
REFUSALS = {
    "01": ("Giao dịch đã tồn tại", "Mã giao dịch này đã được dùng. Xin quay lại trang của người bán và bắt đầu lại."),
    "02": ("Không biết người bán", "Mã điểm thu không có trong danh sách của cổng. Xin báo cho người bán."),
    "03": ("Yêu cầu sai định dạng", "Người bán gửi sang một yêu cầu thiếu hoặc sai. Xin báo cho người bán."),
    "04": ("Điểm thu đang bị khóa", "Người bán tạm thời chưa thu được tiền qua cổng này. Xin chọn cách trả khác."),
    "11": ("Đã hết thời gian chờ trả tiền", "Yêu cầu này đã quá hạn. Xin quay lại trang của người bán và bắt đầu lại."),
    "97": ("Sai chữ ký", "Yêu cầu không đúng là của người bán, hoặc đã bị sửa trên đường đi. Xin đừng trả tiền."),
}
API_MESSAGES = {
    "00": "Success",
    "02": "Invalid terminal",
    "03": "Invalid data format",
    "91": "Transaction not found",
    "94": "Duplicate request within the time limit",
    "95": "The original transaction was not successful",
    "97": "Invalid checksum",
    "99": "Other error",
}


class Declined(Exception):
    """A request to the merchant API is declined with this response code and message."""

    def __init__(self, code, message=""):
        super().__init__(code)
        self.code, self.message = code, message or API_MESSAGES[code]
