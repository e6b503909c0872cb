"""Words that columns of a dossier are chosen from. States stand in `dossiers.states`."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class FilingChannel(models.TextChoices):
    """How it came in; `number` is KenhThucHien of the national sync."""

    ONLINE = "online", _("trên mạng")
    COUNTER = "direct", _("tại quầy")
    POST = "postal", _("qua bưu chính")


class DeliveryWay(models.TextChoices):
    ACCOUNT = "account", _("nhận trên cổng này")
    COUNTER = "counter", _("nhận tại quầy")
    POST = "post", _("nhận qua bưu chính")


class DeliveryStatus(models.TextChoices):
    NONE = "", _("chưa có kết quả")
    READY = "ready", _("chờ trả")
    DELIVERED = "delivered", _("đã trả")


class PaymentStatus(models.TextChoices):
    NONE = "none", _("không phải trả")
    PROVISIONAL = "provisional", _("tạm tính")
    DUE = "due", _("phải trả")
    PAID = "paid", _("đã trả")
    WAIVED = "waived", _("được miễn")


class StepState(models.TextChoices):
    WAITING = "waiting", _("chưa tới")
    OPEN = "open", _("đang làm")
    DONE = "done", _("xong")
    RETURNED = "returned", _("bị trả lại")


class SupplementTarget(models.TextChoices):
    FIELD = "field", _("câu trả lời")
    DOCUMENT = "document", _("giấy tờ")
