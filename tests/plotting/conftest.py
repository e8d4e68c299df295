"""Records to draw, and a guard against figures that stay behind."""

import matplotlib as mpl
import pandas as pd
import pytest

mpl.use("Agg")


@pytest.fixture(autouse=True)
def plt():
    """Start without figures, close what the test opened."""
    import matplotlib.pyplot as plt

    plt.close("all")
    yield plt
    plt.close("all")


@pytest.fixture
def ax(plt):
    """Axes of a figure that pyplot does not know, as explorables use them."""
    from matplotlib.figure import Figure

    return Figure(figsize=(6, 4)).subplots()


@pytest.fixture
def history():
    """A tidy history: two learning rates, three seeds, four epochs."""
    return pd.DataFrame(
        [
            {
                "learning_rate": learning_rate,
                "seed": seed,
                "epoch": epoch,
                "loss": seed + learning_rate / epoch,
                "val_loss": seed + 2 * learning_rate / epoch,
            }
            for learning_rate in (1.0, 0.1)
            for seed in (0, 1, 5)
            for epoch in (1, 2, 3, 4)
        ]
    )


@pytest.fixture
def last_epoch(history):
    return history[history.epoch == history.epoch.max()]
