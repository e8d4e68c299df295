"""What the scikit-learn estimators for Keras networks share."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

from coursekit.models.dense_networks import dense
from coursekit.models.network_training import predict_network, train_network
from coursekit.models.seeding import seeded

Builder = Callable[..., keras.Model] | None


class NetworkEstimator(BaseEstimator):
    """What the classifier and the regressor share. The constructor only stores."""

    def __init__(
        self,
        build: Builder = None,
        *,
        hidden: int | tuple[int, ...] = (64,),
        activation: Any = "relu",
        batch_normalization: bool = False,
        dropout: float = 0.0,
        l1: float = 0.0,
        l2: float = 0.0,
        optimizer: Any = "adam",
        learning_rate: float | None = None,
        batch_size: int = 32,
        n_epochs: int = 20,
        random_state: int | np.random.RandomState | None = 0,
    ) -> None:
        # scikit-learn's clone compares the stored objects with the given ones by identity, so
        # nothing may be checked, converted or copied before fit.
        self.build = build
        self.hidden = hidden
        self.activation = activation
        self.batch_normalization = batch_normalization
        self.dropout = dropout
        self.l1 = l1
        self.l2 = l2
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.batch_size = batch_size
        self.n_epochs = n_epochs
        self.random_state = random_state

    def _train(
        self,
        X: NDArray,
        y: NDArray,
        loss: keras.losses.Loss,
        n_outputs: int,
        sample_weight: ArrayLike | None,
    ) -> None:
        """Build new weights and train them."""
        from coursekit.device import device

        for name in ("batch_size", "n_epochs"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name}={getattr(self, name)!r} must be at least 1.")
        seed = int(check_random_state(self.random_state).randint(2**31 - 1))
        weights = None if sample_weight is None else _sample_weights(sample_weight, len(X))
        with device():
            with seeded(seed):
                self.model_ = self._build_model(X.shape[1:], n_outputs)
                optimizer = self._build_optimizer()
            self.loss_curve_ = train_network(
                self.model_,
                X,
                y,
                loss=loss,
                optimizer=optimizer,
                batch_size=int(self.batch_size),
                n_epochs=int(self.n_epochs),
                rng=np.random.default_rng(seed),
                sample_weight=weights,
            )

    def _build_model(self, input_shape: tuple[int, ...], n_outputs: int) -> keras.Model:
        if self.build is not None:
            return self.build(input_shape, n_outputs)
        return dense(
            input_shape,
            n_outputs,
            hidden=self.hidden,
            activation=self.activation,
            batch_normalization=self.batch_normalization,
            dropout=self.dropout,
            l1=self.l1,
            l2=self.l2,
        )

    def _build_optimizer(self) -> keras.optimizers.Optimizer:
        """Return a new optimizer: one that was given must not carry its state between fits."""
        found = keras.optimizers.get(self.optimizer)
        config = found.get_config()
        if self.learning_rate is not None:
            config["learning_rate"] = float(self.learning_rate)
        return type(found).from_config(config)

    def _outputs(self, X: ArrayLike) -> NDArray:
        from coursekit.device import device

        check_is_fitted(self, "model_")
        inputs: Any = validate_data(self, X, reset=False, dtype=np.float32, allow_nd=True)
        with device():
            return predict_network(self.model_, inputs)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.non_deterministic = self.random_state is None
        return tags


def _sample_weights(sample_weight: ArrayLike, n_samples: int) -> NDArray[np.float32]:
    weights = np.asarray(sample_weight, dtype=np.float32)
    if weights.shape == ():
        weights = np.full(n_samples, weights)
    if weights.shape != (n_samples,):
        raise ValueError(
            f"sample_weight has shape {weights.shape}: give one weight for each of the "
            f"{n_samples} samples."
        )
    if not weights.any():
        raise ValueError("sample_weight holds zeros only: no sample would be learned from.")
    return weights
