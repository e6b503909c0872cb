"""Who leaves hands over first: what a member of staff still holds, asked of the rooms above, before a role ends."""

from collections.abc import Callable, Iterable

_asked: list[Callable] = []


def holdings(function: Callable[..., Iterable[str]]) -> Callable[..., Iterable[str]]:
    """Decorator: registers a function (user, agency, role) that returns codes of what this person holds in that role there."""
    _asked.append(function)
    return function


def held(user, agency, role) -> list[str]:
    """Codes of what would be left lying when this role ended now."""
    return [code for ask in _asked for code in ask(user, agency, role)]
