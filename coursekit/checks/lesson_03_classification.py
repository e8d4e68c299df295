"""The exercises of lesson 03: a stable loss, logistic regression, precision and recall."""

from functools import partial
from typing import Any

import numpy as np
from scipy.special import expit, log_softmax, softmax

from coursekit.checks.definitions import Case, Exercise, Mistake

_loss, _numerics = partial(Mistake, see="MT-4"), partial(Mistake, see="DL-21")
_fitting = partial(Mistake, see="DS-6")
_counting, _averaging = partial(Mistake, see="LF-3"), partial(Mistake, see="LF-2")


def _logit_cases() -> list[Case]:
    rng = np.random.default_rng(0)
    return [
        Case((rng.normal(size=(5, 4)), np.array([0, 3, 1, 1, 2])), name="five rows, four classes"),
        Case((np.array([[2.0, -1.0]]), np.array([1])), name="one row, two classes"),
        Case((np.array([[1000.0, 0.0, -1000.0]] * 2), np.array([0, 1])), name="huge logits"),
        Case((rng.normal(size=(3, 3)) - 1000, np.array([2, 0, 1])), name="far below zero"),
        Case((np.array([[900.0, 901], [-900, -901]]), np.array([1, 0])), name="rows far apart"),
    ]


def _log_softmax_of_scipy(logits: np.ndarray, y: np.ndarray) -> float:
    """Average SciPy's log softmax at the true classes."""
    return float(-log_softmax(logits, axis=1)[np.arange(len(y)), y].mean())


def _shifted_alike(logits: np.ndarray, y: np.ndarray, shift: float = 0.0) -> Any:
    with np.errstate(all="ignore"):
        powers = np.exp(logits - shift)
        return -np.log(powers[np.arange(len(y)), y] / powers.sum(axis=1)).mean()


def _clipped(logits: np.ndarray, y: np.ndarray) -> Any:
    p = np.clip(softmax(logits, axis=1), 1e-7, 1 - 1e-7)
    return -np.log(p[np.arange(len(y)), y]).mean()


def _binary_terms(logits: np.ndarray, y: np.ndarray) -> Any:
    p, target = softmax(logits, axis=1), np.eye(np.shape(logits)[1])[y]
    others = np.log1p(-np.minimum(p, 1 - 1e-15)) * (1 - target)
    return _log_softmax_of_scipy(logits, y) - others.sum(axis=1).mean()


softmax_cross_entropy = Exercise(
    id="03_softmax_cross_entropy",
    task="Return the mean cross-entropy of softmax logits, stable for logits of any size.",
    points=3,
    questions=("MT-4", "DL-21"),
    reference=_log_softmax_of_scipy,
    cases=_logit_cases,
    atol=2e-4,
    mistakes=(
        _loss(
            "no-shift",
            _shifted_alike,
            "You exponentiate the logits as they are: exp(1000) overflows, exp(-1000) is 0. "
            "Subtract each row's largest logit first; it cancels.",
        ),
        _loss(
            "one-shift-for-all-rows",
            lambda logits, y: _shifted_alike(logits, y, np.max(logits)),
            "You subtract the largest logit of the whole batch. A row far below it then sums to "
            "exp(-1000) = 0. Subtract each row's own: logits.max(axis=1, keepdims=True).",
        ),
        _numerics(
            "clips-the-probability",
            _clipped,
            "You clip the probability before its logarithm. The loss is then capped near 16, "
            "without a gradient where the model is most wrong. Stay with logits.",
        ),
        _numerics(
            "softmax-twice",
            lambda logits, y: _log_softmax_of_scipy(softmax(logits, axis=1), y),
            "You treat probabilities as logits: softmax is applied twice, and the loss cannot "
            "fall below log(1 + (K - 1)/e).",
        ),
        _loss(
            "sums-over-rows",
            lambda logits, y: _log_softmax_of_scipy(logits, y) * len(y),
            "You sum over the rows. The mean does not grow with the batch, so one learning rate "
            "suits batches of any size.",
        ),
        _loss(
            "adds-binary-terms",
            _binary_terms,
            "You add (1 - y) log(1 - p) for the other classes, the loss of K separate yes-no "
            "questions. In softmax the other classes act through the sum already.",
        ),
        _loss(
            "base-two",
            lambda logits, y: _log_softmax_of_scipy(logits, y) / np.log(2),
            "You take logarithms to base 2. Libraries use the natural one, for which the gradient "
            "in the logits is exactly p - y.",
        ),
    ),
    hints=(
        "A row's loss is log(sum of exp(logits)) minus the logit of its true class; shift first.",
        "shifted = logits - logits.max(axis=1, keepdims=True); shifted[np.arange(len(y)), y].",
    ),
)


