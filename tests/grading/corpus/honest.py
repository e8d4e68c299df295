"""Honest submissions: each is graded exactly, and none is left to a person."""

from tests.grading import submissions

from .cases import EXERCISES, WRONG_ADAM, attack, case, function, then_right

_NO_EXPONENT = function(
    "adam",
    """
    first = beta_1 * first + (1 - beta_1) * gradient
    second = beta_2 * second + (1 - beta_2) * gradient**2
    move = (first / (1 - beta_1)) / (np.sqrt(second / (1 - beta_2)) + epsilon)
    return weights - learning_rate * move, first, second
    """,
)
_IN_PLACE = then_right("adam", "weights -= 0.0").replace(
    "return weights - learning_rate * move, first, second",
    "weights -= learning_rate * move\n    return weights.copy(), first, second",
)
_BY_TENSORFLOW = """
import keras
import tensorflow as tf


def gradient_descent_path(learning_rate, curvature, start, n_steps):
    weight = tf.Variable(float(start), dtype="float64")
    path = [weight.numpy()]
    for _ in range(n_steps):
        with tf.GradientTape() as tape:
            loss = curvature / 2 * weight**2
        weight.assign_sub(learning_rate * tape.gradient(loss, weight))
        path.append(weight.numpy())
    return tf.stack(path)
"""
_BY_KERAS = function(
    "schedule",
    """
    if step < warmup_steps:
        return keras.ops.convert_to_tensor(peak * step / warmup_steps)
    progress = min((step - warmup_steps) / (n_steps - warmup_steps), 1.0)
    height = 0.5 * (1 + keras.ops.cos(np.pi * progress))
    return floor + (peak - floor) * height
    """,
)

