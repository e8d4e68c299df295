"""The real tables that scikit-learn brings along."""

from .splits import Split, make_split


def breast_cancer(
    *, seed: int = 0, standardize: bool = False, test_size: float = 0.25, val_size: float = 0.2
) -> Split:
    """Load 569 tumours with 30 measurements each; tell malignant (0) from benign (1).

    Parameters
    ----------
    seed : int, default 0
        Decides which rows are in which part.
    standardize : bool, default False
        Scale by the statistics of the training part.
    test_size, val_size : float or int
        Shares of all rows when below 1, else numbers of rows.

    Returns
    -------
    Split
        `X` of shape (n, 30); stratified.
    """
    from sklearn.datasets import load_breast_cancer

    bunch = load_breast_cancer()
    return make_split(
        bunch.data,
        bunch.target,
        seed=seed,
        standardize=standardize,
        test_size=test_size,
        val_size=val_size,
        name="breast_cancer",
        description="One tumour a row, 30 measurements of its cell nuclei; malignant or benign.",
        feature_names=bunch.feature_names.tolist(),
        target_names=bunch.target_names.tolist(),
        source="Wisconsin breast cancer (Street, Wolberg, Mangasarian 1993), scikit-learn",
    )


def wine(
    *, seed: int = 0, standardize: bool = False, test_size: float = 0.25, val_size: float = 0.2
) -> Split:
    """Load 178 wines with 13 chemical measurements each, from three growers.

    Parameters
    ----------
    seed : int, default 0
        Decides which rows are in which part.
    standardize : bool, default False
        Scale by the statistics of the training part. The columns' scales differ by
        a factor of more than 1000, so most models need it.
    test_size, val_size : float or int
        Shares of all rows when below 1, else numbers of rows.

    Returns
    -------
    Split
        `X` of shape (n, 13); stratified.
    """
    from sklearn.datasets import load_wine

    bunch = load_wine()
    return make_split(
        bunch.data,
        bunch.target,
        seed=seed,
        standardize=standardize,
        test_size=test_size,
        val_size=val_size,
        name="wine",
        description="One wine a row, 13 chemical measurements; which of three growers made it.",
        feature_names=bunch.feature_names,
        target_names=bunch.target_names.tolist(),
        source="Wine recognition (Forina et al. 1988), scikit-learn",
    )


def diabetes(
    *, seed: int = 0, standardize: bool = False, test_size: float = 0.25, val_size: float = 0.2
) -> Split:
    """Load 442 patients with 10 measurements each; predict the disease a year later.

    Parameters
    ----------
    seed : int, default 0
        Decides which rows are in which part.
    standardize : bool, default False
        Scale by the statistics of the training part. Without it the columns keep their
        units (years, kg/m², mmHg, ...): scikit-learn's own scaling uses all rows and so
        would leak the test part into the training part.
    test_size, val_size : float or int
        Shares of all rows when below 1, else numbers of rows.

    Returns
    -------
    Split
        `X` of shape (n, 10); `y` is a score from 25 to 346.
    """
    from sklearn.datasets import load_diabetes

    bunch = load_diabetes(scaled=False)
    return make_split(
        bunch.data,
        bunch.target,
        seed=seed,
        standardize=standardize,
        test_size=test_size,
        val_size=val_size,
        name="diabetes",
        description="One patient a row, 10 measurements; how far the disease went in a year.",
        feature_names=bunch.feature_names,
        target_names=("disease_progression",),
        source="Diabetes (Efron, Hastie, Johnstone, Tibshirani 2004), scikit-learn",
    )
