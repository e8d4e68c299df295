"""The exercises of lesson 04: rank, resample in the fold, correct probabilities, weigh costs."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from coursekit.checks.definitions import Case, Exercise, Mistake

_ranking, _imbalance = partial(Mistake, see="DS-12"), partial(Mistake, see="DL-38")


def _auc_cases() -> list[Case]:
    rng = np.random.default_rng(0)
    y = rng.permutation(np.repeat([0, 1], [25, 15]))
    scores = rng.normal(size=40) + y
    return [
        Case((y, scores), name="shuffled rows, scores on any scale"),
        Case((y, 0.1 * scores), name="the same order, scores ten times smaller"),
        Case((np.array([0, 1, 0, 1]), np.full(4, 0.3)), name="every row has the same score"),
        Case((y, np.round(scores)), name="many ties"),
        Case((y, -scores), name="the order is reversed: below one half"),
    ]


def _auc_by_sklearn(y_true: Any, scores: Any) -> float:
    """Take the area from scikit-learn."""
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(y_true, scores))


def _pairs_won(y_true: Any, scores: Any, tie: float) -> float:
    gap = scores[y_true == 1][:, None] - scores[y_true == 0]
    return float(np.mean((gap > 0) + tie * (gap == 0)))


def _area_in_file_order(y_true: Any, scores: Any) -> float:
    tpr = [np.mean(scores[y_true == 1] >= cut) for cut in scores]
    fpr = [np.mean(scores[y_true == 0] >= cut) for cut in scores]
    return float(abs(np.trapezoid(tpr, fpr)))


roc_auc = Exercise(
    id="04_roc_auc",
    task="Return the probability that a random positive scores higher than a random negative.",
    points=3,
    questions=("DS-12",),
    reference=_auc_by_sklearn,
    cases=_auc_cases,
    mistakes=(
        _ranking(
            "ties-count-nothing",
            lambda y_true, scores: _pairs_won(y_true, scores, 0.0),
            "You give a tied pair nothing, so a constant score gets the area 0 although it ranks "
            "neither well nor badly. A tie counts one half.",
        ),
        _ranking(
            "ties-count-as-won",
            lambda y_true, scores: _pairs_won(y_true, scores, 1.0),
            "You count a tied pair as won, so a constant score is a perfect model. A tie counts "
            "one half.",
        ),
        _ranking(
            "accuracy-at-one-half",
            lambda y_true, scores: float(np.mean((scores > 0.5) == y_true)),
            "You compute the accuracy at the threshold 0.5. The area uses only the order of the "
            "scores; dividing them by ten changes nothing.",
        ),
        _ranking(
            "thresholds-not-sorted",
            _area_in_file_order,
            "You join the points of the curve in the order of the rows. The trapezoid rule needs "
            "the thresholds sorted, from the highest score to the lowest.",
        ),
        _ranking(
            "never-below-one-half",
            lambda y_true, scores: 0.5 + abs(_auc_by_sklearn(y_true, scores) - 0.5),
            "You mirror an area below one half. An order can be reversed, and the measure must say "
            "so: look for swapped labels or columns.",
        ),
    ),
    hints=(
        "Compare every positive with every negative: won, tied or lost.",
        "scores[y_true == 1][:, None] - scores[y_true == 0] holds the gap of every pair.",
        "By ranks (scipy.stats.rankdata): (rank sum of the positives - p (p + 1) / 2) / (p n).",
    ),
)


def _smote_cases() -> list[Case]:
    def data(seed: int, shift: float) -> tuple[np.ndarray, np.ndarray, int]:
        rng = np.random.default_rng(seed)
        y = rng.permutation(np.repeat([0, 1], [130, 30]))
        return rng.normal(size=(160, 4)) + shift * y[:, None], y, seed

    return [
        Case(data(0, 0.0), name="pure noise: the truth is 0.5"),
        Case(data(1, 0.5), name="some signal"),
        Case(data(2, 1.0), name="more signal"),
    ]


def _by_hand(
    X: Any, y: Any, seed: int, resample: Any = (0,), on: int = 1, rank: bool = True, first: Any = 0
) -> Any:
    """Cross-validate; resample and score the parts of a fold that are named: 0 train, 1 test."""
    from imblearn.over_sampling import SMOTE
    from sklearn.model_selection import StratifiedKFold
    from sklearn.neighbors import KNeighborsClassifier

    if first:
        X, y = SMOTE(random_state=seed).fit_resample(X, y)
    areas = []
    for fold in StratifiedKFold(5, shuffle=True, random_state=seed).split(X, y):
        parts = [(X[rows], y[rows]) for rows in fold]
        for i in resample:
            parts[i] = SMOTE(random_state=seed).fit_resample(*parts[i])
        model = KNeighborsClassifier(5).fit(*parts[0])
        scores = model.predict_proba(parts[on][0])[:, 1]
        areas.append(_auc_by_sklearn(parts[on][1], scores if rank else scores > 0.5))
    return np.mean(areas)


def _smote_auc_by_imblearn(X: Any, y: Any, seed: int) -> float:
    """Let imbalanced-learn's pipeline resample inside each fold."""
    from imblearn.over_sampling import SMOTE
    from imblearn.pipeline import make_pipeline
    from sklearn.model_selection import StratifiedKFold, cross_val_score
    from sklearn.neighbors import KNeighborsClassifier

    model = make_pipeline(SMOTE(random_state=seed), KNeighborsClassifier(5))
    folds = StratifiedKFold(5, shuffle=True, random_state=seed)
    return float(cross_val_score(model, X, y, cv=folds, scoring="roc_auc").mean())


