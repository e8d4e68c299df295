import functools
from types import SimpleNamespace

import keras
import numpy as np
import pandas as pd
import pytest

from coursekit.models import autoencoder, convolutional, dense
from coursekit.training import sweep
from coursekit.training.replica_models import BATCHED_LAYERS
from coursekit.training.settings import TRAINING_SETTINGS

MEASURES = ["loss", "accuracy", "val_loss", "val_accuracy"]
layers = keras.layers


def make_split(n_features=6, n_classes=3, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(130, n_features)).astype("float32")
    y = np.argmax(X @ rng.normal(size=(n_features, n_classes)), axis=1)
    return SimpleNamespace(
        X_train=X[:75],
        y_train=y[:75],
        X_val=X[75:110],
        y_val=y[75:110],
        X_test=X[110:],
        y_test=y[110:],
    )


@pytest.fixture(scope="module")
def split():
    return make_split()


def build(hidden=(8,), l2=0.0):
    return dense(6, 3, hidden=hidden, l2=l2)


def measures(frame):
    return frame[MEASURES].to_numpy()


def test_there_is_one_row_for_each_setting_seed_and_epoch(split):
    frame = sweep(
        build,
        split,
        n_epochs=2,
        seeds=[3, 1],
        settings={"learning_rate": [0.1, 0.01], "hidden": [(8,), (4, 4)]},
    )
    assert list(frame) == ["learning_rate", "hidden", "seed", "epoch", *MEASURES]
    assert len(frame) == 2 * 2 * 2 * 2
    first = frame.iloc[:4]
    assert first.seed.tolist() == [3, 3, 1, 1]
    assert first.epoch.tolist() == [1, 2, 1, 2]
    rows = frame[["learning_rate", "hidden"]].drop_duplicates().to_numpy().tolist()
    assert rows == [[0.1, "(8,)"], [0.1, "(4, 4)"], [0.01, "(8,)"], [0.01, "(4, 4)"]]
    assert frame.attrs == {"engine": "batched", "fallback": None}


def test_the_same_seeds_give_the_same_frame(split):
    first, again = (sweep(build, split, n_epochs=2, seeds=range(2)) for _ in range(2))
    pd.testing.assert_frame_equal(first, again)


def test_a_replica_does_not_depend_on_the_others(split):
    alone = sweep(build, split, n_epochs=2, seeds=[1])
    among = sweep(build, split, n_epochs=2, seeds=[0, 1, 2])
    np.testing.assert_allclose(
        measures(among[among.seed == 1]), measures(alone), rtol=1e-5, atol=1e-6
    )


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"optimizer": "nesterov", "schedule": "cosine", "batch_size": 10},
        {"settings": {"label_noise": [0.3]}, "optimizer": "adamw"},
        {"settings": {"hidden": [()], "l2": [0.01]}, "batch_size": 200},
        {"settings": {"data_order": [5]}, "learning_rate": 0.05},
    ],
    ids=["defaults", "schedule", "label noise", "one batch", "data order"],
)
def test_both_engines_give_the_same_numbers(split, arguments):
    batched, fits = (
        sweep(build, split, n_epochs=3, seeds=[4], engine=engine, evaluate_test=True, **arguments)
        for engine in ("batched", "fit")
    )
    assert fits.attrs["engine"] == "fit"
    pd.testing.assert_frame_equal(batched, fits, rtol=1e-3, atol=1e-4)


def every_layer():
    inputs = keras.Input((6,))
    x = layers.Reshape((3, 2))(layers.Rescaling(2.0)(inputs))
    x = layers.Flatten()(x)
    a = layers.ELU()(layers.BatchNormalization()(layers.Dense(6)(x)))
    b = layers.LeakyReLU()(layers.LayerNormalization()(layers.Dense(6)(x)))
    x = layers.Concatenate()([a, layers.Add()([a, b])])
    x = layers.ReLU()(layers.Activation("gelu")(layers.Dropout(0.0)(x)))
    return keras.Model(inputs, layers.Dense(3)(x))


def test_every_layer_that_is_batched_agrees_with_keras(split):
    assert {type(layer) for layer in every_layer().layers} == set(BATCHED_LAYERS)
    batched, fits = (
        sweep(every_layer, split, n_epochs=3, seeds=[0, 1], engine=engine)
        for engine in ("batched", "fit")
    )
    np.testing.assert_allclose(measures(batched), measures(fits), rtol=1e-3, atol=1e-4)


