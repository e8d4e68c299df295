import keras
import numpy as np
import pytest

from coursekit.models import autoencoder, convolutional, dense, recurrent, seeded


def kinds(model):
    return [type(layer).__name__ for layer in model.layers]


def test_dense_maps_features_to_logits():
    model = dense(4, 3, hidden=(8, 5))
    assert model.input_shape == (None, 4)
    assert model.output_shape == (None, 3)
    assert [layer.units for layer in model.layers[1:]] == [8, 5, 3]
    assert model.layers[-1].activation is keras.activations.linear
    assert not model.compiled


def test_dense_without_hidden_layers_is_a_linear_model():
    assert kinds(dense(4, 3, hidden=())) == ["InputLayer", "Dense"]


def test_dense_flattens_images():
    assert dense((8, 8, 1), 10).count_params() == 64 * 64 + 64 + 64 * 10 + 10


def test_dense_adds_normalization_dropout_and_penalties_where_asked():
    model = dense(4, 1, hidden=6, batch_normalization=True, dropout=0.5, l2=0.1)
    assert kinds(model)[1:] == ["Dense", "BatchNormalization", "Activation", "Dropout", "Dense"]
    hidden = model.layers[1]
    assert not hidden.use_bias
    expected = 0.1 * sum(np.sum(np.square(layer.kernel)) for layer in (hidden, model.layers[-1]))
    assert float(sum(model.losses)) == pytest.approx(expected, rel=1e-5)


def test_layers_of_one_shape_do_not_share_the_initial_weights():
    model = dense(8, 8, hidden=(8,), kernel_initializer=keras.initializers.HeNormal())
    first, last = (np.asarray(layer.kernel) for layer in model.layers[1:])
    assert not np.allclose(first, last)


@pytest.mark.parametrize("arguments", [{"hidden": (0,)}, {"l2": -1.0}])
def test_dense_refuses_sizes_and_penalties_that_make_no_sense(arguments):
    with pytest.raises(ValueError, match=next(iter(arguments))):
        dense(4, 3, **arguments)


def test_input_shape_must_be_positive():
    with pytest.raises(ValueError, match="input_shape"):
        dense(0, 3)


def test_convolutional_maps_images_to_logits():
    model = convolutional((8, 8), 10, filters=(4, 6), hidden=(5,), batch_normalization=True)
    assert model.output_shape == (None, 10)
    assert kinds(model).count("Conv2D") == 2
    assert model.predict(np.zeros((2, 8, 8)), verbose=0).shape == (2, 10)


def test_convolutional_can_pool_globally():
    model = convolutional((8, 8, 3), 10, filters=4, global_pooling=True)
    assert model.layers[-1].kernel.shape == (4, 10)


def test_convolutional_refuses_what_is_no_image():
    with pytest.raises(ValueError, match="height, width"):
        convolutional((64,), 10)


@pytest.mark.parametrize("cell", ["simple_rnn", "lstm", "gru"])
def test_recurrent_reads_a_sequence(cell):
    model = recurrent((5, 2), 3, cell=cell, units=(4, 4), bidirectional=True)
    assert model(np.zeros((2, 5, 2))).shape == (2, 3)


def test_recurrent_can_answer_at_every_step():
    assert recurrent((5, 2), 3, units=4, return_sequences=True).output_shape == (None, 5, 3)


def test_recurrent_embeds_tokens():
    model = recurrent(5, 2, units=4, vocabulary_size=7, embedding_size=3)
    assert model(np.array([[0, 1, 2, 3, 6]])).shape == (1, 2)


def test_recurrent_refuses_unknown_cells_and_shapes():
    with pytest.raises(ValueError, match="simple_rnn, lstm, gru"):
        recurrent((5, 2), 3, cell="transformer")
    with pytest.raises(ValueError, match="n_steps"):
        recurrent((5,), 3)


def test_autoencoder_returns_the_shape_of_its_input():
    model = autoencoder((8, 8), 2, hidden=(16, 4))
    assert model.output_shape == (None, 8, 8)
    assert model.get_layer("encoder").output_shape == (None, 2)
    decoder = model.get_layer("decoder")
    assert [layer.units for layer in decoder.layers[1:]] == [4, 16, 64]


def test_seeded_blocks_build_the_same_weights():
    weights = []
    for _ in range(2):
        with seeded(3):
            weights.append(dense(4, 3).get_weights())
    for first, second in zip(*weights, strict=True):
        np.testing.assert_array_equal(first, second)


def test_seeded_blocks_leave_the_callers_randomness_alone():
    np.random.seed(7)  # noqa: NPY002
    expected = np.random.rand()  # noqa: NPY002
    np.random.seed(7)  # noqa: NPY002
    with seeded(3):
        np.random.rand(5)  # noqa: NPY002
    assert np.random.rand() == expected  # noqa: NPY002