CASES = (
    case("all-right", "the course's own solution", submissions.solved()),
    case(
        "another-style",
        "right answers by other formulas, without the given comments",
        submissions.notebook(
            answers={
                EXERCISES["path"]: then_right("path", ""),
                EXERCISES["schedule"]: then_right("schedule", ""),
                EXERCISES["plateau"]: submissions.solutions()[EXERCISES["plateau"]],
                EXERCISES["adam"]: submissions.RIGHT_ADAM,
            }
        ),
    ),
    attack(
        "one-mistake",
        "Adam without the exponent",
        answers={"adam": _NO_EXPONENT},
        adam="wrong",
        mistakes={"adam": "no-exponent"},
    ),
    case(
        "nothing-done",
        "hands in the exercise as it was",
        submissions.notebook(),
        others="not attempted",
    ),
    case(
        "half-done",
        "two of four exercises",
        submissions.notebook(
            answers={
                EXERCISES["path"]: then_right("path", ""),
                EXERCISES["adam"]: submissions.RIGHT_ADAM,
            }
        ),
        path="right",
        adam="right",
        others="not attempted",
    ),
    attack(
        "changes-its-argument",
        "Adam that works in place",
        answers={"adam": _IN_PLACE},
        adam="wrong",
        says="changes its argument",
    ),
    attack(
        "raises",
        "an own error in the function",
        answers={"adam": function("adam", 'raise ValueError("the rate is odd")')},
        adam="crashed",
        says="ValueError: the rate is odd",
    ),
    attack(
        "returns-nothing",
        "forgets the return",
        answers={"adam": function("adam", "weights = weights - learning_rate * gradient")},
        adam="not attempted",
    ),
    attack(
        "syntax-error",
        "an answer cell that is no Python",
        answers={"plateau": "def plateau(val_losses, learning_rate, factor, patience min_delta):"},
        plateau="crashed|not attempted",
        says="plateau|SyntaxError",
    ),
    attack(
        "function-renamed",
        "the function has another name",
        answers={"plateau": "def my_plateau(*args):\n    return 0"},
        plateau="crashed|not attempted",
        says="plateau",
    ),
    attack(
        "warnings",
        "warnings, logging and prints on standard error",
        first="""
        import logging
        import sys
        import warnings

        warnings.warn("old", DeprecationWarning)
        warnings.warn("odd", RuntimeWarning)
        logging.warning("a warning")
        print("on standard error", file=sys.stderr)
        np.log(np.zeros(3))
        """,
        answers={
            "adam": then_right(
                "adam",
                """
                import warnings
                warnings.warn("not converging", UserWarning)
                np.log(np.zeros(1))
                """,
            )
        },
    ),
    attack(
        "slow-but-fine",
        "a slow cell and a slow function, within the limit",
        first="import time\n\ntime.sleep(2)",
        answers={"path": then_right("path", "time.sleep(0.3)")},
    ),
    attack(
        "tensorflow",
        "TensorFlow and Keras inside the functions, trained a little in a cell",
        answers={"path": _BY_TENSORFLOW, "schedule": _BY_KERAS},
        last="""
        model = keras.Sequential([keras.layers.Input((2,)), keras.layers.Dense(1)])
        optimizer = keras.optimizers.Adam(0.1)
        with tf.GradientTape() as tape:
            loss = keras.ops.mean(model(np.ones((8, 2), "float32")) ** 2)
        optimizer.apply(tape.gradient(loss, model.trainable_variables), model.trainable_variables)
        """,
    ),
    attack(
        "libraries",
        "pandas, scikit-learn, matplotlib and seaborn",
        first="""
        import matplotlib.pyplot as plt
        import pandas as pd
        import seaborn as sns
        from sklearn.datasets import load_iris
        from sklearn.linear_model import LogisticRegression

        table = load_iris(as_frame=True).frame
        model = LogisticRegression(max_iter=200).fit(table.iloc[:, :4], table["target"])
        fig, ax = plt.subplots()
        sns.lineplot(x=[1, 2, 3], y=[3, 1, 2], ax=ax)
        plt.show()
        table.head()
        """,
        answers={
            "plateau": submissions.solutions()[EXERCISES["plateau"]].replace(
                "return np.array(rates)", "return pd.Series(rates)"
            )
        },
    ),
    attack(
        "joblib-threads",
        "joblib and a pool of threads inside a function",
        answers={
            "path": """
            from concurrent.futures import ThreadPoolExecutor

            import joblib


            def gradient_descent_path(learning_rate, curvature, start, n_steps):
                with ThreadPoolExecutor(2) as pool:
                    factors = list(pool.map(lambda n: (1 - learning_rate * curvature) ** n,
                                            range(n_steps + 1)))
                scaled = joblib.Parallel(n_jobs=2, prefer="threads")(
                    joblib.delayed(lambda factor: start * factor)(factor) for factor in factors)
                return np.array(scaled)
            """
        },
    ),
    attack(
        "own-helpers",
        "helpers, classes and caches in extra cells",
        first=[
            """
            from collections import namedtuple
            from dataclasses import dataclass
            from functools import lru_cache, partial

            State = namedtuple("State", "weights first second")


            @dataclass
            class Averages:
                beta: float

                def next(self, old, new):
                    return self.beta * old + (1 - self.beta) * new
            """,
            """
            @lru_cache
            def correction(beta, step):
                return 1 - beta**step
            """,
        ],
        answers={
            "adam": function(
                "adam",
                """
                first = Averages(beta_1).next(first, gradient)
                second = Averages(beta_2).next(second, gradient**2)
                move = (first / correction(beta_1, step)
                        / (np.sqrt(second / correction(beta_2, step)) + epsilon))
                return State(weights - learning_rate * move, first, second)
                """,
            )
        },
    ),
    attack(
        "other-callables",
        "a callable object, a partial and a lambda as answers",
        answers={
            "path": """
            class Descent:
                def __call__(self, learning_rate, curvature, start, n_steps):
                    factor = 1 - learning_rate * curvature
                    return [start * factor**n for n in range(n_steps + 1)]


            gradient_descent_path = Descent()
            """,
            "schedule": "from functools import partial\n\n"
            + then_right("schedule", "").replace("warmup_cosine(", "scheduled(curve, ")
            + "\n\nwarmup_cosine = partial(scheduled, np.cos)",
        },
    ),
    attack(
        "other-number-types",
        "the right numbers in unusual types and layouts",
        answers={
            "path": then_right("path", "")
            .replace("return ", "return (")
            .replace("n_steps + 1)", 'n_steps + 1)).astype(">f8")'),
            "schedule": then_right("schedule", "").replace(
                "return floor", "return np.float32(1) * np.longdouble(1) * floor"
            ),
            "adam": then_right("adam", "").replace(
                "return weights - learning_rate * move, first, second",
                "return [np.asfortranarray(weights - learning_rate * move),"
                " first[::-1][::-1], second]",
            ),
        },
    ),
    attack(
        "prints-much",
        "2,000 lines in a cell, and a line for each call",
        first='for epoch in range(2000):\n    print(f"epoch {epoch}: loss {1 / (epoch + 1):.4f}")',
        answers={"adam": then_right("adam", 'print("step", step, "with weights", weights)')},
    ),
    attack(
        "own-failing-cell",
        "two cells of the learner's own that fail",
        first=["1 / 0", "undefined_name"],
        last="assert False, 'to do'",
    ),
    attack(
        "settings",
        "settings of numpy, pandas, matplotlib and warnings",
        first="""
        import random
        import warnings

        import matplotlib.pyplot as plt
        import pandas as pd

        warnings.filterwarnings("ignore")
        np.set_printoptions(precision=2, suppress=True)
        np.seterr(all="ignore")
        np.random.seed(0)
        random.seed(0)
        pd.options.display.max_rows = 5
        plt.style.use("ggplot")
        plt.rcParams["figure.figsize"] = (12, 4)
        %matplotlib inline
        """,
    ),
    attack(
        "magics",
        "magics and a shell command",
        first=["%%time\nsum(range(1000))", "%timeit -n 1 -r 1 sum(range(10))", "!echo hello"],
    ),
    attack(
        "top-level-await",
        "await outside of a function",
        first="import asyncio\n\nawait asyncio.sleep(0.01)",
    ),
    attack(
        "own-files",
        "saves an array and loads it in the function",
        first="""
        from pathlib import Path
        from tempfile import TemporaryDirectory

        np.save("betas.npy", np.array([0.9, 0.999]))
        Path("notes.txt").write_text("mine")
        with TemporaryDirectory() as folder:
            Path(folder, "more.txt").write_text("more")
        """,
        answers={"adam": then_right("adam", 'np.load("betas.npy")')},
    ),
    attack(
        "checks-again",
        "runs the checks once more in cells of the learner's own",
        first='try:\n    check("14_adam_step", adam_step)\nexcept NameError:\n    pass',
        last=[
            'check("14_adam_step", adam_step)\ncheck("14_plateau", plateau)',
            "from coursekit.checks import check as again\n\nagain('14_plateau', plateau)",
            "help(check)",
        ],
    ),
    attack(
        "own-tests",
        "tests the answers with assert and numpy.testing",
        last="""
        from numpy.testing import assert_allclose

        assert_allclose(gradient_descent_path(0.5, 1.0, 8.0, 3), [8, 4, 2, 1])
        assert np.isclose(warmup_cosine(60, 100, 20, 0.4, 0.04), 0.22)
        """,
    ),
    attack(
        "unicode",
        "Greek names, Chinese comments, emoji in outputs",
        first='print("λ → 学习率 🚀 naïve")\nμ, σ = 0.0, 1.0',
        answers={"path": then_right("path", "η = learning_rate  # 学习率\nprint('η =', η, '🚀')")},
    ),
    attack(
        "redefined-later",
        "a wrong function of the same name after its check",
        last=WRONG_ADAM,
    ),
    attack(
        "asks-for-input",
        "a cell that asks for input",
        first='name = input("Your name? ")',
    ),
    attack(
        "three-figures",
        "figures, and the learner's own backend",
        first="""
        import matplotlib

        matplotlib.use("agg")
        import matplotlib.pyplot as plt

        for n in range(3):
            plt.figure()
            plt.plot(np.arange(10) ** n)
        plt.show()
        """,
    ),
    attack(
        "data-of-the-course",
        "uses other rooms of coursekit",
        first="from coursekit.data import wine\n\nsplit = wine(seed=0)\nsplit.X_train.shape",
        last="import coursekit\n\ncoursekit.__version__",
    ),
)
