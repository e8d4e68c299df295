"""Lesson 08 with its effects switched off."""

from tests.notebooks.switching import SwitchOff

SWITCH_OFFS = [
    SwitchOff(
        "DS-4.only-l1-makes-zeros",
        {'"lasso": Lasso(0.1),\n    "elastic': '"lasso": Lasso(0.001),\n    "elastic'},
        why="hardly any penalty",
    ),
    SwitchOff(
        "DS-4.zero-where-the-slope-is-small",
        {"Lasso(strength, tol=1e-9)": "ElasticNet(strength, tol=1e-9)"},
        why="half of the penalty has no corner",
    ),
    SwitchOff(
        "DS-4.penalty-is-not-loss",
        {'Ridge(10),\n    "squared': 'HuberRegressor(max_iter=2_000),\n    "squared'},
        why="a robust loss instead of the squared one",
    ),
    SwitchOff(
        "DS-4.lasso-picks-a-twin",
        {"+ 0.03 * rng.normal(size=(100, 2))": "* 0 + rng.normal(size=(100, 2))"},
        why="the columns are unrelated",
    ),
    SwitchOff("DS-4.the-unit-decides", {"1_000, 1)": "1, 1)"}, why="the unit stays"),
    SwitchOff(
        "DS-4.laplace-mode-is-zero",
        {"y = 0.15 * x": "y = 3 * x"},
        why="a strong effect: the mode is not zero",
    ),
    SwitchOff(
        "DS-4.cost-is-counted-in-passes",
        {"n_passes(0.5, 0.001, seed)": "n_passes(0.0, 0.1, seed)"},
        why="independent columns in both cases",
    ),
    SwitchOff(
        "HT-7.u-curve",
        {"for d in (15, 1)": "for d in (2, 1)", "median[15]": "median[2]"},
        why="no variance to lower",
    ),
    SwitchOff(
        "HT-7.no-cure-for-bias",
        {"for d in (15, 1)": "for d in (2, 1)", "median[15]": "median[2]"},
        why="a parabola has no variance to lower either",
    ),
    SwitchOff(
        "HT-7.intercept-stays-free",
        {"for f in (True, False)": "for f in (True, True)"},
        why="the intercept is free both times",
    ),
    SwitchOff(
        "HT-7.same-number-other-strength",
        {"np.tile(X, (10, 1)), np.tile(y, 10)": "X, y"},
        why="nothing is copied",
    ),
    SwitchOff(
        "HT-7.c-is-an-inverse-strength",
        {"C=C, l1_ratio=1": "C=1 / C, l1_ratio=1"},
        why="one over C",
    ),
    SwitchOff(
        "HT-7.one-standard-error",
        {"error[best] + standard_error[best]": "error[best]"},
        why="no standard error is added",
    ),
    SwitchOff(
        "LF-11.lambda-times-sum-of-squares",
        {"kernel_regularizer=keras.regularizers.L2(0.01)": "bias_regularizer='l2'"},
        why="the bias is penalised instead of the kernel",
    ),
    SwitchOff(
        "LF-11.strength-has-a-u",
        {"hidden=128, l2=l2": "hidden=2, l2=l2"},
        why="two hidden units: no variance to lower",
    ),
    SwitchOff(
        "LF-11.val-loss-holds-the-penalty",
        {"hidden=128, l2=l2": "hidden=128, l2=0 * l2"},
        why="nothing is added to the loss",
    ),
    SwitchOff(
        "DS-36.no-exact-zeros-by-gradient",
        {"rate * l1_strength, 0)": "0 * l1_strength, 0)"},
        why="the proximal step without its threshold",
    ),
    SwitchOff(
        "DS-36.decay-only-for-sgd",
        {"optimizers.Adam(0.01)": "optimizers.SGD(0.01)"},
        why="plain SGD instead of Adam",
    ),
    SwitchOff(
        "DS-36.scale-is-free-under-batch-norm",
        {"rescaled(seed, True)": "rescaled(seed, False)"},
        why="no batch normalisation",
    ),
    SwitchOff(
        "DS-36.l2-lowers-variance",
        {"(100, 1e-6)": "(100, 0.11)", "100, 1e-6]": "100, 0.11]"},
        why="both networks are penalised",
    ),
    SwitchOff(
        "DS-36.biases-are-left-alone",
        {"networks[100, 10]": "networks[100, 0.1]"},
        why="a moderate penalty leaves the kernels large",
    ),
]
