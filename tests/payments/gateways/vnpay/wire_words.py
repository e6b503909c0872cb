"""Messages of the gateway for tests, signed here without the code under test."""

import hashlib
import hmac
import json
from urllib.parse import quote_plus

SECRET = "DVC-MOCK-SECRET-KHONG-DUNG-THAT-0001"
TERMINAL = "DVCTEST1"
REFERENCE = "P261121083000A7K2"

# Values as on the wire, already encoded, in the order of their names; then the hash. Cross-checked in Python and Node.
PAY = (
    "vnp_Amount=15000000&vnp_BankCode=VNPAYQR&vnp_Command=pay&vnp_CreateDate=20261121083000&vnp_CurrCode=VND"
    "&vnp_ExpireDate=20261121084500&vnp_IpAddr=203.0.113.7&vnp_Locale=vn"
    "&vnp_OrderInfo=Le+phi+ho+so+H29.15-261121-0001%3A+150000+VND&vnp_OrderType=other"
    "&vnp_ReturnUrl=https%3A%2F%2Fdvc.example.vn%2Fthanh-toan%2Fket-qua%3Fkenh%3Dvnpay"
    "&vnp_TmnCode=DVCTEST1&vnp_TxnRef=P261121083000A7K2&vnp_Version=2.1.0"
)
PAY_HASH = "47f984337fe9e28bc6ae672bd3cd52d4498d8be6c6165bc0f6d6f0ed07562e7bfa7cc113e785dd18042f0ccef6d4eb70c0514001723e612ba24bcea4a2a7039d"  # noqa: E501
SUCCESS = (
    "vnp_Amount=15000000&vnp_BankCode=NCB&vnp_BankTranNo=VNP14226112&vnp_CardType=ATM"
    "&vnp_OrderInfo=Le+phi+ho+so+H29.15-261121-0001%3A+150000+VND&vnp_PayDate=20261121083211&vnp_ResponseCode=00"
    "&vnp_TmnCode=DVCTEST1&vnp_TransactionNo=14226112&vnp_TransactionStatus=00&vnp_TxnRef=P261121083000A7K2"
)
SUCCESS_HASH = "03c0cdec042d6ffba1d71a18b01fd3753a44154446aab5a2972f55cee2119211a4a3a7118db0abc1145b6ebfd938cef06bdcbdf45470bc6e15856dd2faa2ee97"  # noqa: E501
CANCELLED = (
    "vnp_Amount=15000000&vnp_BankCode=VNPAY&vnp_OrderInfo=Le+phi+ho+so+H29.15-261121-0001%3A+150000+VND"
    "&vnp_PayDate=20261121083211&vnp_ResponseCode=24&vnp_TmnCode=DVCTEST1&vnp_TransactionNo=0&vnp_TransactionStatus=02"
    "&vnp_TxnRef=P261121083000A7K2"
)
CANCELLED_HASH = "c79c6cede5e6f03ce0e3346c79928d0954adfaf52b9ed2a6746e0890664ab02dacb60e8e6ea87f6cfe39b584cfdc9627133977514a4747b7a4dcc472eb2769c8"  # noqa: E501
QUERY = (
    "Q26112108400001|2.1.0|querydr|DVCTEST1|P261121083000A7K2|20261121083000|20261121084000|203.0.113.10"
    "|Truy van P261121083000A7K2"
)
QUERY_HASH = "6bd0337024c9a3cd1745d79b664b09103fb745970ef959352129494433883b4690bf733566d5a7cdcdb60b3dee39b601b0b43bbbeca993e7d493784be65e384b"  # noqa: E501
QUERY_ANSWER = (
    "R0001|querydr|00|QueryDR Success|DVCTEST1|P261121083000A7K2|15000000|NCB|20261121083211|14226112|01|00"
    "|Le phi ho so H29.15-261121-0001: 150000 VND||"
)
QUERY_ANSWER_HASH = "6160c64626102561ab68a4958920db847207de3eb08ad6615bdf632e3f17c47600f0945e72f00adf7123fb6bbf2da59e76179e42ceed09fed815c9e4e359c7e4"  # noqa: E501
REFUND = (
    "F26112110000001|2.1.0|refund|DVCTEST1|02|P261121083000A7K2|15000000|14226112|20261121083000|canbo01|20261121100000"
    "|203.0.113.10|Hoan le phi ho so H29.15-261121-0001"
)
REFUND_HASH = "5ed1331e0f92c960b380c975a76181d022039aa53f2c2e3ed7fbdb989d0f76e23740691ed61a65aed9433bec28cf7f2892fbeeb4570a42fd05491490b5274020"  # noqa: E501

ANSWER_NAMES = (
    "ResponseId", "Command", "ResponseCode", "Message", "TmnCode", "TxnRef", "Amount", "BankCode", "PayDate", "TransactionNo",
    "TransactionType", "TransactionStatus", "OrderInfo", "PromotionCode", "PromotionAmount",
)  # fmt: skip


def hashed(message, secret=SECRET):
    return hmac.new(secret.encode(), message.encode(), hashlib.sha512).hexdigest()


def pay_query(secret=SECRET, **changed):
    """The query string of an IPN or return: vector B with some values changed (None: left out), signed by `secret`."""
    values = {
        "vnp_Amount": "15000000",
        "vnp_BankCode": "NCB",
        "vnp_BankTranNo": "VNP14226112",
        "vnp_CardType": "ATM",
        "vnp_OrderInfo": "Le phi ho so H29.15-261121-0001: 150000 VND",
        "vnp_PayDate": "20261121083211",
        "vnp_ResponseCode": "00",
        "vnp_TmnCode": TERMINAL,
        "vnp_TransactionNo": "14226112",
        "vnp_TransactionStatus": "00",
        "vnp_TxnRef": REFERENCE,
        **{f"vnp_{name}": value for name, value in changed.items()},
    }
    message = "&".join(f"{name}={quote_plus(value)}" for name, value in sorted(values.items()) if value)
    return f"{message}&vnp_SecureHash={hashed(message, secret)}"


def api_answer(*, names=ANSWER_NAMES, secret=SECRET, **changed):
    """The JSON bytes of an answer to querydr (or, with thirteen names, a refund): vector D with some values changed."""
    values = {**dict(zip(ANSWER_NAMES, QUERY_ANSWER.split("|"), strict=True)), **changed}
    message = "|".join(values[name] for name in names)
    found = {f"vnp_{name}": values[name] for name in names}
    return json.dumps({**found, "vnp_SecureHash": hashed(message, secret)}).encode()