smote_cv_auc = Exercise(
    id="04_smote_cv_auc",
    task="Cross-validate a 5-nearest-neighbour classifier with SMOTE inside every fold.",
    points=3,
    questions=("DL-38",),
    reference=_smote_auc_by_imblearn,
    cases=_smote_cases,
    mistakes=(
        _imbalance(
            "resamples-before-the-split",
            lambda X, y, seed: _by_hand(X, y, seed, resample=(), first=True),
            "You resample all rows before they are split. A held-out positive then has offspring "
            "in the training part, and pure noise scores far above one half.",
        ),
        _imbalance(
            "resamples-the-held-out-part-too",
            lambda X, y, seed: _by_hand(X, y, seed, resample=(0, 1)),
            "You resample the held-out rows as well. They stand for the world, where nobody "
            "invents positives: leave them as they came.",
        ),
        _imbalance(
            "scores-the-training-part",
            lambda X, y, seed: _by_hand(X, y, seed, on=0),
            "You score the rows that the model was fitted on, synthetic ones included. Only the "
            "held-out fold says anything about new rows.",
        ),
        _ranking(
            "ranks-by-labels",
            lambda X, y, seed: _by_hand(X, y, seed, rank=False),
            "You compute the area from predicted labels: one threshold instead of all of them. "
            "Rank by predict_proba(...)[:, 1].",
        ),
    ),
    hints=(
        "StratifiedKFold(...).split(X, y) gives training and held-out rows; touch only the former.",
        "imblearn.pipeline.make_pipeline holds a sampler, and resamples in fit only.",
        'cross_val_score(make_pipeline(SMOTE(...), model), X, y, cv=folds, scoring="roc_auc")',
    ),
)


def _prior_cases() -> list[Case]:
    p = np.linspace(0.01, 0.99, 9)
    return [
        Case((p, 0.5, 0.01), name="trained balanced, used at 1 %"),
        Case((p, 0.05, 0.3), name="positives are more common in use"),
        Case((np.array([0.0, 0.5, 1.0]), 0.5, 0.02), name="certain rows stay certain"),
    ]


def _shift_log_odds(p: Any, train_prevalence: float, new_prevalence: float) -> np.ndarray:
    """Add the change of the prior's log-odds (Bayes' rule in its additive form)."""
    from scipy.special import expit, logit

    return expit(logit(np.asarray(p)) + logit(new_prevalence) - logit(train_prevalence))


