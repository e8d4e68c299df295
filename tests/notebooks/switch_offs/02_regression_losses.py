"""Lesson 02 with its effects switched off."""

from tests.notebooks.switching import SwitchOff

SWITCH_OFFS = [
    SwitchOff(
        "MT-4.likelihood-names-the-loss",
        {"stats.laplace.logpdf": "stats.norm.logpdf"},
        why="both kinds of noise are Gaussian",
    ),
    SwitchOff(
        "MT-4.noise-chooses-the-loss",
        {'variance_ratio("laplace", seed)': 'variance_ratio("normal", seed)'},
        why="both kinds of noise are Gaussian",
    ),
    SwitchOff(
        "MT-4.metric-decides-the-winner",
        {"rng.exponential(2 * km)": "rng.normal(2 * km)"},
        why="symmetric noise: mean and median are the same",
    ),
    SwitchOff(
        "DS-9.mean-and-median",
        {".lognormal(size=2_001)": ".normal(2.5, 0.5, size=2_001)"},
        why="a symmetric sample",
    ),
    SwitchOff(
        "DS-9.squared-units",
        {"mean_squared_error(100 *": "mean_absolute_error(100 *"},
        why="no square",
    ),
    SwitchOff("DS-9.one-outlier", {"spoilt[:, 0] = 100": "spoilt[:, 0] = 0"}, why="no outlier"),
    SwitchOff(
        "DS-9.no-help-against-leverage",
        {"== last, 200, x": "== last, x.mean(), x"},
        why="the wrong feature value is no lever",
    ),
    SwitchOff(
        "DS-9.no-linear-program-needed",
        {"n_rounds=200": "n_rounds=2"},
        why="reweighting is stopped at once",
    ),
    SwitchOff(
        "DS-9.gradient-keeps-its-size",
        {"slope_errors(np.sign, seed) for": "slope_errors(np.sign, seed, decay=0.95) for"},
        why="the rate decays in both runs",
    ),
    SwitchOff(
        "DS-9.median-is-an-interval",
        {"[1, 2, 4, 9]": "[1, 2, 2.9, 4, 9]"},
        why="an odd number of rows",
    ),
    SwitchOff(
        "DS-9.mape-prefers-low",
        {" / y[:, None]).mean(axis=0)": ").mean(axis=0)"},
        why="MAE instead of MAPE",
    ),
    SwitchOff(
        "LF-4.errors-cancel",
        {"normal(0, 3, size=(5, 1_000))": "exponential(3, size=(5, 1_000))"},
        why="all errors have the same sign",
    ),
    SwitchOff(
        "LF-4.shapes-broadcast",
        {"np.abs(y_true - y_pred).mean()": "np.abs(y_true - y_pred.ravel()).mean()"},
        why="shapes are aligned",
    ),
    SwitchOff(
        "LF-5.ratio-shows-the-tail",
        {"rng.standard_t(2.5": "rng.standard_t(50"},
        why="no heavy tail",
    ),
    SwitchOff(
        "LF-5.mean-of-fold-rmses",
        {"[roots.mean() for": "[np.sqrt(np.mean(roots**2)) for"},
        why="squares are averaged before the root",
    ),
    SwitchOff(
        "LF-5.bias-plus-spread",
        {"normal(2, 1, size=(5": "normal(0, 1, size=(5"},
        why="no bias",
    ),
    SwitchOff(
        "LF-6.not-a-squared-correlation",
        {"r2_score(y, -y)": "np.corrcoef(y, -y)[0, 1] ** 2"},
        why="the squared correlation instead of R²",
    ),
    SwitchOff(
        "LF-6.share-only-in-sample",
        {"linear = LinearRegression()": "linear = LinearRegression(fit_intercept=False)"},
        why="no intercept",
    ),
    SwitchOff(
        "LF-6.noise-raises-training-r2",
        {
            "for p in (1, 5, 10, 20, 30, 40, 50)": "for p in (1, 50)",
            "X[:, :p]": "X[:, :1]",
            "X_new[:, :p]": "X_new[:, :1]",
        },
        why="no column of noise is used",
    ),
    SwitchOff(
        "LF-6.depends-on-the-spread",
        {"*thermometer(seed, 19, 23)": "*thermometer(seed, -5, 30)"},
        why="the same range",
    ),
    SwitchOff(
        "DS-19.sum-needs-a-smaller-rate",
        {"np.sum, 0.1) for": "np.mean, 0.1) for"},
        why="mean in both runs",
    ),
    SwitchOff(
        "DS-19.ragged-last-batch",
        {"[32, 64]": "[13, 26, 39, 52]", "[32, 32, 1]": "[13] * 5"},
        why="all batches have the same size",
    ),
    SwitchOff(
        "DS-19.penalty-follows-reduction",
        {"(10, 1)": "(1, 1)", "np.tile(y, 10)": "y"},
        why="nothing is copied",
    ),
    SwitchOff(
        "DL-21.each-loss-its-constant",
        {"np.maximum(q * e, (q - 1) * e)": "np.maximum((1 - q) * e, -q * e)"},
        why="too high is charged instead of too low",
    ),
    SwitchOff(
        "DL-21.huber-regimes",
        {"np.where(np.abs(e) <= delta": "np.where(np.abs(e) > delta"},
        why="the regimes are swapped",
    ),
    SwitchOff("DL-21.delta-has-a-unit", {"error / 60": "error"}, why="minutes both times"),
    SwitchOff(
        "DL-21.pinball-keeps-promise",
        {"rng.exponential(2 * km)": "rng.exponential(10, size=n_rows)"},
        why="the noise does not grow with the distance",
    ),
    SwitchOff(
        "DL-21.msle-punishes-too-low",
        {"return (np.log1p(y) - np.log1p(p)) ** 2": "return (y - p) ** 2"},
        why="no logarithm",
    ),
    SwitchOff(
        "DL-21.rmse-on-small-batches",
        {"np.sqrt((error**2).mean(axis=1)).mean(axis=0)": "(error**2).mean(axis=1).mean(axis=0)"},
        why="MSE instead of RMSE",
    ),
    SwitchOff(
        "DL-21.mse-between-the-modes",
        {"rng.choice([-1, 1], size=n_rows)": "np.ones(n_rows)"},
        why="one mode",
    ),
    SwitchOff(
        "DL-21.mmd-ignores-the-rows",
        {"np.exp(-((a[:, None] - b) ** 2) / (2 * width**2)).mean()": "((a - b) ** 2).mean()"},
        why="a measure that compares row by row",
    ),
    SwitchOff(
        "LF-5.rmse-is-in-target-units",
        {"rmse_cm = root_mean_squared_error": "rmse_cm = mean_squared_error"},
        why="no root",
    ),
    SwitchOff(
        "LF-5.squared-argument-is-gone",
        {"list(signature(mean_squared_error).parameters)": '["y_true", "y_pred", "squared"]'},
        why="the arguments that an old scikit-learn had",
    ),
    SwitchOff(
        "DL-21.formulas-agree-with-keras",
        {"np.where(np.abs(e) <= delta": "np.where(np.abs(e) > delta"},
        why="the regimes are swapped",
    ),
    SwitchOff(
        "DL-21.cosine-is-negative",
        {"= keras.losses.CosineSimilarity()": "= lambda *a: -keras.losses.CosineSimilarity()(*a)"},
        why="the cosine itself instead of its negative",
    ),
    SwitchOff(
        "DL-21.popular-huber-fails",
        {"(1 - is_small) * linear": "linear"},
        why="nothing is subtracted from a truth value",
    ),
    SwitchOff(
        "DL-21.per-sample-keeps-weights",
        {"keras.ops.mean(loss, axis=-1)": "keras.ops.mean(loss)"},
        why="the other loss averages over everything too",
    ),
    SwitchOff(
        "DL-21.custom-loss-trains",
        {"huber_per_sample(y_true, y_pred, self.delta)": "huber_per_sample(y_true, y_pred)"},
        why="delta is hard-wired",
    ),
    SwitchOff(
        "DS-19.weights-are-normalised-twice",
        {"weights = np.array([3.0, 1.0])": "weights = np.array([1.0, 1.0])"},
        why="every row weighs one",
    ),
    SwitchOff(
        "DS-19.a-convention-not-a-law",
        {
            "float(model.evaluate(column, 0 * column, batch_size=4, verbose=0))": (
                "np.mean([model.evaluate(b, 0 * b, verbose=0) for b in (column[:4], column[4:])])"
            )
        },
        why="batch means are averaged, whatever the sizes of the batches",
    ),
]
