"""What learning curves and sweep curves show."""

import numpy as np
import pytest

from coursekit.plotting import learning_curves, sweep_curve


def legend_texts(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def test_one_line_a_level_with_the_median_of_the_seeds(history, ax):
    assert learning_curves(history, hue="learning_rate", ax=ax) is ax
    lines = [line for line in ax.lines if len(line.get_xdata())]
    assert len(lines) == 2
    np.testing.assert_allclose(lines[0].get_ydata(), 1 + 2 * 0.1 / np.arange(1, 5))


def test_the_band_reaches_from_the_least_to_the_greatest_seed(history, ax):
    learning_curves(history[history.learning_rate == 1.0], ax=ax)
    (band,) = ax.collections
    at_first_epoch = [y for x, y in band.get_paths()[0].vertices if x == 1]
    assert min(at_first_epoch) == pytest.approx(0 + 2)
    assert max(at_first_epoch) == pytest.approx(5 + 2)


def test_a_band_of_zero_is_no_band(history, ax):
    learning_curves(history, band=0, ax=ax)
    assert not ax.collections


def test_labels_are_the_columns_in_words(history, ax):
    learning_curves(history, hue="learning_rate", title="Two rates", ax=ax)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("epoch", "validation loss")
    assert ax.get_title(loc="left") == "Two rates"
    assert ax.get_legend().get_title().get_text() == "learning rate"
    assert legend_texts(ax) == ["0.1", "1.0"]


def test_several_metrics_become_a_line_each(history, ax):
    learning_curves(history, y=("loss", "val_loss"), ax=ax)
    assert ax.get_ylabel() == "loss"
    assert legend_texts(ax) == ["loss", "validation loss"]


def test_several_metrics_and_a_setting_share_the_colour_and_differ_in_dashes(history, ax):
    learning_curves(history, y=("loss", "val_loss"), hue="learning_rate", ax=ax)
    texts = legend_texts(ax)
    assert texts == ["learning rate", "0.1", "1.0", "curve", "loss", "validation loss"]


def test_the_log_axis_writes_its_numbers_out(history, ax):
    learning_curves(history, log=True, ax=ax)
    assert ax.get_yscale() == "log"
    assert ax.yaxis.get_major_formatter()(0.01) == "0.01"


def test_epochs_are_whole_numbers(history, ax):
    learning_curves(history, ax=ax)
    assert all(tick == int(tick) for tick in ax.get_xticks())


def test_diverged_runs_are_counted_and_not_averaged_away(history, ax):
    # Two of three seeds leave the numbers at epoch 3: the median is then no number.
    frame = history[history.learning_rate == 1.0].copy()
    frame.loc[(frame.epoch >= 3) & (frame.seed > 0), "val_loss"] = [np.nan, np.inf] * 2
    learning_curves(frame, ax=ax)
    np.testing.assert_array_equal(ax.lines[0].get_xdata(), [1, 2])
    assert ax.get_title(loc="right") == "2 of 3 runs diverged"


def test_the_frame_is_left_as_it_was(history, ax):
    before = history.copy()
    learning_curves(history, y=("loss", "val_loss"), hue="learning_rate", ax=ax)
    assert history.equals(before)


def test_a_missing_column_is_named_with_the_ones_that_are_there(history, plt):
    with pytest.raises(ValueError, match=r"'accuracy'.*learning_rate, seed, epoch, loss, val_loss"):
        learning_curves(history, y="accuracy")
    with pytest.raises(ValueError, match="'momentum'"):
        sweep_curve(history, x="momentum")
    assert not plt.get_fignums()


def test_an_empty_frame_is_refused(history):
    with pytest.raises(ValueError, match="no rows"):
        learning_curves(history[:0])


def test_given_axes_open_no_other_figure(history, last_epoch, ax, plt):
    learning_curves(history, ax=ax)
    sweep_curve(last_epoch, ax=ax)
    assert not plt.get_fignums()


def test_without_axes_one_figure_is_opened(history, last_epoch, plt):
    learning_curves(history)
    sweep_curve(last_epoch)
    assert len(plt.get_fignums()) == 2


def test_a_sweep_shows_every_seed_and_the_median(last_epoch, ax):
    sweep_curve(last_epoch, ax=ax)
    points, median = ax.lines
    assert len(points.get_xdata()) == len(last_epoch)
    np.testing.assert_allclose(median.get_xdata(), [0.1, 1.0])
    np.testing.assert_allclose(median.get_ydata(), [1 + 2 * 0.1 / 4, 1 + 2 * 1.0 / 4])
    assert ax.get_xscale() == "log"
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("learning rate", "validation loss")


def test_diverged_runs_of_a_sweep_are_crosses(last_epoch, ax):
    frame = last_epoch.copy()
    frame.loc[frame.learning_rate == 1.0, "val_loss"] = [np.nan, np.inf, 3.0]
    sweep_curve(frame, ax=ax)
    _, median, crosses, _ = ax.lines
    assert len(crosses.get_xdata()) == 2
    np.testing.assert_array_equal(np.isfinite(median.get_ydata()), [True, False])
    assert legend_texts(ax) == ["diverged"]


def test_a_sweep_with_colours_has_a_legend(last_epoch, ax):
    sweep_curve(last_epoch.assign(width=[8, 16] * 3), hue="width", ax=ax)
    assert legend_texts(ax) == ["8", "16"]


def test_a_whole_history_is_no_sweep(history):
    with pytest.raises(ValueError, match=r"several rows.*frame\.epoch\.max"):
        sweep_curve(history)


def test_a_log_axis_refuses_zero(last_epoch):
    with pytest.raises(ValueError, match="log=False"):
        sweep_curve(last_epoch.assign(momentum=0.0, seed=range(6)), x="momentum")
