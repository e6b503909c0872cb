"""The banks, the published test cards, and the outcome of each card. No real accounts."""

import re
from dataclasses import dataclass

WAYS = {"VNPAYQR": "Quét mã QR", "VNBANK": "Thẻ hoặc tài khoản trong nước", "INTCARD": "Thẻ quốc tế"}
# Bank code and card type in the answer when the merchant names only the way.
PAID_WITH = {"VNPAYQR": ("NCB", "QRCODE"), "VNBANK": ("NCB", "ATM"), "INTCARD": ("VISA", "VISA")}
BANKS = {
    "NCB": "NCB",
    "VIETCOMBANK": "Vietcombank",
    "VIETINBANK": "VietinBank",
    "BIDV": "BIDV",
    "AGRIBANK": "Agribank",
    "TECHCOMBANK": "Techcombank",
    "MBBANK": "MB",
    "ACB": "ACB",
    "VPBANK": "VPBank",
    "TPBANK": "TPBank",
    "SACOMBANK": "Sacombank",
    "HDBANK": "HDBank",
    "VIB": "VIB",
    "SHB": "SHB",
    "OCB": "OCB",
    "MSMBANK": "MSB",
    "SEABANK": "SeABank",
    "LPBANK": "LPBank",
    "EXIMBANK": "Eximbank",
    "SCB": "SCB",
}
HOLDER = "NGUYEN VAN A"
OTP = "123456"
CVV = "123"


@dataclass(frozen=True)
class TestCard:
    """A published test card: the outcome of a payment with it, and whether an OTP is asked for."""

    number: str
    outcome: str
    description: str
    asks_otp: bool = True
    kind: str = "ATM"

    @property
    def grouped(self):
        return " ".join(re.findall(r".{1,4}", self.number))


DOMESTIC_CARDS = [
    TestCard("9704198526191432198", "success", "trả được, mật khẩu một lần 123456"),
    TestCard("9704195798459170488", "insufficient", "không đủ tiền"),
    TestCard("9704192181368742", "not_activated", "thẻ chưa kích hoạt"),
    TestCard("9704193370791314", "locked", "thẻ bị khóa"),
    TestCard("9704194841945513", "card_expired", "thẻ hết hạn"),
]
INTERNATIONAL_CARDS = [
    TestCard("4456530000001005", "success", "Visa, trả được, không hỏi mật khẩu một lần", asks_otp=False, kind="VISA"),
    TestCard("4456530000001096", "success", "Visa, trả được, hỏi mật khẩu một lần 123456", kind="VISA"),
    TestCard(
        "5200000000001005", "success", "Mastercard, trả được, không hỏi mật khẩu một lần", asks_otp=False, kind="MASTERCARD"
    ),
    TestCard("5200000000001096", "success", "Mastercard, trả được, hỏi mật khẩu một lần 123456", kind="MASTERCARD"),
]
CARDS = {card.number: card for card in [*DOMESTIC_CARDS, *INTERNATIONAL_CARDS]}


def is_known(code):
    return code in WAYS or code in BANKS


def as_list():
    """The answer of get_bank_list."""
    return [
        {"bank_code": code, "bank_name": name, "logo_link": "", "bank_type": 1, "display_order": number}
        for number, (code, name) in enumerate(BANKS.items(), 1)
    ]
