"""How the powders of an electrode are mixed and pressed, in words."""

from collections.abc import Iterator

from ssbflow.design.card import Electrode


def mixing_steps(electrode: Electrode) -> Iterator[str]:
    """Yield the steps from dry powders to the pressed electrode.

    The order is a choice, the usual one of dry mixing; a simulation knows an even mixture and no order.
    """
    named = {powder.component: powder.material for powder in electrode.powders}
    fine, steps = [named[component] for component in ("se", "carbon") if component in named], []
    if len(fine) == 2:
        steps.append(f"grind {' with '.join(fine)} until evenly grey: the carbon spreads in the soft SE")
    if "eam" in named and fine:
        rest = "it" if steps else fine[0]
        steps.append(f"fold {rest} into {named['eam']} gently: its particles must keep their sizes")
    if "binder" in named:
        steps.append(f"add {named['binder']} last and knead (PTFE: until it has drawn fibrils)")
    steps.append(f"spread evenly, press at {electrode.pressure_mpa:g} MPa")
    yield "Under dry argon (sulfides and halides react with moisture); the order is a choice, no result:"
    for number, step in enumerate(steps, 1):
        yield f"{number}. {step}"
