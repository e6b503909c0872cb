"""Import graph of the apps in numbers: `python -m tests.import_graph payments dossiers procedures accounts`.

A room is a module or package directly below an app. An arrow is one room importing another (of the same app), late imports
inside functions included. Migrations and the mocks are left out.
"""

import sys

import grimp

APPS = ("portal", "accounts", "procedures", "dossiers", "payments")
LEFT_OUT = (".migrations", "payments.mock_gateway", "dossiers.mock_post", "accounts.mock_sms")


def graph():
    built = grimp.build_graph(*APPS, exclude_type_checking_imports=True, cache_dir=None)
    for module in [name for name in built.modules if any(part in name for part in LEFT_OUT)]:
        built.remove_module(module)
    return built


def room_of(module, app):
    """`payments.refunds.approval` → `refunds`; None for the app itself and for other apps."""
    parts = module.split(".")
    return parts[1] if parts[0] == app and len(parts) > 1 else None


def rooms_and_arrows(built, app):
    """(rooms, arrows between them) of one app."""
    rooms = {room for module in built.modules if (room := room_of(module, app))}
    arrows = set()
    for module in built.modules:
        source = room_of(module, app)
        for imported in built.find_modules_directly_imported_by(module) if source else ():
            target = room_of(imported, app)
            if target and target != source:
                arrows.add((source, target))
    return rooms, arrows


def in_circles(built):
    """Modules that import themselves by way of others, in the order of their names."""
    return sorted(
        module
        for module in built.modules
        if any(built.chain_exists(imported, module) for imported in built.find_modules_directly_imported_by(module))
    )


if __name__ == "__main__":
    whole = graph()
    for name in sys.argv[1:] or APPS:
        rooms, arrows = rooms_and_arrows(whole, name)
        print(f"{name}: {len(rooms)} rooms, {len(arrows)} arrows")
    print("in import circles:", ", ".join(in_circles(whole)) or "no module")
