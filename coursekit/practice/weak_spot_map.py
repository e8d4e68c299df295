"""The map of weak spots: what is recalled and what is left out, by topic."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from coursekit.questions import Question

from .cards import all_cards
from .progress import Topic, WeakSpot, find_weak_spots, read_interviews

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

COLUMNS = ("seen", "recall now", "key points mentioned")


def weak_spot_table(spots: Sequence[WeakSpot]) -> "pd.DataFrame":
    """Put weak spots into a table.

    Returns
    -------
    pandas.DataFrame
        One row a topic, named after it; the columns are shares from 0 to 1, missing where no card
        of the topic was seen or came up in an interview.
    """
    import pandas as pd

    rows = [(spot.n_seen / spot.n_cards, spot.recall, spot.mentioned) for spot in spots]
    index = pd.Index([spot.topic for spot in spots], name="topic")
    return pd.DataFrame(rows, index=index, columns=list(COLUMNS), dtype=float)


def weak_spots(
    by: Topic = "lesson",
    *,
    questions: Sequence[Question] | None = None,
    limit: int | None = 20,
    ax: "Axes | None" = None,
) -> "Axes":
    """Draw the map of weak spots, the weakest topic on top.

    Parameters
    ----------
    by : {"lesson", "tag"}
    questions : sequence of Question, optional
        Instead of the whole bank.
    limit : int, optional
        At most so many topics.
    ax : matplotlib.axes.Axes, optional
        Where to draw.

    Returns
    -------
    matplotlib.axes.Axes
    """
    import matplotlib.pyplot as plt
    import seaborn as sns

    spots = find_weak_spots(all_cards(questions), by, read_interviews())[:limit]
    table = weak_spot_table(spots)
    if ax is None:
        _, ax = plt.subplots(figsize=(7.5, 1.6 + 0.36 * len(table)), layout="constrained")
    sns.heatmap(
        100 * table,
        vmin=0,
        vmax=100,
        cmap="cividis",
        annot=True,
        fmt=".0f",
        linewidths=0.5,
        cbar_kws={"label": "share (%)"},
        ax=ax,
    )
    ax.set_facecolor("0.92")  # under the cells of topics that were never seen
    ax.set(title="Weak spots, the weakest first (blank: not seen yet)", xlabel="", ylabel=by)
    ax.tick_params(axis="y", rotation=0)
    return ax
