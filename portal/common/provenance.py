"""Where the rows of shipped data come from: loaded from data/, or set by people. Loading never overwrites what people set."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.db import models
from django.utils.translation import gettext_lazy as _

WHOLE_ROW = "*"
NOTES = ("set_by_people", "shipped_says")  # columns about the others
REMOVED = "accounts.RemovedRow"  # keys of shipped rows that people removed, so that they are not loaded again


class ProvenanceQuerySet(models.QuerySet):
    def delete(self) -> tuple[int, dict[str, int]]:
        """Delete, and remember which shipped rows were removed."""
        remember_removed(self)
        return super().delete()


class Provenance(models.Model):
    """A row that `load_data` ships.

    Every `save` is taken for a person's: `set_by_people` names the columns that it changed, or all («*») when it made the
    row. The loader writes in bulk, and only columns that nobody has set; what the files say of the others it keeps in
    `shipped_says` ({column: value as JSON}) for people to compare. `SHIPPED_KEY`: the columns that identify a row in the data
    files.
    """

    SHIPPED_KEY: tuple[str, ...] = ()

    set_by_people = models.JSONField(_("do người đặt"), default=list, editable=False)
    shipped_says = models.JSONField(_("dữ liệu kèm theo nói khác"), default=dict, editable=False)

    objects = ProvenanceQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, **options: Any) -> None:
        columns = [field.attname for field in self._meta.concrete_fields if field.attname not in ("id", *NOTES)]
        before = type(self)._base_manager.filter(pk=self.pk).values(*columns).first() if self.pk else None
        changed = [name for name in columns if before[name] != getattr(self, name)] if before else [WHOLE_ROW]
        if set(changed) - set(self.set_by_people):
            self.set_by_people = sorted({*self.set_by_people, *changed})
        self.shipped_says = {name: said for name, said in self.shipped_says.items() if as_json(getattr(self, name)) != said}
        if changed and options.get("update_fields") is not None:
            options["update_fields"] = {*options["update_fields"], *NOTES}
        super().save(**options)

    def delete(self, **options: Any) -> tuple[int, dict[str, int]]:
        remember_removed([self])
        return super().delete(**options)

    @property
    @admin.display(description=_("nguồn"))
    def source(self) -> Any:
        """For lists of the administration: who the row comes from."""
        if WHOLE_ROW in self.set_by_people:
            return _("người đặt")
        if self.shipped_says:
            return _("dữ liệu kèm theo, người sửa; bản cài mới nói khác")
        return _("dữ liệu kèm theo, người sửa") if self.set_by_people else _("dữ liệu kèm theo")

    def shipped_differences(self, leave_out: Iterable[str] = ()) -> list[dict[str, str]]:
        """[{"place", "old", "new"}] in words: what is stored, and what the data files say of columns that people set."""
        rows = []
        for name, said in self.shipped_says.items():
            if name not in leave_out:
                field = next(field for field in self._meta.concrete_fields if field.attname == name)
                rows.append({
                    "place": str(field.verbose_name), "old": _words(field, getattr(self, name)), "new": _words(field, said),
                })  # fmt: skip
        return rows


def _words(field: Any, value: Any) -> str:
    """A value for people: the named row, the label of a choice, a day."""
    if value is None or value == "":
        return str(_("không có"))
    if field.remote_field is not None:
        target = field.remote_field.model
        row = target._base_manager.filter(**{field.target_field.attname: value}).first()
        return str(row) if row else str(value)
    if isinstance(field, models.DateField):
        return f"{field.to_python(value):%d/%m/%Y}"
    if isinstance(field, models.BooleanField):
        return str(_("có") if value else _("không"))
    return str(dict(field.flatchoices).get(value, value))


def as_json(value: Any) -> Any:
    """The value as `shipped_says` keeps it: days as ISO text."""
    return value.isoformat() if isinstance(value, dt.date) else value


def remember_removed(rows: Iterable[Provenance]) -> None:
    """Store the keys of the shipped ones among these rows, which people remove now."""
    removed = apps.get_model(REMOVED)
    found = [removed(table=row._meta.label, key=key_of(row)) for row in rows if WHOLE_ROW not in row.set_by_people]
    removed.objects.bulk_create(found, ignore_conflicts=True)


def removed_keys(model: type[Provenance]) -> set[str]:
    """The keys of this table that people removed."""
    return set(apps.get_model(REMOVED).objects.filter(table=model._meta.label).values_list("key", flat=True))


def key_of(row: Provenance) -> str:
    """The shipped key of a row as one text."""
    return "|".join(str(getattr(row, name)) for name in row.SHIPPED_KEY)


def set_shipped(row: models.Model, values: Mapping[str, Any]) -> bool:
    """Set shipped values on a row, without saving, except those that people set, which are noted in `shipped_says` where they
    differ. True when the row changed; save it with `shipped_says`."""
    theirs = set(getattr(row, "set_by_people", ()))
    wanted = {} if WHOLE_ROW in theirs else {name: value for name, value in values.items() if name not in theirs}
    different = [name for name, value in wanted.items() if getattr(row, name) != value]
    for name in different:
        setattr(row, name, wanted[name])
    if not isinstance(row, Provenance):
        return bool(different)
    before = row.shipped_says
    kept = {name: as_json(value) for name, value in values.items() if name not in wanted and getattr(row, name) != value}
    row.shipped_says = {name: said for name, said in before.items() if name not in values} | kept
    return bool(different) or row.shipped_says != before


def mark_logged(state: Any, app: str, names: Iterable[str]) -> None:
    """For migrations: rows that the log of the administration shows as made or changed are people's. `state`: historical apps."""
    log, types = state.get_model("admin.LogEntry"), state.get_model("contenttypes.ContentType")
    for name in names:
        kind = types.objects.filter(app_label=app, model=name.lower()).first()
        logged = log.objects.filter(content_type=kind, action_flag__in=(1, 2)) if kind else log.objects.none()
        keys = [int(pk) for pk in logged.values_list("object_id", flat=True) if pk and pk.isdigit()]
        state.get_model(app, name).objects.filter(pk__in=keys).update(set_by_people=[WHOLE_ROW])