def test_dropout_differs_between_replicas_and_slows_the_fit(split):
    def model(dropout):
        return dense(
            6,
            3,
            hidden=(32,),
            dropout=dropout,
            kernel_initializer=keras.initializers.HeNormal(seed=1),
        )

    frame = sweep(
        model,
        split,
        n_epochs=8,
        seeds=range(3),
        engine="batched",
        learning_rate=0.02,
        settings={"dropout": [0.0, 0.6], "data_order": [0]},
    )
    last = frame[frame.epoch == 8].set_index(["dropout", "seed"]).loss
    assert last[0.0].nunique() == 1
    assert last[0.6].nunique() == 3
    assert last[0.6].min() > last[0.0].max()


def test_autoencoders_are_batched(split):
    pictures = SimpleNamespace(**{**vars(split), "y_train": split.X_train, "y_val": split.X_val})
    frame = sweep(
        functools.partial(autoencoder, 6, 2, hidden=(8,)),
        pictures,
        n_epochs=5,
        loss="mse",
        learning_rate=0.01,
        seeds=range(2),
    )
    assert frame.attrs["engine"] == "batched"
    assert list(frame) == ["seed", "epoch", "loss", "val_loss"]
    assert (frame[frame.epoch == 5].loss.to_numpy() < frame[frame.epoch == 1].loss).all()


def test_two_classes_may_have_one_logit():
    two = make_split(n_classes=2)
    batched, fits = (
        sweep(
            lambda: dense(6, 1),
            two,
            n_epochs=6,
            learning_rate=0.05,
            seeds=[0],
            loss="binary_crossentropy",
            engine=engine,
        )
        for engine in ("batched", "fit")
    )
    pd.testing.assert_frame_equal(batched, fits, rtol=1e-3, atol=1e-4)
    assert batched.accuracy.iloc[-1] > 0.9


def test_regression_reports_the_metrics_that_are_asked_for(split):
    target = SimpleNamespace(
        **{**vars(split), "y_train": split.X_train[:, 0], "y_val": split.X_val[:, 0]}
    )
    batched, fits = (
        sweep(
            lambda: dense(6, 1),
            target,
            n_epochs=2,
            seeds=[0],
            loss="mse",
            metrics=["mae"],
            engine=engine,
        )
        for engine in ("batched", "fit")
    )
    assert list(batched) == ["seed", "epoch", "loss", "mae", "val_loss", "val_mae"]
    pd.testing.assert_frame_equal(batched, fits, rtol=1e-3)


def test_a_diverging_replica_does_not_disturb_the_others(split):
    rates = {"learning_rate": [0.01, 1e30]}
    frame = sweep(build, split, n_epochs=3, seeds=range(2), optimizer="sgd", settings=rates)
    calm = sweep(build, split, n_epochs=3, seeds=range(2), optimizer="sgd", learning_rate=0.01)
    diverged = frame[frame.learning_rate > 1]
    assert not np.isfinite(diverged[diverged.epoch == 3].loss).any()
    np.testing.assert_allclose(
        measures(frame[frame.learning_rate < 1]), measures(calm), rtol=1e-5, atol=1e-6
    )


def test_settings_that_differ_in_structure_train_in_groups(split):
    frame = sweep(
        build,
        split,
        n_epochs=1,
        seeds=[0],
        settings={"optimizer": ["sgd", "adam"], "batch_size": [16, 25]},
    )
    assert frame.attrs["engine"] == "batched"
    alone = sweep(build, split, n_epochs=1, seeds=[0], optimizer="adam", batch_size=16)
    row = frame[(frame.optimizer == "adam") & (frame.batch_size == 16)]
    np.testing.assert_allclose(measures(row), measures(alone), rtol=1e-5)


def test_rows_may_be_given_one_by_one_with_different_settings(split):
    rows = [{"optimizer": "sgd", "momentum": 0.9}, {"optimizer": "adam"}]
    frame = sweep(build, split, n_epochs=1, seeds=[0], settings=rows)
    assert frame.optimizer.tolist() == ["sgd", "adam"]
    assert frame.momentum.isna().tolist() == [False, True]


def test_one_data_order_for_all_seeds_leaves_only_the_initial_weights(split):
    def same_start():
        return dense(6, 3, kernel_initializer=keras.initializers.GlorotUniform(seed=0))

    frame = sweep(same_start, split, n_epochs=1, seeds=range(3), settings={"data_order": [7]})
    assert frame.loss.nunique() == 1
    assert sweep(same_start, split, n_epochs=1, seeds=range(3)).loss.nunique() == 3


def test_label_noise_makes_training_harder_and_leaves_validation_clean(split):
    frame = sweep(
        build,
        split,
        n_epochs=30,
        seeds=[0],
        learning_rate=0.03,
        settings={"label_noise": [0.0, 0.5]},
    )
    last = frame[frame.epoch == 30].set_index("label_noise")
    assert last.accuracy[0.5] < last.accuracy[0.0] - 0.2