def _newton_cases() -> list[Case]:
    rng = np.random.default_rng(1)
    X = rng.normal(size=(120, 2))
    y = (rng.random(120) < 1 / (1 + np.exp(-(2 + X @ [1.5, -1])))).astype(int)
    half = np.arange(40) % 2
    return [
        Case((X, y, 1), name="one step"),
        Case((X, y, 3), name="three steps"),
        Case((X, y, 12), name="converged, most rows are positive"),
        Case((rng.normal(size=(40, 1)) + half[:, None], half, 12), name="converged, one feature"),
    ]


def _reweighted_least_squares(X: np.ndarray, y: np.ndarray, n_steps: int) -> np.ndarray:
    """Fit scikit-learn's weighted linear regression to the working response, step by step."""
    from sklearn.linear_model import LinearRegression

    log_odds, coefficients = np.zeros(len(y)), np.zeros(X.shape[1] + 1)
    for _ in range(n_steps):
        p = expit(log_odds)
        weights = p * (1 - p)
        line = LinearRegression().fit(X, log_odds + (y - p) / weights, sample_weight=weights)
        log_odds, coefficients = line.predict(X), np.r_[line.intercept_, line.coef_]
    return coefficients


def _newton(X: np.ndarray, y: np.ndarray, n_steps: int, **wrong: Any) -> np.ndarray:
    """Take Newton steps, one part of which may be replaced by a wrong one."""
    right: dict[str, Any] = {"first": 1, "weigh": lambda p: p * (1 - p), "penalty": 0, "sign": 1}
    first, weigh, penalty, sign = (right | wrong).values()
    A = np.column_stack([np.full(len(X), first), X])
    w = np.zeros(A.shape[1])
    for _ in range(n_steps):
        p = expit(A @ w)
        hessian = A.T @ (A * weigh(p)[:, None]) + penalty * np.eye(len(w))
        w = w + sign * np.linalg.pinv(hessian) @ (A.T @ (y - p) - penalty * w)
    return w


irls = Exercise(
    id="03_irls",
    task="Return the coefficients of a logistic regression after Newton steps from zero.",
    points=4,
    questions=("DS-6",),
    reference=_reweighted_least_squares,
    cases=_newton_cases,
    rtol=1e-4,
    atol=1e-5,
    mistakes=(
        _fitting(
            "no-intercept",
            lambda X, y, n_steps: _newton(X, y, n_steps, first=0.0),
            "You fit no intercept, so the probability at x = 0 is one half whatever the share of "
            "positives. Put a column of ones before X.",
        ),
        _fitting(
            "least-squares",
            lambda X, y, n_steps: np.linalg.lstsq(np.c_[np.ones(len(X)), X], y, rcond=None)[0],
            "You fit a straight line to the labels 0 and 1. Logistic regression is linear in the "
            "log odds, and its coefficients maximise the likelihood.",
        ),
        _fitting(
            "weights-p",
            lambda X, y, n_steps: _newton(X, y, n_steps, weigh=lambda p: p),
            "You weight the rows by p. The curvature of the loss is p(1 - p), the variance of a "
            "label; with p the steps have the wrong length.",
        ),
        _fitting(
            "walks-away",
            lambda X, y, n_steps: _newton(X, y, n_steps, sign=-1.0),
            "You step away from the maximum of the likelihood. Add the solution of the linear "
            "system for A'(y - p), or subtract it for A'(p - y).",
        ),
        _fitting(
            "penalises",
            lambda X, y, n_steps: _newton(X, y, n_steps, penalty=1.0),
            "You add a ridge penalty, as scikit-learn does by default with C=1. The task asks for "
            "maximum likelihood.",
        ),
    ),
    hints=(
        "Gradient: A.T @ (y - p). Hessian: A.T @ (A * (p * (1 - p))[:, None]), A = ones and X.",
        "w = w + np.linalg.solve(hessian, gradient), n_steps times from zeros.",
    ),
)


