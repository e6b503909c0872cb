"""What the merchant is told, signed: by the browser that comes back, and by IPN."""

from urllib.parse import urlsplit

from . import faults, signatures
from .conf import setting

WRONG_BY = 1000  # đồng that a lying IPN adds


def fields(row, *, amount=None):
    """The answer to the merchant, without its signature. Empty values are left out."""
    told = {
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
    return {name: value for name, value in told.items() if value}


def signed_query(terminal, told, *, secret=None):
    """The query string with its signature at the end."""
    text = signatures.form_text(told)
    return f"{text}&vnp_SecureHash={signatures.hmac_hex(secret or setting('TERMINALS').get(terminal, ''), text)}"


def return_url(row):
    """Where the payer's browser goes when it is over."""
    joint = "&" if urlsplit(row.return_url).query else "?"
    return f"{row.return_url}{joint}{signed_query(row.terminal, fields(row))}"


def ipn_query(row, number):
    """The query string of the call with this number (from 1), with the lies the switches ask for."""
    wrong = faults.counts_for(row.faults.get("wrong_amount_ipn"), number)
    told = fields(row, amount=row.amount + WRONG_BY if wrong else None)
    forged = faults.counts_for(row.faults.get("bad_signature_ipn"), number)
    return signed_query(row.terminal, told, secret="not the secret" if forged else None)
