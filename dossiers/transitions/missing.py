"""What a step lacks."""


class DetailsMissing(ValueError):
    """A required input is missing or wrong; `field` is its name in the form."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(str(sentence))
        self.field = field
