"""What is right about classifiers, imbalance and preprocessing is not taken for a misconception."""

import pytest

from coursekit.practice import review

RIGHT = [
    ("DS-6", "A generalised linear model fitted by iteratively reweighted least squares."),
    ("DS-6", "Linear regression can predict values outside 0 and 1, logistic regression cannot."),
    ("LF-3", "From it I read accuracy, precision and recall for each class."),
    ("LF-3", "Row sums do not depend on the threshold, but the cells do."),
    ("LF-1", "Whether 95% is a good result depends on the baseline."),
    ("LF-1", "On balanced data 95 % may be excellent."),
    ("LF-2", "Recall divides by all actual positives, precision by all predicted positives."),
    ("LF-2", "Macro treats each class alike, weighted hides the performance of the rare class."),
    ("MT-4 (classification)", "MSE works poorly for classification: the sigmoid saturates."),
    ("MT-4 (classification)", "MSE is fine for regression, cross-entropy for classification."),
    ("DL-21 (classification)", "Softmax for multi-class, sigmoid for multi-label."),
    ("DS-12", "ROC AUC can look good on imbalanced data although most alarms are false."),
    ("DS-12", "AUC 0.9 means that 90 % of positive-negative pairs are ranked correctly."),
    ("DL-38", "Split first, then apply SMOTE to the training part only."),
    ("DL-38", "If you oversample before splitting, copies leak into the test set."),
    ("DL-38", "Tomek links identify pairs of opposite neighbours, which are removed."),
    ("DS-5", "Mean imputation looks harmless but shrinks the variance."),
    ("DS-5", "I split first; then I impute all columns with training means."),
    ("DS-5", "Networks need missing values dealt with before training."),
    ("DL-35", "I scale all numeric features with the mean and deviation of the training set."),
    ("DL-35", "Call fit_transform on train and transform on test."),
    ("DL-35", "Label encoding only for ordered categories."),
    ("DL-35", "Use LabelEncoder for the target, OneHotEncoder for categorical columns."),
]
WRONG = [
    ("DS-6", "The weights are fitted by least squares."),
    ("DS-6", "If x grows by one, the probability increases by w per unit."),
    ("LF-3", "The diagonal of the normalised matrix is the accuracy of each class."),
    ("LF-1", "Yes, 95 % is a great result."),
    ("LF-2", "F1 is the mean of precision and recall."),
    ("LF-2", "The weighted average shows the performance of each class."),
    ("MT-4 (classification)", "MSE works just as well for classification."),
    ("DL-21 (classification)", "For multi-label classification use softmax."),
    ("DS-12", "AUC of 0.8 means that 80 % of the predictions are correct."),
    ("DS-12", "ROC is very insightful for unbalanced classes."),
    ("DL-38", "First apply SMOTE, then split."),
    ("DL-38", "I would oversample the data and then split it into train and test."),
    ("DL-38", "ADASYN is a boosting algorithm."),
    ("DS-5", "I always drop incomplete rows."),
    ("DS-5", "Neural networks deal with NaN by themselves."),
    ("DL-35", "I standardise the whole data set and then split."),
    ("DL-35", "Call fit_transform on the test set."),
    ("DL-35", "I encode categorical features with LabelEncoder."),
]


@pytest.mark.parametrize(("question", "sentence"), RIGHT)
def test_a_right_sentence_in_the_words_of_a_misconception_is_not_accused(question, sentence):
    assert [flag.text for flag in review(question, sentence).stated] == []


@pytest.mark.parametrize(("question", "sentence"), WRONG)
def test_a_misconception_said_plainly_is_found(question, sentence):
    assert review(question, sentence).stated
