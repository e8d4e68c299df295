"""Lesson 06 with its effects switched off."""

from tests.notebooks.switching import SwitchOff

SWITCH_OFFS = [
    SwitchOff(
        "DS-1.investigate-first",
        {"sigma=1.2": "sigma=0.1"},
        why="the honest invoices have no tail",
    ),
    SwitchOff(
        "DS-1.three-sigma-cannot-fire",
        {"9.5, 10, 10, 10.5, 11,": "9.5, 10, 10, 10.5, 10.5, 11,"},
        why="eleven values instead of ten",
    ),
    SwitchOff(
        "DS-1.median-scores-see-through",
        {"values[:30] += 50": "values[:2] += 50"},
        why="two outliers instead of 15 %",
    ),
    SwitchOff(
        "DS-1.residual-over-sd-is-blind",
        {'spoiled_line(seed, 0.1, "leverage")': 'spoiled_line(seed, 0.1, "vertical")'},
        why="the outliers have no leverage",
    ),
    SwitchOff(
        "DS-1.groups-hide-from-leverage",
        {"for share in (0.1, 0.2, 0.4)": "for share in (0.1, 0.2, 0.15)"},
        why="the group stays small",
    ),
    SwitchOff(
        "DS-1.columns-hide-combinations",
        {"[away, -away]": "[3 * away, -3 * away]"},
        why="the planted points are far in each column",
    ),
    SwitchOff(
        "DS-1.contamination-is-an-assumption",
        {"contamination=0.05, n_": 'contamination="auto", n_'},
        why="the share is not given",
    ),
    SwitchOff(
        "DS-1.trimming-discards",
        {"trimboth(twenty, 0.1)": "winsorize(twenty, limits=(0.1, 0.1))"},
        why="the tails are capped and not cut",
    ),
    SwitchOff(
        "DS-1.influence-bounded",
        {'"trimmed 10 %": lambda v: trim_mean(v, 0.1)': '"trimmed 10 %": np.mean'},
        why="nothing is trimmed",
    ),
    SwitchOff(
        "DS-1.cut-must-exceed-contamination",
        {"limits=(0.1, 0.1))": "limits=(0.35, 0.35))"},
        why="the cut is larger than the contamination",
    ),
    SwitchOff(
        "DS-1.cuts-bias-honest-tails",
        {"sigma=1.2": "sigma=0.2"},
        why="there is no long tail",
    ),
    SwitchOff(
        "DS-1.huber-resists-vertical",
        {"HuberRegressor(max_iter=1_000)": "HuberRegressor(epsilon=50, max_iter=1_000)"},
        why="Huber's loss is quadratic over the whole range",
    ),
    SwitchOff(
        "DS-1.huber-falls-to-leverage",
        {"rng.uniform(8, 12, size=n)[bad]": "rng.uniform(-3, 3, size=n)[bad]"},
        why="the bad points have no leverage",
    ),
    SwitchOff(
        "DS-1.cuts-fail-above-their-cut",
        {
            "limits=(0.1, 0.1)": "limits=(0.35, 0.35)",
            "np.quantile(y, [0.1, 0.9])": "np.quantile(y, [0.0, 0.7])",
        },
        why="the cut is larger than the contamination",
    ),
    SwitchOff(
        "DS-1.theil-sen-takes-the-median",
        {'spoiled_line(seed, 0.1, "vertical")': 'spoiled_line(seed, 0, "vertical")'},
        why="there are no outliers",
    ),
    SwitchOff(
        "DS-1.theil-sen-breaks-at-29-percent",
        {"bad_shares = np.array([0.1, 0.2, 0.25, 0.35, 0.4])": "bad_shares = np.full(5, 0.1)"},
        why="the share stays below the breakdown point",
    ),
    SwitchOff(
        "DS-1.ransac-refits-its-consensus",
        {"tuple(np.polyfit(x[agrees], y[agrees], 1))": "pair"},
        why="the best pair is not refitted",
    ),
    SwitchOff(
        "DS-1.ransac-can-fail",
        {'(spoiled_line(seed, 0.3, "leverage") for': '(spoiled_line(seed, 0.1, "leverage") for'},
        why="fewer points are bad",
    ),
    SwitchOff(
        "DS-1.box-cox-needs-positives",
        {'"log": np.log,': '"log": np.log1p,'},
        why="log1p takes a zero",
    ),
    SwitchOff(
        "DS-1.box-cox-needs-positives",
        {'PowerTransformer("box-cox").fit_transform,': "PowerTransformer().fit_transform,"},
        why="Yeo–Johnson in the place of Box–Cox",
    ),
    SwitchOff(
        "DS-1.box-cox-finds-the-log",
        {"rng.lognormal(mean=6, sigma=1.2, size=n)": "rng.gamma(2, 300, size=n)"},
        why="the invoices are not log-normal",
    ),
    SwitchOff(
        "DS-1.log-can-make-outliers",
        {"    euros[:5] = 0.01": "    euros[:5] = 100"},
        why="the errors are not near zero",
    ),
    SwitchOff(
        "DS-1.back-transform-gives-the-median",
        {"retransformation(seed) for": "retransformation(seed, sigma=0.2) for"},
        why="there is little noise on the log scale",
    ),
    SwitchOff(
        "DS-1.standard-scaling-squeezes",
        {"far=1_000": "far=1"},
        why="the values are not far",
    ),
    SwitchOff(
        "DS-1.robust-scaling-keeps-outliers",
        {"far=1_000": "far=1"},
        why="the values are not far",
    ),
    SwitchOff(
        "DS-1.trees-average-y",
        {"y[:15] += raised": "y[:15] += 0 * raised"},
        why="no target is raised",
    ),
    SwitchOff(
        "DS-1.score-must-be-robust",
        {"folds = KFold(5": 'X, y = spoiled_line(seed, 0, "none"); folds = KFold(5'},
        why="no row is bad",
    ),
    SwitchOff(
        "DS-1.removing-before-validation-flatters",
        {"residual) < 2 * residual.std()": "residual) < 9 * residual.std()"},
        why="no row is removed",
    ),
]
