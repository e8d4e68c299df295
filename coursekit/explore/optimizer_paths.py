"""Lesson 14: learning rate, momentum and optimizer on a bowl, a ravine and a saddle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from coursekit.explore import controls
from coursekit.explore.canvas import COLORS, Artists
from coursekit.explore.descent import (
    OPTIMIZERS,
    SURFACES,
    USE_MOMENTUM,
    Array,
    Descent,
    descend,
    largest_stable_rate,
)
from coursekit.explore.explorer import Explorer
from coursekit.explore.prediction import Fact, Prediction

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

N_STEPS = 300  # of every run; the picture may show fewer
TARGET = 1e-3  # loss at which a run counts as done
NO_RIVAL = "none"
_PATH_LIMIT = 8.0  # weights further out are not drawn
_LEVELS = np.geomspace(0.01, 100, 9)  # losses of the contours, the same on every surface
_SHADES = [str(shade) for shade in np.linspace(0.62, 0.98, len(_LEVELS) + 1)]  # low loss is darker


@dataclass(frozen=True)
class Race:
    """A run, another to compare it with, and how much of their paths to show.

    Attributes
    ----------
    surface, optimizer, rival_name : str
        What the run descends and how, and with what it is compared.
    run : Descent
        The run itself, `N_STEPS` long.
    rival : Descent or None
        The other optimizer's run with the same settings.
    n_shown : int
        Steps of the path to show; the loss is always shown whole.
    largest_stable : float or None
        The learning rate above which the run diverges, where a formula gives it.
    """

    surface: str
    optimizer: str
    rival_name: str
    run: Descent
    rival: Descent | None
    n_shown: int
    largest_stable: float | None

    @property
    def facts(self) -> dict[str, Fact]:
        """Loss, speed and stability of the run."""
        stable = "no formula" if self.largest_stable is None else self.largest_stable
        facts: dict[str, Fact] = {
            f"{self.optimizer}: loss at step {self.n_shown}": float(self.run.loss[self.n_shown]),
            f"steps to {TARGET:g}": _steps_in_words(self.run),
            "largest stable learning rate": stable,
            "diverged": self.run.diverged,
            "uses momentum": self.optimizer in USE_MOMENTUM,
        }
        if self.rival is not None:
            facts[f"steps to {TARGET:g}, compared"] = _steps_in_words(self.rival)
        return facts


def run_race(
    surface: str,
    optimizer: str,
    rival: str,
    learning_rate: float,
    momentum: float,
    n_shown: int,
) -> Race:
    """Descend a surface with one optimizer, and with a second one unless it is ``"none"``.

    Parameters
    ----------
    surface : str
        One of `SURFACES`.
    optimizer, rival : str
        Each one of `OPTIMIZERS`; the rival may be ``"none"``.
    learning_rate, momentum : float
        For both. Momentum is Adam's beta_1, and unused by plain gradient descent, AdaGrad and
        RMSprop.
    n_shown : int
        Steps of the path to show, 0 to `N_STEPS`.
    """

    def run(name: str) -> Descent:
        return descend(SURFACES[surface], name, learning_rate, momentum, N_STEPS)

    return Race(
        surface=surface,
        optimizer=optimizer,
        rival_name=rival,
        run=run(optimizer),
        rival=None if rival == NO_RIVAL else run(rival),
        n_shown=n_shown,
        largest_stable=largest_stable_rate(SURFACES[surface], optimizer, momentum),
    )


def _steps_in_words(run: Descent) -> Fact:
    steps = run.steps_to(TARGET)
    return f"not within {N_STEPS}" if steps is None else steps


def setup(figure: Figure) -> Artists:
    """Draw the fixed axes: contours of every surface with the path, and the loss by step."""
    plane, curve = figure.subplots(1, 2, width_ratios=(1, 1.2))
    plane.set(xlim=(-2, 2), ylim=(-2, 2), xlabel="weight 1", ylabel="weight 2", title=" ")
    plane.set(xticks=[-2, -1, 0, 1, 2], yticks=[-2, -1, 0, 1, 2])
    curve.set(yscale="log", xlim=(0, N_STEPS + 5), ylim=(1e-9, 1e5))
    curve.set(xlabel="step", ylabel="loss above its minimum")
    curve.set_yticks([1e-8, 1e-4, 1, 1e4])
    curve.minorticks_off()
    curve.axhline(TARGET, color=COLORS["grey"], linewidth=1)
    curve.text(N_STEPS, TARGET, f"{TARGET:g}", color="#595959", size="small", ha="right",
               va="bottom")  # fmt: skip
    paper = {"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 1}
    name_style: dict[str, Any] = {"ha": "right", "va": "top", "weight": "bold", "bbox": paper}
    return {
        **_surface_artists(plane),
        **_run_artists(plane, curve, "rival", COLORS["orange"], "s", "--"),
        **_run_artists(plane, curve, "run", COLORS["blue"], "o", "-"),
        "surface name": plane.text(0, 1.02, "", transform=plane.transAxes, weight="bold"),
        "run name": curve.text(0.99, 0.99, "", transform=curve.transAxes, color=COLORS["blue"],
                               **name_style),
        "rival name": curve.text(0.99, 0.91, "", transform=curve.transAxes, color="#9a6200",
                                 **name_style),
    }  # fmt: skip


def _surface_artists(plane: Axes) -> dict[str, Any]:
    grid = np.stack(np.meshgrid(*[np.linspace(-2, 2, 161)] * 2), axis=-1)
    artists: dict[str, Any] = {}
    for name, surface in SURFACES.items():
        artists[f"{name} contours"] = plane.contourf(
            grid[..., 0], grid[..., 1], surface.loss(grid), _LEVELS, colors=_SHADES, extend="both"
        )
        artists[f"{name} minima"] = plane.plot(
            *np.transpose(surface.minima),
            "*",
            color="white",
            markersize=13,
            markeredgecolor="black",
        )[0]
    return artists


def _run_artists(
    plane: Axes, curve: Axes, name: str, color: str, marker: str, line: str
) -> dict[str, Any]:
    now: dict[str, Any] = {
        "markersize": 9,
        "markeredgecolor": "black",
        "color": color,
        "linestyle": "none",
    }
    return {
        f"{name} path": plane.plot([], [], marker + line, color=color, lw=1.2, markersize=3.5)[0],
        f"{name} loss": curve.plot([], [], line, color=color, linewidth=2)[0],
        f"{name} now": plane.plot([], [], marker, **now)[0],
        f"{name} loss now": curve.plot([], [], marker, **now)[0],
    }


def draw(artists: Artists, data: Race) -> None:
    """Show the surface, and both runs as far as they have come."""
    for name in SURFACES:
        for part in ("contours", "minima"):
            artists[f"{name} {part}"].set_visible(name == data.surface)
    artists["surface name"].set_text(data.surface)
    artists["run name"].set_text(f"—●  {_name(data.optimizer, data.run)}")
    rival_name = "" if data.rival is None else f"- -■  {_name(data.rival_name, data.rival)}"
    artists["rival name"].set_text(rival_name)
    for name, run in (("run", data.run), ("rival", data.rival)):
        for part in ("path", "loss", "now", "loss now"):
            artists[f"{name} {part}"].set_visible(run is not None)
        if run is not None:
            _draw_run(artists, name, run, data.n_shown)


def _draw_run(artists: Artists, name: str, run: Descent, n_shown: int) -> None:
    path = _inside(run.path[: n_shown + 1])
    loss = np.maximum(run.loss, 1e-300)  # a logarithmic axis has no zero
    artists[f"{name} path"].set_data(*path.T)
    artists[f"{name} now"].set_data(*path[-1:].T)
    artists[f"{name} loss"].set_data(np.arange(len(loss)), loss)
    artists[f"{name} loss now"].set_data([n_shown], [loss[n_shown]])


def _inside(path: Array) -> Array:
    """Cut a path where it first leaves for good, so that it does not paint the axes over."""
    outside = np.abs(path).max(axis=1) > _PATH_LIMIT
    return np.where(np.logical_or.accumulate(outside)[:, None], np.nan, path)


def _name(optimizer: str, run: Descent) -> str:
    return f"{optimizer} → ∞" if run.diverged else optimizer


def _room_for_momentum(facts: Mapping[str, Fact]) -> str:
    ratio = float(facts["largest stable learning rate"]) / 0.02
    return "lower" if ratio < 1 else "the same" if ratio == 1 else "nearly twice as high"


def optimizer_race() -> Explorer:
    """Race two optimizers down a bowl, a ravine or past a saddle.

    Returns
    -------
    Explorer
        Settings: ``surface``, ``optimizer``, ``rival``, ``learning_rate`` (0.001 to 3.16),
        ``momentum`` (0 to 0.99), ``n_shown`` (0 to 300 steps).
    """
    return Explorer(
        title="Learning rate, momentum, optimizer",
        alt="Left: the path of an optimizer over the contours of a bowl, a ravine or a saddle. "
        "Right: its loss by step on a logarithmic axis, with a second optimizer dashed.",
        setup=setup,
        update=run_race,
        draw=draw,
        controls={
            "surface": controls.choice("surface", "ravine", SURFACES),
            "optimizer": controls.choice("optimizer", "gradient descent", OPTIMIZERS),
            "rival": controls.choice("compare with", NO_RIVAL, (NO_RIVAL, *OPTIMIZERS)),
            "learning_rate": controls.log_slider("learning rate", 0.01, -3, 0.5),
            "momentum": controls.slider("momentum (Adam: β₁)", 0.9, 0.0, 0.99, 0.01),
            "n_shown": controls.slider("path up to step", 50, 0, N_STEPS),
        },
        presets={
            "Just below 2/L": {
                "surface": "ravine", "optimizer": "gradient descent", "learning_rate": 0.0195,
                "n_shown": 20,
            },
            "Just above 2/L": {
                "surface": "ravine", "optimizer": "gradient descent", "learning_rate": 0.0205,
                "n_shown": 20,
            },
            "Momentum in the ravine": {
                "optimizer": "momentum", "rival": "gradient descent", "learning_rate": 0.015,
                "momentum": 0.7,
            },
            "Past the saddle": {
                "surface": "saddle", "optimizer": "Adam", "rival": "gradient descent",
                "learning_rate": 0.05, "n_shown": 150,
            },
        },
        step="n_shown",
        prediction=Prediction(
            question="On the ravine, gradient descent is stable up to a learning rate of 0.02. "
            "With momentum 0.9 the limit is …",
            options=("lower", "the same", "nearly twice as high"),
            settings={"optimizer": "momentum", "learning_rate": 0.035, "momentum": 0.9},
            answer=_room_for_momentum,
            because="The limit is 2(1 + β)/L: the velocity still points the other way when the "
            "gradient flips, and brakes the oscillation.",
        ),
        size=(8.2, 3.9),
        preview_size=(4.4, 2.9),
    )  # fmt: skip
