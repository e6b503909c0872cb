"""What to say when something is not there: one line, and the command that brings it."""


class Missing(Exception):
    """Something the portal needs is not there."""

    def __init__(self, what: str, command: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.command = command

    def __str__(self) -> str:
        if not self.command:
            return f"{self.what}."
        between = "\n  " if "\n" in self.what else ". "
        return f"{self.what}{between}Chạy: {self.command}"
