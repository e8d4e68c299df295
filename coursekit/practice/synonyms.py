"""What people call the same thing; one line a thing.

A pattern that names one member of a line matches the others too. Only words that may stand for
each other in nearly every answer belong here: what is a synonym in one question only, belongs into
that question's patterns.
"""

#: Terms of the field.
TERMS: tuple[tuple[str, ...], ...] = (
    # evaluation
    ("cross validation", "cv", "k fold"),
    ("held out", "holdout", "hold out", "unseen"),
    ("validation set", "dev set", "development set"),
    ("seed", "random state"),
    ("memorise", "learn by heart"),
    ("leak", "contaminate", "creep in"),
    ("baseline", "dummy", "trivial", "majority class"),
    ("confidence interval", "error bar", "interval"),
    ("standard deviation", "std", "sd"),
    ("once", "one time", "single time", "one single time"),
    ("shift", "drift"),
    ("duplicate", "copy", "twin"),
    # regression
    ("mean squared error", "mse"),
    ("mean absolute error", "mae"),
    ("root mean squared error", "rmse"),
    ("squared error", "squared loss", "l2 loss"),
    ("absolute error", "absolute loss", "l1 loss"),
    ("outlier", "extreme value", "wild point", "anomaly"),
    ("gaussian", "normal distribution", "normally distributed"),
    ("laplace", "double exponential"),
    ("pinball", "quantile loss"),
    ("r2", "r squared", "coefficient of determination"),
    ("residual", "prediction error"),
    # classification
    ("cross entropy", "log loss"),
    ("sigmoid", "logistic function"),
    ("log odds", "logit"),
    ("threshold", "cut off", "cutoff"),
    ("true positive rate", "tpr", "sensitivity"),
    ("false positive rate", "fpr", "fall out"),
    ("precision recall", "pr curve", "pr auc", "average precision"),
    ("false positive", "false alarm"),
    ("false negative", "missed positive"),
    ("prevalence", "base rate", "positive rate", "class ratio"),
    ("imbalance", "unbalance", "skewed class"),
    ("rare", "minority", "infrequent"),
    ("maximum likelihood", "mle", "maximise the likelihood"),
    ("operating point", "working point"),
    # training
    ("learning rate", "step size", "lr"),
    ("diverge", "blow up", "explode"),
    ("overshoot", "jump over", "jump across"),
    ("running mean", "moving average", "running average", "moving mean", "exponential average"),
    ("weight decay", "decoupled decay"),
    ("warm up", "ramp up"),
    ("batch size", "minibatch size"),
    ("powers of ten", "orders of magnitude", "log scale"),
    ("neural network", "neural net"),
    # preprocessing
    ("impute", "fill in", "fill"),
    ("indicator", "flag", "missingness column"),
    ("standardise", "z score"),
    ("one hot", "dummy variable", "dummies"),
    ("row", "sample", "example", "observation", "instance", "record"),
    ("feature", "predictor", "covariate", "input variable"),
)

#: Everyday words that are close enough to notice a key point, and too far for an accusation: a
#: misconception often lies in just such a word.
EVERYDAY: tuple[tuple[str, ...], ...] = (
    ("mean", "average"),
    ("large", "big", "high"),
    ("small", "tiny", "low"),
    ("slow", "takes forever", "takes ages", "takes very long", "takes long"),
    ("choose", "pick", "select"),
    ("shrink", "decrease", "reduce", "lower", "drop"),
    ("grow", "increase", "rise"),
    ("share", "fraction", "proportion", "percentage"),
    ("chance", "probability"),
    ("expensive", "costly"),
    ("several", "multiple", "many"),
    ("entire", "whole", "complete", "full"),
    ("different", "distinct"),
    ("per", "each", "every"),
)