correct_probabilities = Exercise(
    id="04_correct_probabilities",
    task="Return what probabilities become when the prevalence changes and the classes do not.",
    points=2,
    questions=("DL-38",),
    reference=_shift_log_odds,
    cases=_prior_cases,
    mistakes=(
        _imbalance(
            "scales-the-probability",
            lambda p, old, new: np.clip(p * new / old, 0, 1),
            "You multiply the probability by the ratio of the prevalences. It can pass 1; it is "
            "the odds that are multiplied.",
        ),
        _imbalance(
            "weighs-positives-only",
            lambda p, old, new: p * new / old / (p * new / old + 1 - p),
            "You weigh the positives by new / old and leave the negatives. They changed too, by "
            "(1 - new) / (1 - old).",
        ),
        _imbalance(
            "prevalences-swapped",
            lambda p, old, new: _shift_log_odds(p, new, old),
            "You correct in the wrong direction: rarer positives must lower the probabilities.",
        ),
    ),
    hints=(
        "p is a posterior: proportional to (how well the row fits the class) x (prevalence).",
        "Weigh p by new / old and 1 - p by (1 - new) / (1 - old); divide p's part by the sum.",
    ),
)


def _cost_cases() -> list[Case]:
    rng = np.random.default_rng(3)
    y = (rng.random(300) < 0.1).astype(int)
    scores = 1 / (1 + np.exp(-(rng.normal(size=300) + 1.5 * y)))  # not calibrated
    return [
        Case((y, scores, 1.0, 20.0), name="a missed positive costs twenty alarms"),
        Case((y, scores, 50.0, 1.0), name="alarms are dear: raise hardly any"),
        Case((y, 1 - scores, 50.0, 1.0), name="a negative leads, alarms are dear: raise none"),
        Case((y, np.round(0.1 * scores, 2), 1.0, 8.0), name="scores below 0.1, many ties"),
    ]


def _observe_cost(answer: Callable[..., Any], case: Case) -> float:
    """Observe what the threshold costs a row: several thresholds may be equally good."""
    y_true, scores, cost_fp, cost_fn = case.args
    alarm = scores >= float(answer(*case.args))
    return float(np.mean(np.where(y_true == 1, cost_fn * ~alarm, cost_fp * alarm)))


def _best_by_roc(
    y: Any, scores: Any, cost_fp: float, cost_fn: float, share: Any = None, first: int = 0
) -> float:
    """Read the costs of all thresholds off scikit-learn's ROC curve; the first raises no alarm."""
    from sklearn.metrics import roc_curve

    curve = roc_curve(y, scores, drop_intermediate=False)
    fpr, tpr, thresholds = (part[first:] for part in curve)
    share = np.mean(y) if share is None else share
    return float(thresholds[np.argmin(cost_fp * (1 - share) * fpr + cost_fn * share * (1 - tpr))])


best_threshold = Exercise(
    id="04_best_threshold",
    task="Return the threshold at which false alarms and missed positives cost least together.",
    points=2,
    questions=("DL-38", "DS-12"),
    reference=_best_by_roc,
    cases=_cost_cases,
    observe=_observe_cost,
    mistakes=(
        _ranking(
            "ignores-prevalence",
            lambda y, scores, cost_fp, cost_fn: _best_by_roc(y, scores, cost_fp, cost_fn, 0.5),
            "You weigh the two error rates by the costs alone, as Youden's index does. A rate of "
            "many negatives is more rows than the same rate of few positives: count rows.",
        ),
        _imbalance(
            "always-some-alarm",
            partial(_best_by_roc, first=1),
            "You try the scores alone, and so raise one alarm at least. Never raising any may be "
            "cheapest: try a threshold above all scores too.",
        ),
        _imbalance(
            "costs-swapped",
            lambda y, scores, cost_fp, cost_fn: _best_by_roc(y, scores, cost_fn, cost_fp),
            "You charge a missed positive with the price of a false alarm, and vice versa.",
        ),
        _imbalance(
            "formula-for-calibrated-scores",
            lambda y, scores, cost_fp, cost_fn: cost_fp / (cost_fp + cost_fn),
            "You use cost_fp / (cost_fp + cost_fn), the best threshold for calibrated "
            "probabilities. These scores need not be calibrated: search on the rows.",
        ),
    ),
    hints=(
        "Worth trying: every distinct score, and one threshold above them all (no alarm).",
        "One threshold costs cost_fp x false alarms + cost_fn x missed positives.",
        "candidates = [*np.unique(scores), np.inf]; take min(candidates, key=its cost).",
    ),
)
