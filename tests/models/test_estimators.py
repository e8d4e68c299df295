import pickle

import keras
import numpy as np
import pytest
from sklearn.base import clone, is_classifier, is_regressor
from sklearn.datasets import load_diabetes, load_iris
from sklearn.ensemble import AdaBoostClassifier, BaggingClassifier, VotingClassifier
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, RandomizedSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import check_estimator

from coursekit.models import NetworkClassifier, NetworkRegressor

X, y = load_iris(return_X_y=True)
X = (X - X.mean(axis=0)) / X.std(axis=0)
NAMES = np.array(["setosa", "versicolor", "virginica"])[y]


def classifier(**changes):
    settings = {"hidden": (8,), "learning_rate": 0.02, "batch_size": 25, "n_epochs": 6}
    return NetworkClassifier(**{**settings, **changes})


def linear(input_shape, n_outputs):
    return keras.Sequential([keras.Input(input_shape), keras.layers.Dense(n_outputs)])


# What a network that trains in minibatches and computes in 32 bits cannot promise.
EXPECTED_FAILURES = {
    # Repeating a sample moves the borders of the batches, which weighting it does not.
    "check_sample_weight_equivalence_on_dense_data": "minibatches",
    # The sums in a matrix product are ordered by the number of rows; in 32 bits it shows.
    "check_methods_subset_invariance": "32-bit numbers",
    "check_methods_sample_order_invariance": "32-bit numbers",
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", [NetworkClassifier, NetworkRegressor])
def test_scikit_learns_own_checks_pass(kind):
    network = kind(hidden=(16,), learning_rate=0.05, batch_size=16, n_epochs=12)
    results = check_estimator(
        network, on_fail=None, on_skip=None, expected_failed_checks=EXPECTED_FAILURES
    )
    failed = {
        each["check_name"]: each["exception"] for each in results if each["status"] == "failed"
    }
    assert not failed
    assert sum(each["status"] == "passed" for each in results) > 30


def test_kinds_are_told_apart():
    assert is_classifier(NetworkClassifier())
    assert is_regressor(NetworkRegressor())


def test_clone_keeps_every_parameter_itself():
    hidden, optimizer = [8, 8], keras.optimizers.Adam()
    original = classifier(build=linear, hidden=hidden, optimizer=optimizer)
    assert original.hidden is hidden
    assert original.optimizer is optimizer
    original.set_params(optimizer="sgd")
    assert clone(original).get_params() == original.get_params()
    assert clone(make_pipeline(original))[0].build is linear


def test_set_params_changes_the_next_fit():
    network = classifier().set_params(n_epochs=2)
    assert len(network.fit(X, y).loss_curve_) == 2


def test_the_same_seed_gives_the_same_network_and_another_seed_another():
    first, again = (classifier().fit(X, y).predict_proba(X) for _ in range(2))
    other = classifier(random_state=1).fit(X, y).predict_proba(X)
    np.testing.assert_array_equal(first, again)
    assert not np.allclose(first, other)


def test_a_second_fit_starts_from_new_weights():
    once = classifier().fit(X, y).predict_proba(X)
    twice = classifier(optimizer=keras.optimizers.SGD(momentum=0.9))
    twice = twice.fit(X, y).set_params(optimizer="adam").fit(X, y).predict_proba(X)
    np.testing.assert_array_equal(once, twice)


def test_an_optimizer_object_starts_anew_in_each_fit():
    network = classifier(optimizer=keras.optimizers.Adam(0.01))
    first = network.fit(X, y).predict_proba(X)
    np.testing.assert_array_equal(first, network.fit(X, y).predict_proba(X))


def test_labels_may_be_strings():
    network = classifier(n_epochs=20).fit(X, NAMES)
    assert list(network.classes_) == ["setosa", "versicolor", "virginica"]
    assert network.score(X, NAMES) > 0.8
    np.testing.assert_allclose(network.predict_proba(X).sum(axis=1), 1)


def test_two_classes_have_two_columns_and_a_roc_auc():
    two = y < 2
    scores = cross_val_score(classifier(), X[two], NAMES[two], cv=2, scoring="roc_auc")
    assert scores.min() > 0.8
    assert classifier(n_epochs=1).fit(X[two], y[two]).predict_proba(X).shape == (150, 2)


def test_it_searches_a_grid_inside_a_pipeline():
    pipeline = make_pipeline(StandardScaler(), classifier())
    grid = {"networkclassifier__learning_rate": [1e-5, 0.03]}
    search = GridSearchCV(pipeline, grid, cv=2).fit(X, NAMES)
    assert search.best_params_ == {"networkclassifier__learning_rate": 0.03}


def test_it_searches_at_random():
    settings = {"hidden": [(4,), (8, 8)], "batch_size": [16, 32]}
    search = RandomizedSearchCV(classifier(n_epochs=2), settings, n_iter=2, cv=2, random_state=0)
    assert set(search.fit(X, y).best_params_) == set(settings)


def test_it_votes():
    members = [("network", classifier()), ("logistic", LogisticRegression())]
    assert VotingClassifier(members, voting="soft").fit(X, NAMES).score(X, NAMES) > 0.8


def test_bagged_networks_differ_in_their_seeds():
    bag = BaggingClassifier(
        classifier(n_epochs=1), n_estimators=2, bootstrap=False, random_state=0
    ).fit(X, y)
    first, second = (member.predict_proba(X) for member in bag.estimators_)
    assert not np.allclose(first, second)


def test_sample_weights_are_heeded():
    network = classifier(n_epochs=30).fit(X, y, sample_weight=np.where(y == 2, 0.0, 1.0))
    assert set(network.predict(X)) == {0, 1}
    assert AdaBoostClassifier(classifier(n_epochs=2), n_estimators=2).fit(X, y).score(X, y) > 0.3


def test_a_builder_of_ones_own_is_called_with_shapes():
    network = classifier(build=linear).fit(X, y)
    assert network.model_.count_params() == 4 * 3 + 3


def test_images_may_keep_their_shape():
    images = np.random.default_rng(0).normal(size=(20, 4, 4))
    assert classifier().fit(images, np.arange(20) % 2).predict(images).shape == (20,)


def test_a_fitted_network_can_be_pickled():
    network = classifier().fit(X, y)
    copy = pickle.loads(pickle.dumps(network))
    np.testing.assert_allclose(copy.predict_proba(X), network.predict_proba(X), rtol=1e-6)


def test_fitting_leaves_numpys_global_generator_alone():
    np.random.seed(7)  # noqa: NPY002
    expected = np.random.rand()  # noqa: NPY002
    np.random.seed(7)  # noqa: NPY002
    classifier(n_epochs=1).fit(X, y)
    assert np.random.rand() == expected  # noqa: NPY002


def test_predicting_before_fitting_raises():
    with pytest.raises(NotFittedError):
        classifier().predict(X)


@pytest.mark.parametrize("name", ["batch_size", "n_epochs"])
def test_sizes_of_the_training_must_be_positive(name):
    with pytest.raises(ValueError, match=name):
        classifier(**{name: 0}).fit(X, y)


def test_the_regressor_learns_one_target_or_several():
    X, y = load_diabetes(return_X_y=True)
    y = (y - y.mean()) / y.std()
    X = X * 20
    network = NetworkRegressor(learning_rate=0.005, n_epochs=10)
    assert network.fit(X, y).score(X, y) > 0.4
    assert network.predict(X).shape == y.shape
    assert network.fit(X, np.stack([y, -y], axis=1)).predict(X).shape == (len(y), 2)
