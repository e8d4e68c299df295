"""What training asks of a data set."""

from typing import Any, Protocol


class TrainingSplit(Protocol):
    """A data set in three parts, such as :class:`coursekit.data.Split`."""

    @property
    def X_train(self) -> Any:
        """Training inputs, shape (n_samples, ...)."""

    @property
    def y_train(self) -> Any:
        """Training targets, shape (n_samples,) or (n_samples, n_outputs)."""

    @property
    def X_val(self) -> Any:
        """Validation inputs."""

    @property
    def y_val(self) -> Any:
        """Validation targets."""

    @property
    def X_test(self) -> Any:
        """Test inputs."""

    @property
    def y_test(self) -> Any:
        """Test targets."""


def evaluation_parts(
    split: TrainingSplit, evaluate_test: bool = False
) -> dict[str, tuple[Any, Any]]:
    """Return the parts of a split to evaluate on, by the prefix of their columns.

    Parameters
    ----------
    split : TrainingSplit
        The data set; a part that is None or empty is left out.
    evaluate_test : bool
        Whether to evaluate on the test part too.

    Returns
    -------
    dict of str to (X, y)
        With the keys ``val`` and, if asked, ``test``.
    """
    parts = {"val": (split.X_val, split.y_val)}
    if evaluate_test:
        parts["test"] = (split.X_test, split.y_test)
    return {name: (X, y) for name, (X, y) in parts.items() if X is not None and len(X) > 0}
