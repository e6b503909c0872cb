"""Each provider has the functions of the port, with its parameter names."""

import inspect

import pytest

from payments.gateways import base, vnpay


@pytest.mark.parametrize("deed", [name for name in vars(base.Provider) if not name.startswith("_")])
def test_vnpay_offers_what_the_port_asks_for(deed):
    asked = list(inspect.signature(getattr(base.Provider, deed)).parameters)[1:]
    offered = inspect.signature(getattr(vnpay, deed)).parameters
    assert asked == list(offered)[: len(asked)]
    assert all(part.default is not part.empty for part in list(offered.values())[len(asked) :])
