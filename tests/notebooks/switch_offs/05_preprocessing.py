"""Lesson 05 with its effects switched off."""

from tests.notebooks.switching import SwitchOff

SWITCH_OFFS = [
    SwitchOff(
        "DS-5.isna-sees-no-corruption",
        {'dirty.loc[:5, "age"] = -999': 'dirty.loc[:5, "age"] = np.nan'},
        why="the sentinel is stored as NaN from the start",
    ),
    SwitchOff(
        "DS-5.deletion-needs-mcar",
        {'"MAR": X[:, 1]': '"MAR": 0 * X[:, 1]'},
        why="the holes of MAR are made by a coin",
    ),
    SwitchOff(
        "DS-5.regression-survives-deletion",
        {"known = ~np.isnan(X_holes[:, 0])": "known = y < 0"},
        why="rows go missing because of the outcome",
    ),
    SwitchOff(
        "DS-5.pairwise-is-no-correlation-matrix",
        {"table.corr()": "table.fillna(table.mean()).corr()"},
        why="all entries come from the same rows",
    ),
    SwitchOff(
        "DS-5.mean-fill-shrinks",
        {'hide_incomes(X, "MCAR", seed)': 'hide_incomes(X, "MCAR", seed, share=0.02)'},
        why="hardly anything is filled",
    ),
    SwitchOff(
        "DS-5.median-and-mode-move-the-column",
        {"rng.lognormal(7.5, 0.8, size=n)": "rng.normal(2000, 300, size=n)"},
        why="the column is symmetric",
    ),
    SwitchOff(
        "DS-5.no-imputer-repairs-mnar",
        {'"MNAR": X[:, 0]': '"MNAR": X[:, 2]'},
        why="the holes are explained by the rent",
    ),
    SwitchOff(
        "DS-5.lowest-rmse-is-not-best",
        {"IterativeImputer(sample_posterior=True, max_iter=3,": "IterativeImputer(max_iter=3,"},
        why="nothing is drawn",
    ),
    SwitchOff(
        "DS-5.single-imputation-is-overconfident",
        {"added = (1 + 1 / m) * between": "added = 1e-9 * between"},
        why="what the imputations disagree about is left out",
    ),
    SwitchOff(
        "DS-5.a-hole-can-be-the-message",
        {"effect_of_hole=2": "effect_of_hole=0"},
        why="the hole says nothing",
    ),
    SwitchOff(
        "DS-5.native-handling-is-not-always-best",
        {"effect_of_hole=2": "effect_of_hole=0"},
        why="the hole says nothing, so native NaN has no lead",
    ),
    SwitchOff(
        "DS-5.not-every-tree-takes-nan",
        {'trees += ["AdaBoost", "GradientBoosting",': 'trees += ["ExtraTree",'},
        why="the trees that refuse are not asked",
    ),
    SwitchOff(
        "DS-5.one-nan-ruins-a-network",
        {"n_nan] = np.nan": "n_nan] = 0"},
        why="the cell holds a zero",
    ),
    SwitchOff(
        "DL-35.one-pipeline-serves",
        {'strategy="constant", fill_value="missing"': 'strategy="most_frequent"'},
        why="no column for missing cities: another width",
    ),
    SwitchOff(
        "DL-35.width-from-the-data",
        {"np.array([0, 1, 1, 0]), 3": "np.array([0, 1, 1, 2]), 3"},
        why="the highest class occurs",
    ),
    SwitchOff(
        "DL-35.integer-codes-impose-order",
        {"level, city = rng.normal(size=N_CITIES),": "level, city = np.arange(N_CITIES) / 8,"},
        why="the prices follow the codes",
    ),
    SwitchOff(
        "DL-35.trees-read-integer-codes",
        {"DecisionTreeRegressor(min_samples_leaf=5,": "DecisionTreeRegressor(max_depth=2,"},
        why="a tree too small to cut the line",
    ),
    SwitchOff(
        "DL-35.label-encoder-sorts-by-alphabet",
        {'sizes = ["XS", "S", "M", "L", "XL"]': 'sizes = ["a", "b", "c", "d", "e"]'},
        why="the alphabet is the order",
    ),
    SwitchOff(
        "DL-35.networks-need-scaling",
        {"            X_wine,\n": "            (X_wine - X_wine.mean(0)) / X_wine.std(0),\n"},
        why="the raw columns are on one scale already",
    ),
    SwitchOff(
        "DL-35.trees-need-no-scaling",
        {
            "import load_wine": "import load_wine\nfrom sklearn.decomposition import PCA",
            '"tree": DecisionTree': '"tree": make_pipeline(PCA(2), DecisionTree',
            "Classifier(random_state=0),\n}": "Classifier(random_state=0)),\n}",
        },
        why="the tree asks of mixtures of columns, which depend on the units",
    ),
    SwitchOff(
        "DL-35.one-outlier-squeezes",
        {"[[5000.0]]": "[[50.0]]"},
        why="the last value is ordinary",
    ),
    SwitchOff(
        "DL-35.two-kinds-of-noise",
        {"rng.normal(0, 1.5, size=300)": "rng.normal(0, 0.01, size=300)"},
        why="the outcome is clean",
    ),
    SwitchOff(
        "DL-35.leak-sizes",
        {"step.fit(X, y)": "step.fit(X, y[::-1])"},
        why="the step outside sees the labels of other rows",
    ),
    SwitchOff(
        "DL-35.own-statistics-erase-the-shift",
        {"StandardScaler().fit_transform(batch)": "scaler.transform(batch)"},
        why="the batch is scaled by training statistics",
    ),
    SwitchOff(
        "DL-35.a-balanced-test-flatters",
        {"share=0.05": "share=0.5"},
        why="the classes are balanced in use too",
    ),
    SwitchOff(
        "DL-35.the-target-inside-the-window",
        {"windows(series, series)": "windows(series[:-1], series[length:])"},
        why="the targets are shifted behind their windows",
    ),
    SwitchOff(
        "DL-35.the-target-inside-the-window",
        {"series[length:])": "series[length - 1 :])"},
        why="the shift is one too short",
    ),
]
