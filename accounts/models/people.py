"""Subjects (persons, organisations), logins, and who may act for whom."""

from django.apps import apps
from django.contrib.auth.models import AbstractUser
from django.contrib.auth.models import UserManager as DjangoUserManager
from django.db import models
from django.db.models import Q
from django.utils.crypto import salted_hmac
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.mandates import Basis, covers, in_force
from accounts.roles import WORK_ON_DOSSIERS, Role
from portal.common import clock
from portal.common.vietnamese import sort_key


class Gender(models.TextChoices):
    MALE = "male", _("Nam")
    FEMALE = "female", _("Nữ")


class Subject(models.Model):
    """The common fields of a person and an organisation as subject (chủ hồ sơ). A subject may have no login."""

    phone = models.CharField(_("điện thoại"), max_length=16, blank=True)
    email = models.EmailField(_("thư điện tử"), blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        abstract = True


class Person(Subject):
    """A natural person. Addresses are {"province", "commune", "detail"} with codes of territory."""

    full_name = models.CharField(_("họ và tên"), max_length=100)
    sort_key = models.CharField(max_length=400, editable=False, db_collation="C")
    birth_date = models.DateField(_("ngày sinh"), null=True, blank=True)
    gender = models.CharField(_("giới tính"), max_length=6, choices=Gender.choices, blank=True)
    id_number = models.CharField(_("số định danh cá nhân"), max_length=20, null=True, blank=True, unique=True)
    disputed_number = models.CharField(
        _("số trên giấy, đang ghi cho người khác"), max_length=20, blank=True, db_index=True,
        help_text=_("Hai người trùng một số: cán bộ nhập theo giấy đã xem, chưa rõ số của ai."),
    )  # fmt: skip
    id_type = models.CharField(_("loại giấy tờ"), max_length=20, blank=True)
    id_issue_date = models.DateField(_("ngày cấp"), null=True, blank=True)
    id_issue_place = models.CharField(_("nơi cấp"), max_length=150, blank=True)
    nationality = models.CharField(_("quốc tịch"), max_length=2, default="VN")
    birth_province = models.CharField(_("tỉnh nơi sinh"), max_length=20, blank=True)
    permanent_address = models.JSONField(_("nơi thường trú"), null=True, blank=True)
    temporary_address = models.JSONField(_("nơi tạm trú"), null=True, blank=True)
    current_address = models.JSONField(_("nơi ở hiện tại"), null=True, blank=True)
    social_insurance_no = models.CharField(_("mã số bảo hiểm xã hội"), max_length=15, blank=True)
    identity_level = models.PositiveSmallIntegerField(_("mức định danh"), default=0)

    class Meta:
        verbose_name = _("người")
        verbose_name_plural = _("người")
        constraints = [models.CheckConstraint(condition=Q(identity_level__lte=2), name="identity_level_is_0_1_or_2")]

    def __str__(self):
        return self.full_name

    def save(self, *args, **kwargs):
        self.sort_key = sort_key(self.full_name)
        super().save(*args, **kwargs)

    @property
    def number_on_paper(self):
        """The number on the document that was seen, also when it is recorded for somebody else."""
        return self.id_number or self.disputed_number


class Organisation(Subject):
    """An organisation, identified by its tax code."""

    name = models.CharField(_("tên"), max_length=250)
    sort_key = models.CharField(max_length=800, editable=False, db_collation="C")
    tax_code = models.CharField(_("mã số thuế"), max_length=14, unique=True)
    address = models.JSONField(_("địa chỉ trụ sở"), null=True, blank=True)

    class Meta:
        verbose_name = _("tổ chức")
        verbose_name_plural = _("tổ chức")

    def __str__(self):
        return self.name

    def save(self, *args, **kwargs):
        self.sort_key = sort_key(self.name)
        super().save(*args, **kwargs)


class LoginKind(models.TextChoices):
    """Whose a login is. Decided when the login is made; a trigger refuses to change it."""

    CITIZEN = "citizen", _("của người dân")
    STAFF = "staff", _("của cán bộ")


class UserManager(DjangoUserManager):
    def create_superuser(self, username, email=None, password=None, **facts):
        """A system administrator is always staff. Other logins name their `kind` themselves."""
        return super().create_superuser(username, email, password, **{"kind": LoginKind.STAFF, **facts})


class User(AbstractUser):
    """A login: a citizen's, which points to the person, or a staff member's, who gets rights from memberships. Never both.

    Database rules (constraints below, triggers in migration 0003): the kind never changes; a role, the admin flag and the flag of
    a system administrator belong to staff only; a person belongs to citizens only.
    """

    first_name = None
    last_name = None
    kind = models.CharField(_("loại tài khoản"), max_length=8, choices=LoginKind.choices, editable=False)
    full_name = models.CharField(_("họ và tên"), max_length=100)
    phone = models.CharField(_("điện thoại"), max_length=16, blank=True)
    person = models.OneToOneField(
        Person, verbose_name=_("là người"), null=True, blank=True, on_delete=models.PROTECT, related_name="user"
    )
    id_number = models.CharField(
        _("số định danh của cán bộ"), max_length=20, blank=True,
        help_text=_("Chỉ để cổng không cho cán bộ tự giải quyết hồ sơ của chính mình."),
    )  # fmt: skip
    morning_messages = models.JSONField(
        null=True, blank=True, editable=False,
        help_text="kinds of messages that come once a morning (accounts.messages.grouping); null: as the portal proposes",
    )  # fmt: skip
    session_epoch = models.PositiveIntegerField(default=0, editable=False, help_text="a higher number ends all open sessions")
    locked_addresses = models.JSONField(default=dict, editable=False, help_text="{network address: when its logins were locked}")

    objects = UserManager()

    REQUIRED_FIELDS = ["email", "full_name"]

    class Meta:
        verbose_name = _("tài khoản")
        verbose_name_plural = _("tài khoản")
        constraints = [
            models.CheckConstraint(
                name="a_login_is_a_citizens_or_staffs",
                condition=Q(kind=LoginKind.STAFF, person=None) | Q(kind=LoginKind.CITIZEN, is_staff=False, is_superuser=False),
            )
        ]

    def __str__(self):
        return self.full_name or self.username

    def get_full_name(self):
        return self.full_name

    def get_short_name(self):
        return self.full_name

    @property
    def is_staff_login(self):
        """A login of staff (not Django's `is_staff`, the flag of its admin site)."""
        return self.kind == LoginKind.STAFF

    def _get_session_auth_hash(self, secret=None):
        """What a session must match at each request. It ends with the password, when `session_epoch` goes up (lock, unlock), and
        when a role of staff begins or ends. The roles are read here once and used by the pages of staff."""
        salt = "accounts.models.User.get_session_auth_hash"
        roles = sorted(self.roles) if self.is_staff_login else []
        return salted_hmac(salt, f"{self.session_epoch}:{roles}:{self.password}", secret=secret, algorithm="sha256").hexdigest()

    @cached_property
    def own_persons(self):
        """Ids of the persons this user is: of a citizen their person, of staff the person with their identity number."""
        if self.is_staff_login and self.id_number:
            return set(Person.objects.filter(id_number=self.id_number).values_list("pk", flat=True))
        return {self.person_id} if self.person_id else set()

    @cached_property
    def own_logins(self):
        """Ids of the logins of this human being: this one, and of staff also their login as a citizen."""
        if self.is_staff_login and self.own_persons:
            return {self.pk, *User.objects.filter(person__in=self.own_persons).values_list("pk", flat=True)}
        return {self.pk}

    @cached_property
    def roles(self):
        """{(role, agency id)} in force now. Read once per request, because the user object lives for one request."""
        return set(self.memberships.current().values_list("role", "agency_id"))

    @cached_property
    def stands_in_for(self):
        """Ids of the staff who are away today and whose work this user may do: as the named stand-in, or nobody was named. The
        role is checked where the work is done."""
        away = (
            apps.get_model("accounts", "Absence").objects.current().filter(Q(stand_in=self) | Q(stand_in=None)).exclude(user=self)
        )
        return set(away.values_list("user_id", flat=True))

    def has_role(self, role, agency_id):
        """Does this person hold the role at that agency today?"""
        return self.is_active and (str(role), agency_id) in self.roles

    def agencies_with(self, *roles):
        """Ids of the agencies where this person holds one of the roles today."""
        wanted = {str(role) for role in roles or Role.values}
        return {agency for role, agency in self.roles if role in wanted}

    @property
    def works_on_dossiers(self):
        """True for staff with a role in WORK_ON_DOSSIERS (not the same as Django's admin flag)."""
        return bool(self.agencies_with(*WORK_ON_DOSSIERS))


class MandateQuerySet(models.QuerySet):
    def current(self):
        """Mandates in force today. Must be checked at each action, not only when a dossier is opened."""
        return self.filter(in_force())

    def covering(self, procedure_code):
        """Mandates for this procedure, or for all."""
        return self.filter(covers(procedure_code))


class Mandate(models.Model):
    """Who may act for which subject, on what basis, for which procedures and actions, from when to when."""

    agent = models.ForeignKey(User, verbose_name=_("người làm thay"), on_delete=models.PROTECT, related_name="mandates")
    person = models.ForeignKey(
        Person, verbose_name=_("thay cho người"), null=True, blank=True, on_delete=models.PROTECT, related_name="mandates"
    )
    organisation = models.ForeignKey(
        Organisation, verbose_name=_("thay cho tổ chức"), null=True, blank=True, on_delete=models.PROTECT, related_name="mandates"
    )
    basis = models.CharField(_("căn cứ"), max_length=24, choices=Basis.choices)
    procedures = models.JSONField(_("thủ tục"), default=list, blank=True, help_text=_("mã thủ tục; trống là mọi thủ tục"))
    actions = models.JSONField(_("việc được làm"), default=list, blank=True)
    valid_from = models.DateField(_("từ ngày"), default=clock.today)
    valid_to = models.DateField(_("đến ngày"), null=True, blank=True)
    evidence_key = models.CharField(_("tệp chứng minh"), max_length=80, blank=True)
    evidence_sha256 = models.CharField(max_length=64, blank=True)
    verified_by = models.ForeignKey(
        User, verbose_name=_("người kiểm tra"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    revoked_at = models.DateTimeField(_("thu hồi lúc"), null=True, blank=True)

    objects = MandateQuerySet.as_manager()

    class Meta:
        verbose_name = _("ủy quyền, đại diện")
        verbose_name_plural = _("ủy quyền, đại diện")
        constraints = [
            models.CheckConstraint(
                condition=Q(person=None, organisation__isnull=False) | Q(person__isnull=False, organisation=None),
                name="a_mandate_is_for_one_person_or_one_organisation",
            )
        ]

    def __str__(self):
        return f"{self.agent} → {self.person or self.organisation}"
