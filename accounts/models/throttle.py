"""Failed attempts of one network address at one door, within a window of time. Counted in the database, by all web processes."""

from django.db import models


class FailureCount(models.Model):
    """How often an address failed at a door (`login`, `track` …) since `since`. One row for each pair, used again and again."""

    door = models.CharField(max_length=20)
    address = models.CharField(max_length=50)
    since = models.DateTimeField()
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["door", "address"], name="one_count_a_door_and_address")]

    def __str__(self):
        return f"{self.door} {self.address}: {self.count}"
