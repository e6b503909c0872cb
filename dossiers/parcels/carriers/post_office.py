"""A parcel handed in at a post office by hand: no machine is asked, the clerk writes down number and notices."""

from django.utils.translation import gettext_lazy as _

from dossiers.parcels.carriers.base import BadSignature, NoAnswer

key = "buu-cuc"
label = _("Gửi tại bưu cục")
takes_orders = False


def is_configured():
    return True


def order(parcel):
    raise NoAnswer("a post office takes no orders from a machine")


def find(parcel):
    raise NoAnswer("a post office is asked by people")


def cancel(parcel):
    raise NoAnswer("a post office is asked by people")


def read_notice(body, headers):
    raise BadSignature
