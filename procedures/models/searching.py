"""What people search for, without who: aliases made in the administration, and counted queries."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from procedures.models.catalogue import Procedure


class SearchAlias(models.Model):
    """Another way to ask for a procedure, added in the administration. Indexed like the phrases of `data/everyday.json`."""

    procedure = models.ForeignKey(Procedure, verbose_name=_("thủ tục"), on_delete=models.CASCADE, related_name="aliases")
    text = models.CharField(_("cách gọi"), max_length=200)

    class Meta:
        verbose_name = _("cách gọi khác của thủ tục")
        verbose_name_plural = _("cách gọi khác của thủ tục")
        ordering = ["text"]
        constraints = [models.UniqueConstraint(fields=["procedure", "text"], name="an_alias_once_a_procedure")]

    def __str__(self) -> str:
        return self.text


class SearchOutcome(models.TextChoices):
    NOTHING = "nothing", _("không tìm thấy gì")
    GUESSES = "guesses", _("chỉ đoán")
    FOUND = "found", _("tìm thấy")


class SearchedText(models.Model):
    """A query that found nothing certain, or from whose results somebody chose one. No person, no time of day, no address.

    `text`: in lower case; never what looks like a number, a name or an address (`procedures.search.asked`).
    """

    text = models.CharField(_("câu tìm"), max_length=100, unique=True)
    outcome = models.CharField(_("kết quả"), max_length=7, choices=SearchOutcome.choices)
    times = models.PositiveIntegerField(_("số lần"), default=1)
    last_on = models.DateField(_("lần cuối"))

    class Meta:
        verbose_name = _("câu đã tìm")
        verbose_name_plural = _("câu đã tìm")
        ordering = ["-times", "text"]

    def __str__(self) -> str:
        return self.text


class SearchChoice(models.Model):
    """How often a procedure was opened from the results of a query."""

    searched = models.ForeignKey(SearchedText, on_delete=models.CASCADE, related_name="choices")
    procedure = models.ForeignKey(Procedure, verbose_name=_("thủ tục"), on_delete=models.CASCADE)
    times = models.PositiveIntegerField(_("số lần"), default=1)

    class Meta:
        verbose_name = _("lựa chọn sau khi tìm")
        verbose_name_plural = _("lựa chọn sau khi tìm")
        ordering = ["-times", "pk"]
        constraints = [models.UniqueConstraint(fields=["searched", "procedure"], name="a_choice_once_a_query")]
