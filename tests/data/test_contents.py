"""What is in the sets: that each of them can show the idea that it was made for."""

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression

from coursekit import data


def flat(X):
    return X.reshape(len(X), -1)


def accuracy(model, split):
    model.fit(flat(split.X_train), split.y_train)
    return model.score(flat(split.X_test), split.y_test)


@pytest.mark.parametrize(
    ("load", "shape"),
    [
        (data.digits, (8, 8, 1)),
        (data.jittered_digits, (14, 14, 1)),
        (lambda: data.jittered_digits(size=20), (20, 20, 1)),
        (lambda: data.shapes(n_train=20, n_val=10, n_test=10), (32, 32, 3)),
        (lambda: data.shapes(n_train=20, n_val=10, n_test=10, size=24), (24, 24, 3)),
    ],
)
def test_images_have_channels_last_and_pixels_between_0_and_1(load, shape):
    X = load().X_train
    assert X.shape[1:] == shape
    assert X.min() >= 0
    assert X.max() <= 1
    assert X.max() > 0.9


@pytest.mark.parametrize("load", [data.digits, data.jittered_digits])
def test_flattening_only_changes_the_shape(load):
    np.testing.assert_array_equal(load(flatten=True).X_test, flat(load().X_test))


def test_digits_are_easy_in_place_and_hard_when_jittered():
    assert accuracy(LogisticRegression(max_iter=300), data.digits()) > 0.9
    jittered = data.jittered_digits()
    assert 0.1 < accuracy(LogisticRegression(max_iter=300), jittered) < 0.3
    assert 0.1 < accuracy(RandomForestClassifier(50, random_state=0), jittered) < 0.35


def test_jittered_digits_are_somewhere_on_the_canvas():
    X = data.jittered_digits(noise=0.0).X_train[..., 0]
    first_row = (X.max(axis=2) > 0).argmax(axis=1)
    assert set(first_row) >= set(range(7))


def test_jittered_digits_of_some_classes_are_labelled_from_zero():
    split = data.jittered_digits(90, classes=(7, 3), noise=0.0)
    assert split.target_names == ("7", "3")
    n_images = sum(len(X) for X in (split.X_train, split.X_val, split.X_test))
    assert n_images == 90
    assert set(split.y_train) == {0, 1}


def test_jittered_labels_belong_to_their_images():
    # On a canvas as small as the digit nothing moves, so digits and labels must match.
    placed, plain = data.jittered_digits(size=8, noise=0.0), data.digits()
    model = LogisticRegression(max_iter=300).fit(flat(plain.X_train), plain.y_train)
    assert model.score(flat(placed.X_test), placed.y_test) > 0.9


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"size": 7}, "size=7"),
        ({"n_samples": 2000}, "n_samples=2000.*1797"),
        ({"classes": (1,)}, "two different digits"),
        ({"classes": (1, 1)}, "two different digits"),
        ({"classes": (9, 10)}, "two different digits"),
    ],
)
def test_impossible_digits_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        data.jittered_digits(**options)


@pytest.fixture(scope="module")
def few_shapes():
    return data.shapes(n_train=300, n_val=0, n_test=500)


def test_shapes_can_be_learned_by_heart_and_a_little_by_a_forest(few_shapes):
    forest = RandomForestClassifier(100, random_state=0)
    test_accuracy = accuracy(forest, few_shapes)
    assert forest.score(flat(few_shapes.X_train), few_shapes.y_train) == 1.0
    # Chance is 0.1, with a standard error of 0.013.
    assert 0.14 < test_accuracy < 0.35


def test_shapes_have_equal_classes(few_shapes):
    assert np.bincount(few_shapes.y_train).tolist() == [30] * 10


def test_the_mean_colour_does_not_give_a_shape_away(few_shapes):
    model = LogisticRegression(max_iter=300)
    means = few_shapes.X_train.mean(axis=(1, 2)), few_shapes.X_test.mean(axis=(1, 2))
    assert model.fit(means[0], few_shapes.y_train).score(means[1], few_shapes.y_test) < 0.25


def test_shapes_too_small_to_see_are_refused():
    with pytest.raises(ValueError, match="size=8"):
        data.shapes(size=8)


