"""The signed answers to the merchant: the return URL of the browser and the IPN."""

from urllib.parse import urlsplit

from . import faults, signatures
from .conf import setting

WRONG_BY = 1000  # đồng, added by the fault wrong_amount_ipn


def fields(row, *, amount=None):
    """The unsigned fields of an answer; empty values are left out. `amount` in đồng replaces the true amount."""
    found = {
        "vnp_TmnCode": row.terminal,
        "vnp_Amount": str((amount or row.amount) * 100),
        "vnp_BankCode": row.bank_code,
        "vnp_BankTranNo": row.bank_tran_no,
        "vnp_CardType": row.card_type,
        "vnp_PayDate": row.pay_date,
        "vnp_OrderInfo": row.order_info,
        "vnp_TransactionNo": row.transaction_no,
        "vnp_ResponseCode": row.said_code,
        "vnp_TransactionStatus": row.said_status,
        "vnp_TxnRef": row.reference,
    }
    return {name: value for name, value in found.items() if value}


def signed_query(terminal, unsigned, *, secret=None):
    """The query string of these fields with the signature at the end."""
    text = signatures.form_text(unsigned)
    return f"{text}&vnp_SecureHash={signatures.hmac_hex(secret or setting('TERMINALS').get(terminal, ''), text)}"


def return_url(row):
    """The signed return URL for the payer's browser."""
    joint = "&" if urlsplit(row.return_url).query else "?"
    return f"{row.return_url}{joint}{signed_query(row.terminal, fields(row))}"


def ipn_query(row, number):
    """The query string of the IPN call with this number (from 1), changed by the fault switches of the transaction."""
    wrong = faults.counts_for(row.faults.get("wrong_amount_ipn"), number)
    unsigned = fields(row, amount=row.amount + WRONG_BY if wrong else None)
    forged = faults.counts_for(row.faults.get("bad_signature_ipn"), number)
    return signed_query(row.terminal, unsigned, secret="not the secret" if forged else None)
