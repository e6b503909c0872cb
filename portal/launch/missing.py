"""The error for something missing on this machine: one line, with the command that helps."""


class Missing(Exception):
    """Something that the portal needs is missing. `what`: a Vietnamese phrase without a full stop; `command`: what to run."""

    def __init__(self, what: str, command: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.command = command

    def __str__(self) -> str:
        if not self.command:
            return f"{self.what}."
        between = "\n  " if "\n" in self.what else ". "
        return f"{self.what}{between}Chạy: {self.command}"
