"""Honest habits that look odd, or reach for what a sandbox lacks: nothing is left to a person."""

from .cases import attack, then_right

CASES = (
    attack(
        "old-numpy-names",
        "adds names to numpy that older code needs",
        first="np.float = float\nnp.int = int\nnp.product = np.prod",
    ),
    attack(
        "star-imports",
        "a star import, and names that hide those of Python",
        first="from math import *\n\nsum = 0\nmax = 3\nid = 7",
    ),
    attack(
        "every-value-shown",
        "lets IPython show the value of every line",
        first="""
        from IPython.core.interactiveshell import InteractiveShell

        InteractiveShell.ast_node_interactivity = "all"
        1
        2
        """,
    ),
    attack(
        "autoreload",
        "autoreload and other extensions and settings",
        first=[
            "%load_ext autoreload\n%autoreload 2",
            "%config InlineBackend.figure_format = 'retina'\n%matplotlib inline",
            "%env CUDA_VISIBLE_DEVICES=-1\n%who\n%pwd",
            "get_ipython().run_line_magic('matplotlib', 'inline')",
        ],
    ),
    attack(
        "own-module",
        "writes a module, imports it and runs it",
        first=[
            "%%writefile helper.py\n\ndef twice(x):\n    return 2 * x",
            "import sys\n\nsys.path.insert(0, '.')\nsys.path.append('..')\nimport helper\n\n"
            "assert helper.twice(2) == 4",
            "%run helper.py",
            "exec(open('helper.py').read())",
        ],
        answers={"path": then_right("path", "helper.twice(1)")},
    ),
    attack(
        "profiles",
        "profiles, times and traces the functions",
        last=[
            "%prun -q warmup_cosine(3, 10, 5, 1.0, 0.0)",
            "import cProfile\n\ncProfile.run('gradient_descent_path(0.1, 1, 1, 10)')",
            "%timeit -n 2 -r 2 warmup_cosine(3, 10, 5, 1.0, 0.0)",
            "import tracemalloc\n\ntracemalloc.start()\nplateau([1.0], 0.1, 0.5, 2, 0.0)",
        ],
    ),
    attack(
        "looks-at-code",
        "asks for the source, the help and the size of things",
        first="""
        import gc
        import inspect
        import os
        import sys

        gc.collect()
        print(os.getcwd(), os.listdir("."), sys.version, sys.getsizeof([]), os.cpu_count())
        print(inspect.signature(np.mean), inspect.getsource(np.mean)[:80])
        """,
        last=["inspect.getsource(adam_step)", "adam_step?", "plateau??", "np.isclose?"],
    ),
    attack(
        "installs",
        "installs packages, and asks which there are",
        first=["!pip install -q numpy", "%pip --version", "!ls; nvidia-smi"],
    ),
    attack(
        "downloads",
        "loads data from the network, in vain",
        first="import pandas as pd\n\ntable = pd.read_csv('https://example.org/data.csv')",
    ),
    attack(
        "colab",
        "set-up cells for Colab",
        first=[
            "from google.colab import drive\n\ndrive.mount('/content/drive')",
            "import os\n\nos.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'\nos.system('clear')",
        ],
    ),
    attack(
        "progress-bars",
        "progress bars, widgets and cleared outputs",
        first="""
        import ipywidgets
        from IPython.display import HTML, clear_output, display
        from tqdm.auto import tqdm

        for epoch in tqdm(range(20)):
            clear_output(wait=True)
            display(HTML(f"<b>epoch {epoch}</b>"))
        ipywidgets.interact(lambda x: x, x=3)
        """,
    ),
    attack(
        "saves-figures",
        "saves figures, tables and models in folders of its own",
        first="""
        import os
        import pickle

        import joblib
        import matplotlib.pyplot as plt
        import pandas as pd

        os.makedirs("figures", exist_ok=True)
        plt.plot([1, 2])
        plt.savefig("figures/one.png")
        pd.DataFrame({"a": [1]}).to_csv("table.csv")
        joblib.dump({"rate": 0.1}, "rates.joblib")
        with open("rates.pickle", "wb") as file:
            pickle.dump([0.1], file)
        """,
        answers={"adam": then_right("adam", 'joblib.load("rates.joblib")')},
    ),
    attack(
        "worker-processes",
        "worker processes of joblib and multiprocessing",
        first=[
            """
            import multiprocessing

            with multiprocessing.Pool(2) as pool:
                assert pool.map(abs, [1, -2]) == [1, 2]
            """,
            """
            import joblib

            assert joblib.Parallel(n_jobs=2)(joblib.delayed(abs)(n) for n in (-1, 2)) == [1, 2]
            """,
        ],
        last="print(multiprocessing.cpu_count(), len(pool._pool))",
    ),
    attack(
        "cross-validation",
        "scikit-learn with n_jobs=-1",
        first="""
        from sklearn.datasets import load_iris
        from sklearn.linear_model import LogisticRegression
        from sklearn.model_selection import cross_val_score

        X, y = load_iris(return_X_y=True)
        scores = cross_val_score(LogisticRegression(max_iter=200), X, y, cv=3, n_jobs=-1)
        assert scores.mean() > 0.9
        """,
    ),
    attack(
        "trains-a-network",
        "fits, saves and loads a Keras model",
        first="""
        import keras

        model = keras.Sequential([keras.layers.Input((2,)), keras.layers.Dense(1)])
        model.compile("sgd", "mse")
        """,
        last=[
            "model.fit(np.ones((8, 2)), np.ones(8), epochs=2, verbose=0)",
            "model.save('model.keras')\nkeras.models.load_model('model.keras').summary()",
        ],
    ),
    attack(
        "decorated",
        "decorated, wrapped and vectorized answers",
        first="""
        import functools
        import time


        def timed(function):
            @functools.wraps(function)
            def wrapper(*args, **kwargs):
                start = time.perf_counter()
                value = function(*args, **kwargs)
                wrapper.seconds = time.perf_counter() - start
                return value

            return wrapper
        """,
        answers={
            "path": "@timed\n" + then_right("path", "").strip(),
            "schedule": "@np.vectorize\n" + then_right("schedule", "").strip(),
            "adam": "@timed\n@timed\n" + then_right("adam", "").strip(),
        },
    ),
    attack(
        "mocks",
        "replaces print for a moment in a test",
        first="""
        import contextlib
        import io
        from unittest.mock import patch

        with patch("builtins.print") as fake:
            print("unseen")
        fake.assert_called_once()
        with contextlib.redirect_stdout(io.StringIO()) as text:
            print("kept")
        assert text.getvalue() == "kept\\n"
        """,
    ),
    attack(
        "own-random-state",
        "draws random numbers in a function that does not need them",
        answers={"path": then_right("path", "np.random.seed(1)\nnp.random.random(3)")},
    ),
    attack(
        "finished-threads",
        "threads and timers that end with their cell",
        first="""
        import threading

        done = []
        workers = [threading.Thread(target=done.append, args=(n,)) for n in range(4)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        timer = threading.Timer(0.05, done.clear)
        timer.start()
        timer.join()
        """,
    ),
    attack(
        "much-memory",
        "an array of 800 MB",
        first="large = np.ones(10**8)\ndel large",
    ),
    attack(
        "forgotten-breakpoint",
        "a breakpoint that was forgotten in a cell",
        first="breakpoint()",
    ),
)
