"""Lesson 07 with its effects switched off."""

from tests.notebooks.switching import SwitchOff

SWITCH_OFFS = [
    SwitchOff(
        "DL-29.identity",
        {"n_samples=60, n_sets=4000": "n_samples=20, n_sets=4000"},
        why="the measured models have fewer rows",
    ),
    SwitchOff(
        "DL-29.sweet-spot",
        {"SIGMA = 0.3": "SIGMA = 0.001"},
        why="there is hardly any noise to fit",
    ),
    SwitchOff(
        "DL-29.variance-is-across-samples",
        {"x if weights is None else": "truth(x) if weights is None else"},
        why="the rule is the truth, whose errors are the noise only",
    ),
    SwitchOff(
        "DL-29.zero-one-loss-differs",
        {"loc=0.4": "loc=0.6"},
        why="the average estimate is on the right side",
    ),
    SwitchOff(
        "DL-29.ridge-trades",
        {"fit_many(9, alpha=alpha, seed=seed)": "fit_many(9, alpha=0.1, seed=seed)"},
        why="the penalty stays the same",
    ),
    SwitchOff(
        "DL-29.selection-adds-bias",
        {"k=5": "k=20"},
        why="all features are kept",
    ),
    SwitchOff(
        "DL-29.bagging-and-boosting",
        {"BaggingRegressor(deep, n_estimators=20,": "BaggingRegressor(deep, n_estimators=1,"},
        why="nothing is averaged",
    ),
    SwitchOff(
        "DL-29.cv-does-not-split-the-error",
        {"diagnose_neighbours(20, seed)": "diagnose_neighbours(3, seed)"},
        why="the second model has hardly any bias",
    ),
    SwitchOff(
        "DL-29.double-descent",
        {"seed, error_on_new_rows(p,": "seed, error_on_new_rows(min(p, 20),"},
        why="the fit never reaches as many features as rows",
    ),
    SwitchOff(
        "DL-29.ridge-removes-the-peak",
        {"np.logspace(-1, 4, 6)": "[1e-9]"},
        why="the penalty is next to nothing",
    ),
    SwitchOff(
        "HT-10.optimism",
        {"y_train, y_fresh = X @ weights +": "y_train, y_fresh = np.abs(X[:, :1]) +"},
        why="the model does not contain the truth",
    ),
    SwitchOff(
        "HT-10.noise-is-a-cause",
        {"rng.normal(0, sigma, size": "rng.normal(0, 1, size"},
        why="the noise stays the same",
    ),
    SwitchOff(
        "HT-10.epochs-depend-on-data",
        {
            "residual = X_train @ weights - y_train": "residual = X_val @ weights - y_val",
            "X_train.T @ residual / n_rows": "X_val.T @ residual / 1000",
        },
        why="gradients come from many other rows",
    ),
    SwitchOff(
        "HT-10.random-labels-fit",
        {"MLPClassifier([128]": "MLPClassifier([2]"},
        why="two hidden units: too few weights to memorise",
    ),
    SwitchOff(
        "HT-10.random-labels-fit",
        {"rng.permutation(y_digits[train]) if shuffled": "y_digits[train] if shuffled"},
        why="the labels are not shuffled",
    ),
    SwitchOff(
        "HT-10.parameter-count-misleads",
        {"10.0 ** -np.arange(1, 11)": "np.linspace(0.1, 1, 10)"},
        why="the inputs are evenly spaced",
    ),
    SwitchOff(
        "HT-10.unrepresentative-is-not-overfitting",
        {"((-1, 0, n_rows)": "((-1, 1, n_rows)"},
        why="the training rows cover the whole range",
    ),
    SwitchOff(
        "HT-11.more-data-cures-variance-not-bias",
        {"np.sin(2 * np.pi * x) +": "3 * x +", "np.sin(2 * np.pi * x_new)": "3 * x_new"},
        why="the line has no bias",
    ),
    SwitchOff(
        "HT-11.variance-falls-with-n",
        {"parts_of_error(fit_many(3, n, seed=seed))": "parts_of_error(fit_many(3, 60, seed=seed))"},
        why="no rows are added",
    ),
    SwitchOff(
        "HT-11.bad-labels-stay-bad",
        {"(luck < 0.6) & true": "luck < 0.2"},
        why="the second team errs at random, too",
    ),
    SwitchOff(
        "HT-11.more-of-the-wrong-rows",
        {"((-1, 0, n_rows)": "((-1, 1, n_rows)"},
        why="the added rows come from the whole range",
    ),
    SwitchOff(
        "HT-11.value-of-twice-the-data",
        {"y_digits[r])": "y_digits[r] * (len(r) < 600))"},
        why="the last rows are labelled wrongly, so the law breaks",
    ),
    SwitchOff(
        "DS-10.complexity-grows",
        {"DecisionTreeRegressor(min_samples_leaf=5)": "DecisionTreeRegressor(max_leaf_nodes=4)"},
        why="the tree may not grow",
    ),
    SwitchOff(
        "DS-10.truth-decides",
        {"np.sin(3 * X[:, 0]) + X[:, 1] ** 2": "3 * X[:, 0]"},
        why="the second truth is a plane, too",
    ),
    SwitchOff(
        "DS-10.not-assumption-free",
        {"scale=1000": "scale=1"},
        why="the units stay",
    ),
    SwitchOff(
        "DS-10.parametric-can-overfit",
        {"Polynomial.fit(x, y, 12,": "Polynomial.fit(x, y, 1,"},
        why="the fixed form is a line",
    ),
    SwitchOff(
        "DS-10.a-small-tree-is-readable",
        {"max_depth=2": "max_depth=8"},
        why="the tree is large",
    ),
]
