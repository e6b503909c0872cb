"""The gateway's signatures, checked with the published test vectors."""

import pytest

from payments.mock_gateway import answers, signatures
from payments.mock_gateway.models import Transaction
from tests.mock_gateway.shop import SECRET

PAY = (
    "vnp_Amount=15000000&vnp_BankCode=VNPAYQR&vnp_Command=pay&vnp_CreateDate=20261121083000&vnp_CurrCode=VND"
    "&vnp_ExpireDate=20261121084500&vnp_IpAddr=203.0.113.7&vnp_Locale=vn"
    "&vnp_OrderInfo=Le+phi+ho+so+H29.15-261121-0001%3A+150000+VND&vnp_OrderType=other"
    "&vnp_ReturnUrl=https%3A%2F%2Fdvc.example.vn%2Fthanh-toan%2Fket-qua%3Fkenh%3Dvnpay&vnp_TmnCode=DVCTEST1"
    "&vnp_TxnRef=P261121083000A7K2&vnp_Version=2.1.0"
)
PAY_HASH = (
    "47f984337fe9e28bc6ae672bd3cd52d4498d8be6c6165bc0f6d6f0ed07562e7b"
    "fa7cc113e785dd18042f0ccef6d4eb70c0514001723e612ba24bcea4a2a7039d"
)
SUCCESS = (
    "vnp_Amount=15000000&vnp_BankCode=NCB&vnp_BankTranNo=VNP14226112&vnp_CardType=ATM"
    "&vnp_OrderInfo=Le+phi+ho+so+H29.15-261121-0001%3A+150000+VND&vnp_PayDate=20261121083211&vnp_ResponseCode=00"
    "&vnp_TmnCode=DVCTEST1&vnp_TransactionNo=14226112&vnp_TransactionStatus=00&vnp_TxnRef=P261121083000A7K2"
)
SUCCESS_HASH = (
    "03c0cdec042d6ffba1d71a18b01fd3753a44154446aab5a2972f55cee2119211"
    "a4a3a7118db0abc1145b6ebfd938cef06bdcbdf45470bc6e15856dd2faa2ee97"
)
CANCELLED = (
    "vnp_Amount=15000000&vnp_BankCode=VNPAY&vnp_OrderInfo=Le+phi+ho+so+H29.15-261121-0001%3A+150000+VND"
    "&vnp_PayDate=20261121083211&vnp_ResponseCode=24&vnp_TmnCode=DVCTEST1&vnp_TransactionNo=0&vnp_TransactionStatus=02"
    "&vnp_TxnRef=P261121083000A7K2"
)
CANCELLED_HASH = (
    "c79c6cede5e6f03ce0e3346c79928d0954adfaf52b9ed2a6746e0890664ab02d"
    "acb60e8e6ea87f6cfe39b584cfdc9627133977514a4747b7a4dcc472eb2769c8"
)
PIPED = {
    "querydr": (
        "Q26112108400001|2.1.0|querydr|DVCTEST1|P261121083000A7K2|20261121083000|20261121084000|203.0.113.10"
        "|Truy van P261121083000A7K2",
        "6bd0337024c9a3cd1745d79b664b09103fb745970ef959352129494433883b46"
        "90bf733566d5a7cdcdb60b3dee39b601b0b43bbbeca993e7d493784be65e384b",
        signatures.QUERY_FIELDS,
    ),
    "querydr's answer": (
        "R0001|querydr|00|QueryDR Success|DVCTEST1|P261121083000A7K2|15000000|NCB|20261121083211|14226112|01|00"
        "|Le phi ho so H29.15-261121-0001: 150000 VND||",
        "6160c64626102561ab68a4958920db847207de3eb08ad6615bdf632e3f17c476"
        "00f0945e72f00adf7123fb6bbf2da59e76179e42ceed09fed815c9e4e359c7e4",
        signatures.QUERY_ANSWER_FIELDS,
    ),
    "refund": (
        "F26112110000001|2.1.0|refund|DVCTEST1|02|P261121083000A7K2|15000000|14226112|20261121083000|canbo01|20261121100000"
        "|203.0.113.10|Hoan le phi ho so H29.15-261121-0001",
        "5ed1331e0f92c960b380c975a76181d022039aa53f2c2e3ed7fbdb989d0f76e2"
        "3740691ed61a65aed9433bec28cf7f2892fbeeb4570a42fd05491490b5274020",
        signatures.REFUND_FIELDS,
    ),
}


def pairs(text):
    from urllib.parse import parse_qsl

    return dict(parse_qsl(text))


@pytest.mark.parametrize(("text", "signature"), [(PAY, PAY_HASH), (SUCCESS, SUCCESS_HASH), (CANCELLED, CANCELLED_HASH)])
def test_form_fields_are_signed_as_published(text, signature):
    fields = pairs(text) | {"vnp_SecureHash": "x", "vnp_SecureHashType": "y", "vnp_Empty": "", "other": "z"}

    assert signatures.form_text(fields) == text
    assert signatures.hmac_hex(SECRET, text) == signature


@pytest.mark.parametrize("name", PIPED)
def test_joined_values_are_signed_as_published(name):
    text, signature, names = PIPED[name]
    fields = {f"vnp_{name}": value for name, value in zip(names, text.split("|"), strict=True)}

    assert signatures.pipe_text(fields, names) == text
    assert signatures.hmac_hex(SECRET, text) == signature


def published(**facts):
    return Transaction(
        terminal="DVCTEST1", reference="P261121083000A7K2", amount=150_000, pay_date="20261121083211",
        order_info="Le phi ho so H29.15-261121-0001: 150000 VND", return_url="https://dvc.example.vn/x", **facts,
    )  # fmt: skip


def test_the_answers_to_the_merchant_are_the_published_ones():
    paid = published(
        said_code="00", said_status="00", bank_code="NCB", bank_tran_no="VNP14226112", card_type="ATM", transaction_no="14226112"
    )
    cancelled = published(said_code="24", said_status="02", bank_code="VNPAY")

    assert answers.ipn_query(paid, 1) == f"{SUCCESS}&vnp_SecureHash={SUCCESS_HASH}"
    assert answers.ipn_query(cancelled, 1) == f"{CANCELLED}&vnp_SecureHash={CANCELLED_HASH}"
    assert answers.return_url(paid) == f"https://dvc.example.vn/x?{SUCCESS}&vnp_SecureHash={SUCCESS_HASH}"


def test_one_changed_letter_breaks_a_signature():
    assert signatures.is_right(SECRET, PAY, PAY_HASH.upper())
    for wrong in ("", PAY_HASH[:-1], PAY_HASH[:-1] + "e", "ž" * 128, "١" * 128):
        assert not signatures.is_right(SECRET, PAY, wrong)
    assert not signatures.is_right(SECRET, PAY.replace("15000000", "15000001"), PAY_HASH)
