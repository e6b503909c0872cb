"""A merchant for the gateway's tests. Signs with its own code, written from the specification, not with the gateway's code."""

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from itertools import count
from urllib.parse import parse_qsl, urlencode

from django.test import Client

from payments.mock_gateway import clock

TERMINAL, SECRET = "DVCTEST1", "DVC-MOCK-SECRET-KHONG-DUNG-THAT-0001"
REFERENCE = "P261121083000A7K2"
MORNING = datetime(2026, 11, 21, 1, 30, tzinfo=UTC)  # 8.30 in Việt Nam
OK = (200, '{"RspCode": "00", "Message": "Confirm Success"}')
RETURN_URL = "https://dvc.example.vn/thanh-toan/ket-qua?kenh=vnpay"
_numbers = count(1)


def sign(text, secret=SECRET):
    return hmac.new(secret.encode(), text.encode(), hashlib.sha512).hexdigest()


def pay_fields(**changes):
    """The unsigned fields of a valid payment request; None removes a field."""
    fields = {
        "vnp_Amount": "15000000",
        "vnp_Command": "pay",
        "vnp_CreateDate": clock.stamp(clock.now()),
        "vnp_CurrCode": "VND",
        "vnp_ExpireDate": clock.stamp(clock.now() + timedelta(minutes=15)),
        "vnp_IpAddr": "203.0.113.7",
        "vnp_Locale": "vn",
        "vnp_OrderInfo": "Le phi ho so H29.15-261121-0001: 150000 VND",
        "vnp_OrderType": "other",
        "vnp_ReturnUrl": RETURN_URL,
        "vnp_TmnCode": TERMINAL,
        "vnp_TxnRef": f"P{next(_numbers):016d}",
        "vnp_Version": "2.1.0",
    } | {f"vnp_{name}": value for name, value in changes.items()}
    return {name: value for name, value in fields.items() if value is not None}


def signed(fields, secret=SECRET):
    """The query string of these fields, with its signature."""
    text = urlencode(sorted(fields.items()))
    return f"{text}&vnp_SecureHash={sign(text, secret)}"


def pay_url(secret=SECRET, **changes):
    return f"/paymentv2/vpcpay.html?{signed(pay_fields(**changes), secret)}"


def signed_fields(query):
    """The fields of an answer to the merchant; asserts that the signature is right."""
    fields = dict(parse_qsl(query, strict_parsing=True))
    given = fields.pop("vnp_SecureHash")
    assert given == sign(urlencode(sorted(fields.items()))), "the gateway's signature is wrong"
    return fields


QUERY = "RequestId Version Command TmnCode TxnRef TransactionDate CreateDate IpAddr OrderInfo"
REFUND = (
    "RequestId Version Command TmnCode TransactionType TxnRef Amount TransactionNo TransactionDate CreateBy CreateDate IpAddr"
    " OrderInfo"
)
ANSWER = (
    "ResponseId Command ResponseCode Message TmnCode TxnRef Amount BankCode PayDate TransactionNo TransactionType"
    " TransactionStatus OrderInfo"
)


def api_request(names, secret=SECRET, **changes):
    """The JSON body of a querydr or refund request, signed."""
    values = {
        "RequestId": f"Q{next(_numbers):015d}",
        "Version": "2.1.0",
        "TmnCode": TERMINAL,
        "CreateDate": clock.stamp(clock.now()),
        "IpAddr": "203.0.113.10",
        "OrderInfo": "Truy van",
    } | changes
    asked = {f"vnp_{name}": value for name, value in values.items()}
    text = "|".join(str(values.get(name, "")) for name in names.split())
    return asked | {"vnp_SecureHash": sign(text, secret)}


def is_signed(answer, names):
    """True when an answer of the API has the right signature over these fields."""
    text = "|".join(answer[f"vnp_{name}"] for name in names.split())
    return answer.get("vnp_SecureHash") == sign(text)


class GatewayClient(Client):
    """A browser at the gateway, with methods for the merchant API and the control API."""

    def open(self, **changes):
        """Open a valid payment request as the payer; returns the path of the payer's page."""
        response = self.get(pay_url(**changes))
        assert response.status_code == 302, response.content.decode()
        return response["Location"]

    def opened(self, **changes):
        """The same, but returns the transaction from the control API."""
        token = self.open(**changes).split("/")[2]
        return next(row for row in self.look("transactions")["transactions"] if row["token"] == token)

    def control(self, name, **asked):
        send = self.put if name == "faults" else self.post
        return send(f"/control/{name}", json.dumps(asked), content_type="application/json").json()

    def look(self, name, **asked):
        return self.get(f"/control/{name}", asked).json()

    def pay(self, reference, outcome="success", **options):
        return self.control("pay", reference=reference, outcome=outcome, **options)

    def row(self, reference):
        return self.look("transactions", reference=reference)["transactions"][0]

    def ask(self, asked):
        return self.post("/merchant_webapi/api/transaction", json.dumps(asked), content_type="application/json").json()

    def query(self, row, secret=SECRET, **changes):
        """querydr about a transaction."""
        asked = {"Command": "querydr", "TxnRef": row["reference"], "TransactionDate": row["create_date"]}
        return self.ask(api_request(QUERY, secret, **asked | changes))

    def refund(self, row, secret=SECRET, **changes):
        """A refund request, of the whole amount unless `changes` say otherwise."""
        asked = {
            "Command": "refund", "TransactionType": "02", "TxnRef": row["reference"], "Amount": str(row["amount"] * 100),
            "TransactionNo": row["transaction_no"], "TransactionDate": row["create_date"], "CreateBy": "ketoan1",
        }  # fmt: skip
        return self.ask(api_request(REFUND, secret, **asked | changes))
