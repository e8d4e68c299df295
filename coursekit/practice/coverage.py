"""How much of a question an answer covers."""

from collections.abc import Iterable


def weighted_share(points: Iterable[tuple[int, bool]]) -> float:
    """Give the share of the key points that were mentioned, by weight.

    Parameters
    ----------
    points : iterable of (int, bool)
        The weight of each, and whether it was mentioned; at least one.

    Returns
    -------
    float
        From 0 to 1.

    Examples
    --------
    >>> weighted_share([(3, True), (1, False)])
    0.75
    """
    each = tuple(points)
    mentioned = sum(weight for weight, is_mentioned in each if is_mentioned)
    return mentioned / sum(weight for weight, _ in each)