def test_convolutions_fall_back_to_keras_fits(split):
    images = SimpleNamespace(
        **{
            name: value.reshape(-1, 3, 2) if name.startswith("X") else value
            for name, value in vars(split).items()
        }
    )
    model = functools.partial(convolutional, (3, 2), 3, filters=2, pool_size=1)
    frame = sweep(model, images, n_epochs=1, seeds=[0])
    assert list(frame) == ["seed", "epoch", *MEASURES]
    assert frame.attrs["engine"] == "fit"
    assert "Conv2D" in frame.attrs["fallback"]
    with pytest.raises(ValueError, match="Conv2D"):
        sweep(model, images, n_epochs=1, seeds=[0], engine="batched")


def test_one_sweep_may_use_both_engines(split):
    frame = sweep(
        build,
        split,
        n_epochs=1,
        seeds=[0],
        settings={"optimizer": ["adam", keras.optimizers.Lion(0.01)]},
    )
    assert frame.attrs["engine"] == "batched and fit"
    assert "Lion" in frame.attrs["fallback"]
    assert frame.optimizer.tolist() == ["adam", "Lion"]


def test_callbacks_are_made_for_each_replica_and_may_stop_it(split):
    made = []

    def stop_early():
        made.append(keras.callbacks.EarlyStopping("loss", patience=0, min_delta=100.0))
        return made[-1:]

    frame = sweep(build, split, n_epochs=5, seeds=range(2), callbacks=stop_early)
    assert len(made) == 2
    assert frame.groupby("seed").epoch.max().tolist() == [2, 2]
    assert "callbacks" in frame.attrs["fallback"]


@pytest.mark.parametrize(
    ("make_layer", "reason"),
    [
        (lambda: layers.Dense(3, activation=lambda x: x), "activation"),
        (lambda: layers.Dense(3, kernel_constraint="non_neg"), "constraint"),
        (lambda: layers.GaussianNoise(0.1), "GaussianNoise"),
    ],
    ids=["own activation", "constraint", "other layer"],
)
def test_what_stands_in_the_way_of_batching_is_named(split, make_layer, reason):
    def model():
        return keras.Sequential([keras.Input((6,)), make_layer(), layers.Dense(3)])

    with pytest.raises(ValueError, match=reason):
        sweep(model, split, n_epochs=1, seeds=[0], engine="batched")


def test_an_unknown_setting_is_named_with_the_known_ones(split):
    with pytest.raises(ValueError, match="'learning_rat' is unknown") as error:
        sweep(build, split, n_epochs=1, settings={"learning_rat": [0.1]})
    for name in (*TRAINING_SETTINGS, "hidden", "l2"):
        assert name in str(error.value)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"settings": {"learning_rate": 0.1}}, "give a list"),
        ({"settings": {"learning_rate": []}}, "no row"),
        ({"settings": {"batch_size": [0]}}, "batch_size=0"),
        ({"settings": {"label_noise": [1.5]}}, "label_noise=1.5"),
        ({"settings": {"optimizer": ["sgd"], "beta_1": [0.9]}}, "SGD has no setting 'beta_1'"),
        ({"settings": {"batch_size": ["all"]}}, "batch_size='all'"),
        ({"settings": {"label_noise": ["half"]}}, "label_noise='half'"),
        ({"seeds": []}, "seeds"),
        ({"seeds": 5}, r"range\(5\)"),
        ({"seeds": [0.5]}, "seed=0.5"),
        ({"seeds": [-1]}, "seed=-1"),
        ({"seeds": [1, 1]}, "different"),
        ({"engine": "fast"}, "engine='fast'"),
        ({"schedule": "cosinus"}, "schedule='cosinus'"),
        ({"loss": "mse", "metrics": ["accuracy"]}, "cross-entropy"),
    ],
)
def test_values_that_make_no_sense_raise(split, arguments, message):
    with pytest.raises(ValueError, match=message):
        sweep(build, split, n_epochs=1, **arguments)


def test_a_parameter_of_build_must_not_have_the_name_of_a_setting(split):
    with pytest.raises(ValueError, match="rename"):
        sweep(lambda momentum: build(), split, n_epochs=1, settings={"momentum": [0.9]})


def test_probabilities_where_logits_are_meant_raise(split):
    with pytest.raises(ValueError, match="softmax"):
        sweep(lambda: dense(6, 3, output_activation="softmax"), split, n_epochs=1)


def test_a_model_in_place_of_its_builder_raises(split):
    with pytest.raises(TypeError, match="give the function that builds it"):
        sweep(build(), split, n_epochs=1)


def test_build_must_return_a_model(split):
    with pytest.raises(TypeError, match="build returned None"):
        sweep(lambda: None, split, n_epochs=1)


def test_labels_must_be_encoded(split):
    words = SimpleNamespace(**{**vars(split), "y_train": split.y_train.astype(str)})
    with pytest.raises(ValueError, match="encode"):
        sweep(build, words, n_epochs=1)
