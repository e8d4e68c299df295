"""Lesson 03 with its effects switched off."""

from tests.notebooks.switching import SwitchOff

SWITCH_OFFS = [
    SwitchOff(
        "DS-6.not-least-squares",
        {"two_groups(s, 50)": "two_groups(s + 9, 0)"},
        why="no far points, only another draw",
    ),
    SwitchOff(
        "DS-6.odds-not-probability",
        {"raised = X_tumours + np.eye(10)[1]": "raised = X_tumours * 1.5"},
        why="not one unit of one feature",
    ),
    SwitchOff(
        "DS-6.default-is-penalised",
        {"distance(seed) for seed": "distance(seed, C=np.inf) for seed"},
        why="neither fit is penalised",
    ),
    SwitchOff(
        "DS-6.penalty-sees-units",
        {"X / [1, 1_000, 1]": "X / [1, 1, 1]"},
        why="no unit changes",
    ),
    SwitchOff(
        "DS-6.separable-has-no-maximum",
        {'length(seed, kind == "separable", C)': "length(seed, False, C)"},
        why="both kinds overlap",
    ),
    SwitchOff(
        "DS-6.costs-set-the-threshold",
        {'{"miss": 5}': '{"miss": 1}', '{"false_alarm": 5}': '{"false_alarm": 1}'},
        why="both errors cost the same",
    ),
    SwitchOff(
        "DS-6.cost-rule-needs-calibration",
        {"rule_over_lowest(seed, factor=4)": "rule_over_lowest(seed, factor=1)"},
        why="both are calibrated",
    ),
    SwitchOff(
        "LF-3.normalised-two-ways",
        {'normalize="pred"))': 'normalize="true"))'},
        why="both divided by rows",
    ),
    SwitchOff(
        "LF-3.labels-fix-the-shape",
        {
            'fixed = confusion_matrix(fold_true, fold_pred, labels=["bird", "cat", "dog"])': (
                "fixed = confusion_matrix(fold_true, fold_pred)"
            )
        },
        why="no labels given",
    ),
    SwitchOff(
        "LF-3.threshold-moves-within-rows",
        {"confusion_matrix(y, expit(log_odds) >= t)": "confusion_matrix(expit(log_odds) >= t, y)"},
        why="rows are the decisions",
    ),
    SwitchOff(
        "LF-1.a-constant-wins",
        {"(np.arange(n_rows) < n_rows // 20)": "(np.arange(n_rows) < n_rows // 2)"},
        why="balanced classes",
    ),
    SwitchOff(
        "LF-1.one-point-is-noise",
        {"sizes = np.array([200,": "sizes = 100 * np.array([200,"},
        why="a hundred times the rows",
    ),
    SwitchOff(
        "LF-2.weighted-hides-a-class",
        {"weights=[0.8, 0.15, 0.05], class_sep=0.7": "class_sep=2.0"},
        why="equal and easy classes",
    ),
    SwitchOff(
        "LF-2.weighted-recall-is-accuracy",
        {'*p, average="weighted"': '*p, average="macro"'},
        why="classes count alike",
    ),
    SwitchOff(
        "LF-2.weighted-f1-outside",
        {"rng.integers(0, 30, size=(100, 3, 3))": "np.full((100, 3, 3), 7)"},
        why="all classes have the same scores",
    ),
    SwitchOff(
        "LF-2.constant-under-weighted-f1",
        {"[1_900, 100]": "[1_000, 1_000]"},
        why="balanced classes",
    ),
    SwitchOff(
        "LF-2.precision-is-not-monotone",
        {"600, 8, weights=[0.7], flip_y=0.1, class_sep=0.8": "600, 8, flip_y=0.0, class_sep=9.0"},
        why="scores that rank without an error",
    ),
    SwitchOff(
        "LF-2.f1-threshold-is-half-of-f1",
        {"y = rng.random(len(p)) < p": "y = p > 0.5"},
        why="the probabilities are not calibrated",
    ),
    SwitchOff(
        "MT-4.sigmoid-stalls-under-squares",
        {"return 2 * (p - 1) * p * (1 - p)": "return 2 * (p - 1)"},
        why="squares of a linear output: no factor p(1 - p)",
    ),
    SwitchOff(
        "MT-4.accuracy-has-no-slope",
        {"w + 1e-6 * rng": "w + 1.0 * rng"},
        why="large steps, not a slope",
    ),
    SwitchOff(
        "MT-4.loss-is-not-metric",
        {"LogisticRegression(C=C, max_iter=3_000)": "LogisticRegression(C=1, max_iter=300)"},
        why="the penalty does not fade",
    ),
    SwitchOff(
        "MT-4.smoothing-bounds-the-logits",
        {"(1 - smoothing) * y + smoothing / 2": "1.0 * y"},
        why="hard labels in both",
    ),
    SwitchOff(
        "DL-21.predictions-are-probabilities",
        {"(p > 0.5).astype(float)": "p.round(2)"},
        why="rounded to hundredths",
    ),
    SwitchOff(
        "DL-21.logits-keep-the-gradient",
        {
            "p = np.clip(1 / (1 + np.exp(-z)), np.float32(1e-7), np.float32(1 - 1e-7))": (
                "return np.logaddexp(0, z)"
            ),
            "    return -np.log(1 - p)\n": "",
        },
        why="no probability in between",
    ),
    SwitchOff(
        "DL-21.double-softmax-floor",
        {"train_softmax(seed, twice=True)": "train_softmax(seed, twice=False)"},
        why="softmax once",
    ),
    SwitchOff(
        "DL-21.sigmoids-for-several-labels",
        {"exact_sets(seed, softmax_of_rows)": "exact_sets(seed, expit)"},
        why="sigmoids in both",
    ),
    SwitchOff(
        "DL-21.hinge-wants-signs",
        {"train_hinge(seed, signed=False)": "train_hinge(seed, signed=True)"},
        why="labels ±1 in both",
    ),
    SwitchOff(
        "LF-1.labels-not-probabilities",
        {".predict_proba(X_test)[:, 1]\nby_comparison": ".predict(X_test)\nby_comparison"},
        why="labels are handed over",
    ),
    SwitchOff(
        "MT-4.cross-entropy-is-likelihood",
        {"bernoulli.logpmf(y, p)": "bernoulli.logpmf(1 - y, p)"},
        why="the likelihood of other labels",
    ),
    SwitchOff(
        "DL-21.cross-entropy-has-a-floor",
        {"entropy(p) - entropy(p, q)": "entropy(p) - entropy(q, p)"},
        why="the divergence the other way round",
    ),
    SwitchOff(
        "DL-21.sparse-is-categorical",
        {"losses.BinaryCrossentropy(": "losses.CategoricalCrossentropy("},
        why="one softmax question instead of three yes-no questions",
    ),
    SwitchOff(
        "DL-21.sparse-is-categorical",
        {"(np.eye(3)[labels], logits)": "(np.full((3, 3), 1 / 3), logits)"},
        why="the rows of the categorical loss are not the labels",
    ),
    SwitchOff(
        "DL-21.keras-repairs-what-it-sees",
        {"keras.layers.Softmax(), keras.layers.Reshape((3,))": "keras.layers.Softmax()"},
        why="nothing stands between activation and loss",
    ),
]
