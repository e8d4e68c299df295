import keras
import numpy as np
import pytest

from coursekit.training import constant, cosine, step_decay, warmup_cosine
from coursekit.training.optimizers import TabulatedSchedule
from coursekit.training.schedules import SCHEDULES, factors, find_schedule
from coursekit.training.seeding import epoch_order, epoch_orders, noisy_labels

keras_schedules = keras.optimizers.schedules


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (cosine(40), keras_schedules.CosineDecay(1.0, 40)),
        (cosine(40, final=0.1), keras_schedules.CosineDecay(1.0, 40, alpha=0.1)),
        (
            warmup_cosine(50, warmup_steps=10),
            keras_schedules.CosineDecay(0.0, 40, warmup_target=1.0, warmup_steps=10),
        ),
        (
            step_decay(15, drop=0.3),
            keras_schedules.ExponentialDecay(1.0, 15, 0.3, staircase=True),
        ),
    ],
    ids=lambda schedule: getattr(schedule, "__name__", "keras"),
)
def test_schedules_agree_with_keras(ours, theirs):
    steps = range(60)
    expected = [float(theirs(step)) for step in steps]
    np.testing.assert_allclose([ours(step) for step in steps], expected, atol=2e-6)


def test_constant_changes_nothing():
    assert constant()(0) == constant()(1000) == 1.0


@pytest.mark.parametrize("name", SCHEDULES)
@pytest.mark.parametrize("n_steps", [1, 2, 30])
def test_every_name_makes_a_schedule_of_any_length(name, n_steps):
    values = factors(name, n_steps)
    assert values.shape == (n_steps,)
    assert (values >= 0).all()
    assert (values <= 1).all()


def test_a_function_of_the_step_is_a_schedule():
    np.testing.assert_array_equal(factors(lambda step: 1 / (1 + step), 3), [1, 1 / 2, 1 / 3])
    np.testing.assert_array_equal(factors(None, 2), [1, 1])


def test_a_table_is_a_keras_schedule_and_holds_its_last_value():
    table = TabulatedSchedule([0.1, 0.2])
    assert [round(float(table(step)), 3) for step in range(3)] == [0.1, 0.2, 0.2]
    copy = TabulatedSchedule.from_config(table.get_config())
    assert float(copy(1)) == float(table(1))


@pytest.mark.parametrize("bad", [lambda: cosine(0), lambda: warmup_cosine(5, warmup_steps=5)])
def test_schedules_refuse_lengths_that_make_no_sense(bad):
    with pytest.raises(ValueError, match="steps"):
        bad()


def test_an_unknown_schedule_raises_with_the_known_ones():
    with pytest.raises(ValueError, match="constant, cosine, warmup_cosine, step_decay"):
        find_schedule("linear", 10)


def test_an_epoch_visits_every_sample_once_in_its_own_order():
    first, second = (epoch_order(0, epoch, 50) for epoch in (1, 2))
    assert sorted(first) == sorted(second) == list(range(50))
    assert not np.array_equal(first, second)
    np.testing.assert_array_equal(first, epoch_order(0, 1, 50))


def test_replicas_with_one_data_order_share_it():
    orders = epoch_orders([3, 4, 3], 1, 20)
    np.testing.assert_array_equal(orders[0], orders[2])
    assert not np.array_equal(orders[0], orders[1])


@pytest.mark.parametrize("share", [0.0, 0.2, 1.0])
def test_label_noise_replaces_its_share_by_other_classes(share):
    y = np.random.default_rng(0).integers(10, size=500)
    noisy = noisy_labels(y, share, seed=1)
    assert np.mean(noisy != y) == share
    assert noisy.min() >= 0
    assert noisy.max() <= 9


def test_label_noise_hits_all_other_classes_alike():
    noisy = noisy_labels(np.repeat([0, 4], [4000, 1]), 1.0, seed=0)
    counts = np.bincount(noisy[:4000], minlength=5)
    assert counts[0] == 0
    np.testing.assert_allclose(counts[1:], 1000, rtol=0.15)


def test_more_label_noise_includes_less_and_the_input_stays_as_it_is():
    y = np.arange(300) % 3
    little, much = (noisy_labels(y, share, seed=2) for share in (0.1, 0.4))
    changed = little != y
    np.testing.assert_array_equal(little[changed], much[changed])
    np.testing.assert_array_equal(y, np.arange(300) % 3)
    assert not np.array_equal(noisy_labels(y, 0.4, seed=3), much)


@pytest.mark.parametrize("y", [np.zeros(5), np.zeros(5, dtype=int), np.array(["a", "b"])])
def test_label_noise_needs_classes(y):
    with pytest.raises(ValueError, match="label_noise"):
        noisy_labels(y, 0.1, seed=0)