@pytest.mark.slow
def test_a_small_network_overfits_few_shapes_and_learns_many():
    keras = pytest.importorskip("keras")
    many = data.shapes(n_train=4000, n_val=0, n_test=500)
    scores = {}
    for n_train, epochs in ((300, 50), (4000, 10)):
        keras.utils.set_random_seed(0)
        model = keras.Sequential([keras.Input((32, 32, 3))])
        for width in (16, 32, 64):
            model.add(keras.layers.Conv2D(width, 3, padding="same", activation="relu"))
            model.add(keras.layers.MaxPooling2D())
        model.add(keras.layers.GlobalMaxPooling2D())
        model.add(keras.layers.Dense(10))
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile(keras.optimizers.Adam(2e-3), loss, metrics=["accuracy"])
        X, y = many.X_train[:n_train], many.y_train[:n_train]
        model.fit(X, y, epochs=epochs, batch_size=32, verbose=0)
        train = model.evaluate(X, y, verbose=0)[1]
        scores[n_train] = train, model.evaluate(many.X_test, many.y_test, verbose=0)[1]
    assert scores[300][0] > 0.97
    assert 0.25 < scores[300][1] < 0.75
    assert scores[4000][1] > 0.8


def test_outliers_spoil_the_training_part_alone():
    clean, spoiled = data.noisy_line(), data.noisy_line(outliers=0.2)
    assert (clean.y_train != spoiled.y_train).sum() == 12
    np.testing.assert_array_equal(clean.y_test, spoiled.y_test)
    np.testing.assert_array_equal(clean.y_val, spoiled.y_val)


@pytest.mark.parametrize("kind", ["vertical", "leverage"])
def test_outliers_mislead_least_squares(kind):
    def test_error(outliers):
        split = data.noisy_line(outliers=outliers, outlier_kind=kind)
        predicted = LinearRegression().fit(split.X_train, split.y_train).predict(split.X_test)
        return np.mean((predicted - split.y_test) ** 2)

    assert test_error(0.0) < 0.4
    assert test_error(0.1) > 2 * test_error(0.0)


def test_a_line_is_found_again():
    split = data.noisy_line(n_train=2000, slope=-3.0, intercept=0.5)
    model = LinearRegression().fit(split.X_train, split.y_train)
    assert model.coef_[0] == pytest.approx(-3, abs=0.05)
    assert model.intercept_ == pytest.approx(0.5, abs=0.05)


@pytest.mark.parametrize("options", [{"outliers": 1.5}, {"outlier_kind": "sideways"}])
def test_impossible_outliers_are_refused(options):
    with pytest.raises(ValueError, match="outlier"):
        data.noisy_line(**options)


def test_the_noise_of_a_sine_has_the_stated_size():
    split = data.noisy_sine(n_test=5000, noise=0.3)
    residual = split.y_test - np.sin(2 * np.pi * split.X_test[:, 0])
    assert residual.std() == pytest.approx(0.3, abs=0.01)


@pytest.mark.parametrize("share", [0.01, 0.05, 0.3])
def test_the_share_of_positives_is_as_asked(share):
    assert data.imbalanced(positive_share=share).y_train.mean() == pytest.approx(share, abs=0.002)


def test_an_impossible_share_is_refused():
    with pytest.raises(ValueError, match="positive_share=0"):
        data.imbalanced(positive_share=0)


def test_the_order_of_bumps_is_lost_by_sorting_in_time():
    split = data.bump_order(n_train=2000)
    first_half = split.X_test[:, :20, 0].sum(axis=1) > 0
    assert (first_half == split.y_test).mean() > 0.95
    model = LogisticRegression(max_iter=500)
    model.fit(np.sort(split.X_train[..., 0], axis=1), split.y_train)
    assert model.score(np.sort(split.X_test[..., 0], axis=1), split.y_test) < 0.6


def test_the_first_symbol_says_all_and_the_rest_nothing():
    split = data.first_symbol(n_train=2000, lag=30)
    assert split.X_train.shape == (2000, 31, 1)
    np.testing.assert_array_equal(split.X_test[:, 0, 0] > 0, split.y_test == 1)
    model = LogisticRegression().fit(split.X_train[:, 1:, 0], split.y_train)
    assert model.score(split.X_test[:, 1:, 0], split.y_test) < 0.6


def test_the_frequency_is_in_the_spectrum_and_not_in_single_values():
    split = data.two_frequencies(n_train=2000)
    model = LogisticRegression().fit(split.X_train[..., 0], split.y_train)
    assert model.score(split.X_test[..., 0], split.y_test) < 0.65
    spectrum = np.abs(np.fft.rfft(split.X_test[..., 0], n=200))
    louder = spectrum[:, round(200 * 0.16)] > spectrum[:, round(200 * 0.12)]
    assert (louder == split.y_test).mean() > 0.9


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda: data.bump_order(length=10), "length=10"),
        (lambda: data.first_symbol(lag=-1), "lag=-1"),
        (lambda: data.first_symbol(strength=0), "strength=0"),
        (lambda: data.two_frequencies(frequencies=(0.1, 0.1)), "two different"),
        (lambda: data.two_frequencies(frequencies=(0.1, 0.7)), r"\(0, 0.5\)"),
    ],
)
def test_impossible_sequences_are_refused(draw, message):
    with pytest.raises(ValueError, match=message):
        draw()
