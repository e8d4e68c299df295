"""Keras networks as scikit-learn estimators."""

from typing import Any, Self

import keras
import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import softmax
from sklearn.base import ClassifierMixin, RegressorMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import validate_data

from coursekit.models.network_estimator import NetworkEstimator


class NetworkClassifier(ClassifierMixin, NetworkEstimator):
    """A Keras network that classifies, as a scikit-learn estimator.

    It works in searches, pipelines, votes and with every scorer; each fit starts from new
    weights.

    Parameters
    ----------
    build : callable, optional
        ``build(input_shape, n_classes)`` returns a new uncompiled model whose outputs are
        logits; by default :func:`coursekit.models.dense` with the next six parameters.
    hidden : int or tuple of int
        Units of each hidden layer.
    activation : str or callable
        Activation of the hidden layers.
    batch_normalization : bool
        Whether to normalize each hidden layer before its activation.
    dropout : float
        Share of hidden units set to zero in training.
    l1, l2 : float
        Penalties on the weights.
    optimizer : str or keras.optimizers.Optimizer
        As in Keras; an object is copied for each fit.
    learning_rate : float, optional
        By default the optimizer's own.
    batch_size : int
        Samples in a batch.
    n_epochs : int
        Passes over the training data.
    random_state : int, numpy.random.RandomState or None
        Seed of the initial weights, the order of the samples, and dropout.

    Attributes
    ----------
    classes_ : ndarray, shape (n_classes,)
        The labels, sorted.
    model_ : keras.Model
        The trained network.
    loss_curve_ : list of float
        Mean training loss of each epoch.
    n_features_in_ : int
        Number of features seen in fit.

    Examples
    --------
    >>> from sklearn.model_selection import GridSearchCV
    >>> search = GridSearchCV(NetworkClassifier(), {"learning_rate": [0.01, 0.001]})
    """

    def fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Train a new network.

        Parameters
        ----------
        X : array_like, shape (n_samples, ...)
            Inputs.
        y : array_like, shape (n_samples,)
            Labels, numbers or strings.
        sample_weight : array_like of shape (n_samples,), optional
            Weight of each sample in the loss, which stays a mean over the samples.

        Returns
        -------
        NetworkClassifier
            Itself.
        """
        inputs: Any
        inputs, labels = validate_data(self, X, y, dtype=np.float32, allow_nd=True)
        check_classification_targets(labels)
        self.classes_, positions = np.unique(labels, return_inverse=True)
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        self._train(inputs, positions.astype(np.int32), loss, len(self.classes_), sample_weight)
        return self

    def predict_proba(self, X: ArrayLike) -> NDArray:
        """Return the probability of each class.

        Parameters
        ----------
        X : array_like, shape (n_samples, ...)
            Inputs.

        Returns
        -------
        ndarray of float64, shape (n_samples, n_classes)
            In the order of ``classes_``; rows sum to 1.
        """
        return softmax(self._outputs(X).astype(np.float64), axis=1)

    def predict(self, X: ArrayLike) -> NDArray:
        """Return the most probable label of each sample.

        Parameters
        ----------
        X : array_like, shape (n_samples, ...)
            Inputs.

        Returns
        -------
        ndarray, shape (n_samples,)
        """
        probabilities = self.predict_proba(X)
        return self.classes_[np.argmax(probabilities, axis=1)]


class NetworkRegressor(RegressorMixin, NetworkEstimator):
    """A Keras network that predicts numbers, as a scikit-learn estimator.

    It minimizes the mean squared error. Scale targets that are far from 1 first, for instance
    by :class:`sklearn.compose.TransformedTargetRegressor`.

    Parameters
    ----------
    build : callable, optional
        ``build(input_shape, n_targets)`` returns a new uncompiled model; by default
        :func:`coursekit.models.dense` with the next six parameters.
    hidden, activation, batch_normalization, dropout, l1, l2
        As in :class:`NetworkClassifier`.
    optimizer, learning_rate, batch_size, n_epochs, random_state
        As in :class:`NetworkClassifier`.

    Attributes
    ----------
    model_ : keras.Model
        The trained network.
    loss_curve_ : list of float
        Mean training loss of each epoch.
    n_features_in_ : int
        Number of features seen in fit.
    """

    def fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Train a new network.

        Parameters
        ----------
        X : array_like, shape (n_samples, ...)
            Inputs.
        y : array_like, shape (n_samples,) or (n_samples, n_targets)
            Targets.
        sample_weight : array_like of shape (n_samples,), optional
            Weight of each sample in the loss, which stays a mean over the samples.

        Returns
        -------
        NetworkRegressor
            Itself.
        """
        inputs: Any
        inputs, targets = validate_data(
            self, X, y, dtype=np.float32, allow_nd=True, multi_output=True, y_numeric=True
        )
        targets = np.asarray(targets, dtype=np.float32)
        self._is_column = targets.ndim == 1
        targets = targets[:, None] if self._is_column else targets
        loss = keras.losses.MeanSquaredError()
        self._train(inputs, targets, loss, targets.shape[1], sample_weight)
        return self

    def predict(self, X: ArrayLike) -> NDArray:
        """Return the predicted targets.

        Parameters
        ----------
        X : array_like, shape (n_samples, ...)
            Inputs.

        Returns
        -------
        ndarray of float64, shape (n_samples,) or (n_samples, n_targets)
            Of the shape that the targets had in fit.
        """
        outputs = self._outputs(X).astype(np.float64)
        return outputs[:, 0] if self._is_column else outputs

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags
