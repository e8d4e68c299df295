"""What surfaces, image grids and distributions show, and the common style."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from coursekit.plotting import (
    PALETTE,
    compare_distributions,
    descent_path,
    dot_and_interval,
    image_grid,
    loss_surface,
    use_style,
)

X_GRID, Y_GRID = np.linspace(-2, 2, 9), np.linspace(-1, 1, 7)
Z = X_GRID[None, :] ** 2 + 10 * Y_GRID[:, None] ** 2


def test_a_surface_has_named_parameters_and_a_colour_bar(ax):
    assert loss_surface(X_GRID, Y_GRID, Z, labels=("slope", "intercept"), ax=ax) is ax
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("slope", "intercept")
    assert [other.get_ylabel() for other in ax.figure.axes if other is not ax] == ["loss"]


def test_a_logarithmic_surface_bears_a_minimum_of_zero(ax):
    loss_surface(X_GRID, Y_GRID, Z, log=True, minimum=(0, 0), ax=ax)
    levels = ax.collections[0].levels
    assert levels[0] == pytest.approx(Z[Z > 0].min())
    np.testing.assert_allclose(np.diff(np.log(levels)), np.log(levels[1] / levels[0]))


def test_a_flat_surface_can_be_drawn(ax):
    loss_surface(X_GRID, Y_GRID, np.ones_like(Z), ax=ax)
    ax.figure.canvas.draw()


def test_a_surface_of_the_wrong_shape_is_refused(plt):
    with pytest.raises(ValueError, match=r"\(9, 7\).*\(7, 9\)"):
        loss_surface(X_GRID, Y_GRID, Z.T)
    with pytest.raises(ValueError, match="positive"):
        loss_surface(X_GRID, Y_GRID, -Z, log=True)
    assert not plt.get_fignums()


def test_a_path_keeps_the_limits_of_the_surface(ax):
    loss_surface(X_GRID, Y_GRID, Z, ax=ax)
    limits = ax.get_xlim(), ax.get_ylim()
    descent_path([(0, 0), (1, 1), (50, 50)], label="gradient descent", ax=ax)
    assert (ax.get_xlim(), ax.get_ylim()) == limits
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["gradient descent"]


def test_a_path_needs_two_columns(plt):
    with pytest.raises(ValueError, match=r"\(n_steps, 2\)"):
        descent_path([1, 2, 3])
    assert not plt.get_fignums()


@pytest.mark.parametrize("shape", [(5, 8, 8), (5, 8, 8, 1), (5, 8, 8, 3)])
def test_grey_and_colour_images_are_drawn(ax, shape):
    image_grid(np.zeros(shape), ax=ax)
    assert len(ax.images) == 5


def test_each_image_has_its_title(ax):
    image_grid(np.zeros((3, 8, 8)), [7, "eight", 9], title="digits", ax=ax)
    assert [text.get_text() for text in ax.texts] == ["7", "eight", "9"]


def test_images_do_not_overlap(ax):
    image_grid(np.zeros((7, 8, 10)), list("abcdefg"), n_columns=3, ax=ax)
    corners = {(image.get_extent()[0], image.get_extent()[3]) for image in ax.images}
    lefts, tops = sorted({x for x, _ in corners}), sorted({y for _, y in corners})
    assert (len(lefts), len(tops)) == (3, 3)
    assert min(np.diff(lefts)) >= 10
    assert min(np.diff(tops)) >= 8


def test_grey_images_share_one_scale(ax):
    image_grid(np.stack([np.zeros((4, 4)), np.ones((4, 4))]), ax=ax)
    assert {image.get_clim() for image in ax.images} == {(0, 1)}


def test_images_of_a_wrong_shape_or_number_are_refused(plt):
    with pytest.raises(ValueError, match=r"\(64,\)"):
        image_grid(np.zeros(64))
    with pytest.raises(ValueError, match="2 images and 3 titles"):
        image_grid(np.zeros((2, 8, 8)), "abc")
    assert not plt.get_fignums()


@pytest.fixture
def scores():
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "model": np.repeat(["forest", "network"], 10),
            "n_train": np.tile([100, 1000], 10),
            "test_accuracy": rng.uniform(0.5, 1, 20),
        }
    )


def test_every_observation_is_a_dot_and_every_group_has_a_median(scores, ax):
    dot_and_interval(scores, "model", "test_accuracy", ax=ax)
    dots = np.concatenate([collection.get_offsets() for collection in ax.collections])
    np.testing.assert_allclose(np.sort(dots[:, 1]), np.sort(scores["test_accuracy"]))
    drawn = np.concatenate([line.get_ydata() for line in ax.lines])
    for median in scores.groupby("model")["test_accuracy"].median():
        assert np.isclose(drawn, median).any()
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["forest", "network"]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("model", "test accuracy")


def test_groups_by_colour_have_a_legend(scores, ax):
    dot_and_interval(scores, "n_train", "test_accuracy", hue="model", ax=ax)
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["forest", "network"]


def test_histograms_have_area_one_each_however_many_rows(scores, ax):
    frame = pd.concat([scores, scores[scores.model == "forest"]])
    compare_distributions(frame, "test_accuracy", hue="model", bins=5, limits=(0.5, 1), ax=ax)
    for area in ax.collections:
        x, y = area.get_paths()[0].vertices.T
        enclosed = abs(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y)) / 2
        assert enclosed == pytest.approx(1)
    assert ax.get_ylabel() == "density"


def test_missing_columns_of_distributions_are_named(scores, plt):
    with pytest.raises(ValueError, match=r"'loss'.*model, n_train, test_accuracy"):
        dot_and_interval(scores, "model", "loss")
    with pytest.raises(ValueError, match="'loss'"):
        compare_distributions(scores, "loss")
    with pytest.raises(ValueError, match="no finite number"):
        compare_distributions(scores.assign(test_accuracy=np.nan), "test_accuracy")
    assert not plt.get_fignums()


def test_given_axes_open_no_other_figure(scores, ax, plt):
    loss_surface(X_GRID, Y_GRID, Z, ax=ax)
    descent_path([(0, 0), (1, 1)], ax=ax)
    image_grid(np.zeros((2, 8, 8)), ax=ax)
    dot_and_interval(scores, "model", "test_accuracy", ax=ax)
    compare_distributions(scores, "test_accuracy", ax=ax)
    assert not plt.get_fignums()


def test_the_palette_is_the_colour_blind_one():
    sns = pytest.importorskip("seaborn")
    assert list(PALETTE) == [colour.lower() for colour in sns.color_palette("colorblind").as_hex()]


def test_the_style_sets_the_palette_and_readable_sizes():
    mpl = pytest.importorskip("matplotlib")
    with mpl.rc_context():
        use_style()
        colours = mpl.rcParams["axes.prop_cycle"].by_key()["color"]
        assert [mpl.colors.to_hex(colour) for colour in colours] == list(PALETTE)
        assert 7 <= mpl.rcParams["figure.figsize"][0] <= 9
        assert mpl.rcParams["figure.constrained_layout.use"]


def test_importing_the_room_imports_no_drawing_library():
    code = (
        "import sys; from coursekit.plotting import PALETTE, image_grid, learning_curves; "
        "sys.exit(bool({'matplotlib', 'seaborn', 'sklearn', 'tensorflow'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
