"""Lesson 04 with its effects switched off."""

from tests.notebooks.switching import SwitchOff

SWITCH_OFFS = [
    SwitchOff(
        "DS-12.auc-is-a-rank-probability",
        {"np.mean(gap > 0)": "np.mean(gap > 1)"},
        why="pairs count as won only with a distance",
    ),
    SwitchOff(
        "DS-12.only-the-order-counts",
        {"log_odds / 1_000 + 3": "log_odds.round() + 3"},
        why="rounding ties rows, so the order changes",
    ),
    SwitchOff(
        "DS-12.below-the-diagonal",
        {"for column in columns]": "for column in columns[[1, 1]]]"},
        why="the right column twice",
    ),
    SwitchOff(
        "DS-12.do-not-flip-blindly",
        {"(LeaveOneOut(),": "(StratifiedKFold(2),"},
        why="stratified folds keep the share of positives",
    ),
    SwitchOff(
        "DS-12.roc-blind-to-prevalence",
        {"(0.5, 0.1, 0.01, 0.002)": "(0.5, 0.5, 0.5, 0.4)"},
        why="positives stay common",
    ),
    SwitchOff(
        "DS-12.crossing-curves",
        {"0.45, 4.0, 0.55": "0.45, 1.0, 0.55"},
        why="the sharp model recognises nothing with certainty",
    ),
    SwitchOff(
        "DS-12.costs-choose-the-point",
        {"miss=5.0": "miss=19.0", "0.95 / 0.05 / 5,": "0.95 / 0.05 / 19,"},
        why="the one cost at which Youden's point is right",
    ),
    SwitchOff(
        "DS-12.positives-set-the-interval",
        {"(20, 9_800)": "(200, 9_800)"},
        why="positives grow with the negatives",
    ),
    SwitchOff(
        "DL-38.accuracy-rewards-silence",
        {'class_weight="balanced"': "class_weight=None"},
        why="nothing is weighted",
    ),
    SwitchOff(
        "DL-38.balanced-test-flatters",
        {"(y_balanced, model.predict(X_balanced))": "(split.y_test, model.predict(split.X_test))"},
        why="the test set is natural both times",
    ),
    SwitchOff(
        "DL-38.resample-inside-the-fold",
        {"*sampler.fit_resample(X, y), **cv": "X, y, **cv"},
        why="nothing is resampled before the split",
    ),
    SwitchOff(
        "DL-38.smote-is-one-pass",
        {
            "SMOTE(k_neighbors=5, random_state=seed).fit_resample(X, y)": "SMOTE().fit_resample("
            "*SMOTE(sampling_strategy={1: 300}, random_state=seed).fit_resample(X, y))"
        },
        why="a second pass, in which new points become parents",
    ),
    SwitchOff(
        "DL-38.tomek-links-are-removed",
        {"SMOTETomek(random_state=seed)": "SMOTE(random_state=seed)"},
        why="no Tomek links after SMOTE",
    ),
    SwitchOff(
        "DL-38.adasyn-is-an-oversampler",
        {"kind in (ADASYN, SMOTE)]": "kind in (SMOTE, SMOTE)]"},
        why="SMOTE's points in the place of ADASYN's",
    ),
    SwitchOff(
        "DL-38.resampling-moves-the-threshold",
        {"[: np.sum(p >= 0.5)]": "[: np.sum(p_plain >= 0.5)]"},
        why="the plain model keeps its threshold",
    ),
    SwitchOff(
        "DL-38.nearmiss-trails-random",
        {"NearMiss(version=v)": "RandomUnderSampler(random_state=v)"},
        why="negatives are dropped at random",
    ),
    SwitchOff(
        "DL-38.weights-are-copies",
        {"np.where(y == 1, 19, 1))": "np.where(y == 1, 5, 1))"},
        why="fewer copies than the weight",
    ),
    SwitchOff(
        "DL-38.resampling-ruins-calibration",
        {"make_pipeline(sampler, LogisticRegression())": "LogisticRegression()"},
        why="nothing is resampled",
    ),
    SwitchOff(
        "DL-38.prior-correction-repairs",
        {"return positive / (positive + negative)": "return p"},
        why="nothing is corrected",
    ),
    SwitchOff(
        "DL-38.costs-set-the-threshold",
        {"MISS = 20.0": "MISS = 1.0"},
        why="both errors cost the same",
    ),
    SwitchOff(
        "DL-38.formula-needs-calibration",
        {"make_pipeline(SMOTE(random_state=seed), Log": "make_pipeline(Log"},
        why="the second model is not resampled",
    ),
    SwitchOff(
        "DL-38.plain-ensembles-miss",
        {'("balanced", BalancedRandomForestClassifier)': '("balanced", RandomForestClassifier)'},
        why="both forests are plain",
    ),
    SwitchOff(
        "DL-38.real-positives-beat-made-ones",
        {"(X[many], y[many])": "(X[np.r_[positives[np.arange(400) % 50], negatives]], y[many])"},
        why="copies in the place of the real rows",
    ),
    SwitchOff(
        "DL-38.focal-balancing-favours-negatives",
        {
            "focal(apply_class_balancing=True": "focal(apply_class_balancing=True, alpha=0.75",
            "epochs=20": "epochs=2",
            "for seed in range(5):\n    split = imbalanced(8_000": "for seed in range(1):\n"
            "    split = imbalanced(8_000",
        },
        why="alpha favours the rare class",
    ),
]
