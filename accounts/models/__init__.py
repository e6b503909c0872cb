from accounts.models.access import AccessLog, AdministratorChange, log_access
from accounts.models.bodies import Agency, Membership, OfficeHours
from accounts.models.people import Basis, Gender, Mandate, Organisation, Person, User
from accounts.models.territory import COMMUNE_KINDS, PROVINCE_KINDS, AdministrativeUnit

__all__ = [
    "COMMUNE_KINDS",
    "PROVINCE_KINDS",
    "AccessLog",
    "AdministrativeUnit",
    "AdministratorChange",
    "Agency",
    "Basis",
    "Gender",
    "Mandate",
    "Membership",
    "OfficeHours",
    "Organisation",
    "Person",
    "User",
    "log_access",
]
