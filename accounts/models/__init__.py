from accounts.models.absences import Absence
from accounts.models.access import AccessLog, AdministratorChange, log_access
from accounts.models.bodies import Agency, Membership, OfficeHours, RemovedRow
from accounts.models.people import Basis, Gender, LoginKind, Mandate, Organisation, Person, User
from accounts.models.staffing import MembershipEnd, PasswordLink, StaffRequest
from accounts.models.territory import COMMUNE_KINDS, PROVINCE_KINDS, AdministrativeUnit
from accounts.models.throttle import FailureCount

__all__ = [
    "COMMUNE_KINDS",
    "PROVINCE_KINDS",
    "Absence",
    "AccessLog",
    "AdministrativeUnit",
    "AdministratorChange",
    "Agency",
    "Basis",
    "FailureCount",
    "Gender",
    "LoginKind",
    "Mandate",
    "Membership",
    "MembershipEnd",
    "OfficeHours",
    "Organisation",
    "PasswordLink",
    "Person",
    "RemovedRow",
    "StaffRequest",
    "User",
    "log_access",
]
