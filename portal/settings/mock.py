"""The published secrets of the mock gateway: for demo and tests, refused by production."""

MOCK_SECRET_BEGINS = "DVC-MOCK-SECRET"
_TERMINALS = [f"DM{province}{kind}" for province in ("H18", "H36", "H50") for kind in ("TIN", "XAA", "CAN")]
MOCK_SECRETS = {
    "DVCTEST1": f"{MOCK_SECRET_BEGINS}-KHONG-DUNG-THAT-0001",  # the terminal of the published test vectors
    **{code: f"{MOCK_SECRET_BEGINS}-KHONG-DUNG-THAT-{code}" for code in _TERMINALS},
}
