"""Lesson 01 with its effects switched off."""

from tests.notebooks.switching import SwitchOff

SWITCH_OFFS = [
    SwitchOff(
        "MT-1.stratify-keeps-rare-class",
        {"positives_in_test(seed, None)": "positives_in_test(seed, rare)"},
        why="both splits are stratified",
    ),
    SwitchOff(
        "MT-1.seed-does-not-fix-membership",
        {"rows_for_test(1_001, seed)": "rows_for_test(1_000, seed)"},
        why="no new row arrives",
    ),
    SwitchOff(
        "MT-1.one-split-is-noisy",
        {"accuracy_of_split(seed) for": "accuracy_of_split(0) for"},
        why="the same split every time",
    ),
    SwitchOff(
        "MT-1.winner-is-optimistic",
        {"n_repeats = 200, 100": "n_repeats = 1, 100"},
        why="nothing is chosen",
    ),
    SwitchOff(
        "MT-1.selection-outside-cv",
        {"step.fit_transform(X, y), y, cv=folds": "X[:, :20], y, cv=folds"},
        why="columns chosen without looking at the labels",
    ),
    SwitchOff(
        "MT-1.shuffling-hides-time",
        {"TimeSeriesSplit(5)": "KFold(5, shuffle=True, random_state=99)"},
        why="both folds are shuffled",
    ),
    SwitchOff(
        "HT-9.drop-may-be-shift",
        {"np.minimum(X + 6, 16)": "X"},
        why="the scanner is set well: no shift",
    ),
    SwitchOff(
        "HT-9.perfect-training-is-no-proof",
        {"RandomForestClassifier(50, random_state=s)": "DecisionTreeClassifier(random_state=9)"},
        why="another tree instead of the forest",
    ),
    SwitchOff(
        "DS-24.leak-hides-in-validation",
        {"follow_up = y + rng": "follow_up = 0 * y + rng"},
        why="the extra column does not know the outcome",
    ),
    SwitchOff(
        "DS-24.one-column-check",
        {"follow_up = y + rng": "follow_up = 0 * y + rng"},
        why="the extra column does not know the outcome",
    ),
    SwitchOff(
        "DS-24.duplicates-inflate",
        {"n_twins = round(twin_share * n)": "n_twins = 0"},
        why="no row is copied",
    ),
    SwitchOff(
        "DS-24.copies-are-not-data",
        {"lambda train: train,": "lambda train: np.tile(train[:200], 5),"},
        why="the distinct rows are copies too",
    ),
    SwitchOff(
        "DS-24.imbalance-is-not-overfitting",
        {"class_weight=class_weight": "class_weight=None"},
        why="no weights",
    ),
    SwitchOff(
        "LF-18.search-leaves-the-model-alone",
        {"[2, 4, 8, 16]": "[2]"},
        why="the search finds nothing better",
    ),
    SwitchOff(
        "LF-18.tuned-beats-base",
        {"rates = [0.0003, 0.001, 0.003, 0.01, 0.03]": "rates = [0.001]"},
        why="nothing is tuned",
    ),
    SwitchOff(
        "LF-18.pairing-narrows",
        {"stats.ttest_rel(strong, weak)": "stats.ttest_rel(strong, weak[::-1])"},
        why="pairs torn apart",
    ),
    SwitchOff(
        "LF-18.normal-interval-too-narrow",
        {'("1.96", 1.96)': '("1.96", stats.t.ppf(0.975, n_runs - 1))'},
        why="the t quantile under another name",
    ),
    SwitchOff(
        "LF-18.best-seed-rewards-noise",
        {"luck.normal(0.80, 0.03": "luck.normal(0.80, 0.01"},
        why="both methods are equally steady",
    ),
    SwitchOff(
        "MT-1.scaler-leak-is-tiny",
        {
            "(model, step.fit_transform(X, y), y, cv=folds)": (
                "(make_pipeline(step, model), X, y, cv=folds)"
            ),
            "range(10)": "range(3)",
            "range(8)": "range(3)",
        },
        why="both steps are fitted inside the folds",
    ),
    SwitchOff(
        "MT-1.shuffling-hides-groups",
        {
            "X_digits, y_digits = load_digits(return_X_y=True)": (
                "order = np.random.default_rng(0).permutation(1_797)\n"
                "X_digits, y_digits = (part[order] for part in load_digits(return_X_y=True))"
            )
        },
        why="the writers are mixed in the file",
    ),
    SwitchOff(
        "HT-9.cures-differ",
        {"np.pad(X.reshape(-1, 8, 8), ((0, 0), (0, 0), (1, 0)))[:, :, :8]": "X"},
        why="the paper lies as it should: no shift",
    ),
    SwitchOff(
        "LF-18.gain-depends-on-budget",
        {"n_epochs=240": "n_epochs=30"},
        why="the base gets no more epochs than before",
    ),
]