def _label_cases() -> list[Case]:
    rng = np.random.default_rng(2)
    y_true = rng.choice(3, size=60, p=[0.6, 0.3, 0.1])
    y_pred = np.where(rng.random(60) < 0.6, y_true, rng.choice(3, size=60, p=[0.2, 0.7, 0.1]))
    spam = ["ham", "spam", "spam", "ham", "spam"], ["ham", "ham", "spam", "ham", "ham"]
    return [
        *(
            Case((y_true, y_pred, [0, 1, 2], average), name=f"three unequal classes, {average}")
            for average in (None, "macro", "weighted", "micro")
        ),
        Case((*spam, ["spam", "ham"], None), name="texts, not in the order of the alphabet"),
        Case(([0, 0, 1, 0], [0, 1, 1, 0], [0, 1, 2], "macro"), name="label 2 does not occur"),
        Case(([0] * 19 + [1], [0] * 20, [0, 1], "weighted"), name="never says 1"),
    ]


def _scores(y_true: Any, y_pred: Any, labels: Any, average: Any) -> Any:
    """Take scikit-learn's scores, with 0 where there is nothing to divide by."""
    from sklearn.metrics import precision_recall_fscore_support as scores

    return scores(y_true, y_pred, labels=labels, average=average, zero_division=0)[:3]


def _harmonic_of_averages(y_true: Any, y_pred: Any, labels: Any, average: Any) -> Any:
    precision, recall, _ = _scores(y_true, y_pred, labels, average)
    return precision, recall, 2 * precision * recall / np.maximum(precision + recall, 1e-12)


def _arithmetic_mean(y_true: Any, y_pred: Any, labels: Any, average: Any) -> Any:
    precision, recall, _ = _scores(y_true, y_pred, labels, average)
    return precision, recall, (precision + recall) / 2


def _weights_by_predictions(y_true: Any, y_pred: Any, labels: Any, average: Any) -> Any:
    if average != "weighted":
        return _scores(y_true, y_pred, labels, average)
    weights = [np.sum(np.asarray(y_pred) == label) for label in labels]
    return tuple(np.average(s, weights=weights) for s in _scores(y_true, y_pred, labels, None))


def _seen(*columns: Any) -> list:
    """Order the labels as they appear, and leave out those that do not."""
    return list(dict.fromkeys(np.concatenate(columns).tolist()))


precision_recall_f1 = Exercise(
    id="03_precision_recall_f1",
    task="Return precision, recall and F1 of every label, or one average of each.",
    points=4,
    questions=("LF-2", "LF-3", "LF-1"),
    reference=_scores,
    cases=_label_cases,
    mistakes=(
        _counting(
            "rows-and-columns-swapped",
            lambda y_true, y_pred, *rest: _scores(y_pred, y_true, *rest),
            "You read rows for columns. Precision divides the hits by all that was called so, "
            "recall by all that is so.",
        ),
        _counting(
            "only-labels-seen",
            lambda a, b, labels, average: _scores(a, b, sorted(_seen(a, b)), average),
            "You leave out labels that do not occur. Each label listed counts, with its zeros.",
        ),
        _counting(
            "order-of-appearance",
            lambda a, b, labels, average: _scores(a, b, [*_seen(a, b, labels)], average),
            "You order the classes as they appear in the data. Place i belongs to labels[i].",
        ),
        _averaging(
            "harmonic-of-averages",
            _harmonic_of_averages,
            "You compute F1 from averaged precision and recall. Mean and ratio do not commute: "
            "take F1 class by class, then average.",
        ),
        _averaging(
            "arithmetic-mean",
            _arithmetic_mean,
            "You take the arithmetic mean of precision and recall. F1 is the harmonic one, which "
            "stays near the smaller of the two.",
        ),
        _averaging(
            "weights-by-predictions",
            _weights_by_predictions,
            "You weight the classes by their predictions. Their weight is the support: true rows.",
        ),
        _averaging(
            "always-weighted",
            lambda a, b, labels, average: _scores(a, b, labels, "weighted"),
            "You weight by support whatever was asked. That is one number, not one a class, and "
            "its recall is the accuracy under another name.",
        ),
    ),
    hints=(
        "Count a table first, row: true label, column: predicted label. Its diagonal are hits.",
        "Divide the hits by column sums (precision) and by row sums (recall), 0 where a sum is 0.",
        "macro: plain mean over labels; weighted: by row sums; micro: sum all hits, then divide.",
    ),
)
