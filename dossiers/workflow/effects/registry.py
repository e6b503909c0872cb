"""Effects under the names by which transition lines call them. `before` ones change the dossier and its rows before the event is
written; `after` ones need the event they hang on."""

BEFORE, AFTER = {}, {}


def before(effect):
    BEFORE[effect.__name__] = effect
    return effect


def after(effect):
    AFTER[effect.__name__] = effect
    return effect


def before_event(step):
    for name in step.line.custom["effects"]:
        if name in BEFORE:
            BEFORE[name](step)


def after_event(step, event):
    for name in step.line.custom["effects"]:
        if name in AFTER:
            AFTER[name](step, event)
