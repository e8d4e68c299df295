"""What makes the claims of lesson 14 true, taken away."""

from tests.notebooks.switching import SwitchOff

SWITCH_OFFS = [
    SwitchOff(
        "HT-4.stable-below-two-over-curvature",
        {"w = w - rate_times_curvature * w": "w = w - 0.5 * w"},
        why="the step no longer depends on the rate",
    ),
    SwitchOff(
        "HT-4.noise-floor-grows-with-the-rate",
        {"rng.standard_normal(200) / np.sqrt(batch_size)": "np.zeros(200)"},
        why="the gradient has no noise",
    ),
    SwitchOff(
        "HT-4.rate-and-batch-go-together",
        {"rng.standard_normal(200) / np.sqrt(batch_size)": "rng.standard_normal(200)"},
        why="a larger batch is as noisy as a small one",
    ),
    SwitchOff(
        "HT-4.plateau-is-no-optimum",
        {"< 1000, 0.1, 0.01)": "< 1000, 0.1, 0.1)"},
        why="the rate is never lowered",
    ),
    SwitchOff(
        "DL-24.edge-of-stability",
        {"EDGE_RATE = 0.8": "EDGE_RATE = 0.05"},
        why="the rate is far below two over the sharpness",
    ),
    SwitchOff(
        "LF-14.decay-beats-both-constants",
        {"falling = 0.1 / (1 + 0.02 * np.arange(N_STEPS))": "falling = np.full(N_STEPS, 0.1)"},
        why="the rate does not fall",
    ),
    SwitchOff(
        "LF-14.stop-must-be-more-patient",
        {"EarlyStopping(patience=8)": "EarlyStopping(patience=3)"},
        why="stopping is no more patient than the plateau rule",
    ),
    SwitchOff(
        "LF-14.plateau-refuses-a-schedule",
        {
            "keras.optimizers.schedules.CosineDecay(0.1, decay_steps=1000)": "0.1",
        },
        why="the rate is a plain number",
    ),
    SwitchOff(
        "DL-25.needs-the-exponent",
        {
            "right = {beta: 1 - beta**t": "right = {beta: 1 - beta + 0 * t",
            "lambda beta, step: 1 - beta,": "lambda beta, step: 1 - beta**step,",
        },
        why="the exponent makes no difference",
    ),
    SwitchOff(
        "DL-25.adagrad-for-sparse-features",
        {"rng.choice(n_rows, 4, replace=False)": "rng.choice(n_rows, 1500, replace=False)"},
        why="no feature is rare",
    ),
    SwitchOff(
        "DL-25.adagrad-adapts-each-weight",
        {
            "+ gradient**2": "+ np.sum(gradient**2) + 0 * gradient",
        },
        why="one sum for all weights: a global rate",
    ),
    SwitchOff(
        "DL-25.adagrad-stalls",
        {'state.get("sum", 0) + gradient**2': '0.9 * state.get("sum", 0) + 0.1 * gradient**2'},
        why="the sum forgets",
    ),
    SwitchOff(
        "DL-25.adaptive-steps-can-grow",
        {"1e-4 if step <= 5000": "1.0 if step <= 5000"},
        why="there is no quiet time",
    ),
    SwitchOff(
        "DL-25.adaptive-can-generalise-worse",
        {"X[:, 0], X[:, 1:3] = y, 1": "X[:, 0], X[:, 1:3] = y, 0"},
        why="no feature is common to both classes",
    ),
    SwitchOff(
        "DL-25.adam-can-fail",
        {"short_memory = 1 / (1 + 4**2)": "short_memory = 0.999"},
        why="Adam remembers the large gradients",
    ),
    SwitchOff(
        "DL-25.adam-stays-in-its-basin",
        {"starts, rate, 3000": 'starts, rate * (3 if name == "Adam" else 1), 3000'},
        why="the rate is large enough to jump over the barrier",
    ),
    SwitchOff(
        "DL-25.adam-depends-on-the-axes",
        {"np.linalg.qr(np.random.default_rng(seed).normal(size=(50, 50)))[0]": "np.eye(50)"},
        why="nothing is rotated",
    ),
    SwitchOff(
        "DL-25.two-slots-a-weight",
        {"slots_per_weight(optimizers.Adam())": "slots_per_weight(optimizers.Adam(amsgrad=True))"},
        why="AMSGrad keeps a third number",
    ),
    SwitchOff(
        "HT-4.larger-is-not-always-faster",
        {"w = w - rate_times_curvature * w": "w = w / (1 + rate_times_curvature)"},
        why="implicit steps, which never overshoot",
    ),
    SwitchOff(
        "DL-24.inverted-u",
        {'kernel_initializer="he_normal"': 'kernel_initializer="zeros"'},
        why="no rate trains a network of zeros",
    ),
    SwitchOff(
        "DL-24.flat-loss-has-two-causes",
        {
            "isin([1e-4, 10.0])": "isin([0.1, 10.0])",
            "flat.learning_rate == 1e-4": "flat.learning_rate == 0.1",
        },
        why="a rate that trains instead of the smallest",
    ),
    SwitchOff(
        "DL-24.range-test-finds-the-upper-bound",
        {'optimizer="sgd",\n    learning_rate=0.001': 'optimizer="adam",\n    learning_rate=0.001'},
        why="the range test of another optimizer",
    ),
    SwitchOff(
        "DL-24.cyclical-rates-need-their-bounds",
        {'optimizer="sgd",\n    schedule=triangular': 'optimizer="adam",\n    schedule=triangular'},
        why="Adam trains between the low bounds too",
    ),
    SwitchOff(
        "DL-24.small-rate-is-slow-not-stuck",
        {'"n_epochs": 70': '"n_epochs": 7'},
        why="the small rate gets no more epochs",
    ),
    SwitchOff(
        "DL-24.adam-needs-its-rate-too",
        {'.assign(optimizer="Adam")': '.assign(optimizer="Adam", val_accuracy=0.95)'},
        why="every rate is as good, as the popular sentence has it",
    ),
    SwitchOff(
        "LF-14.decay-saves-an-aggressive-peak",
        {"learning_rate=0.1,\n    batch_size=16": "learning_rate=0.01,\n    batch_size=16"},
        why="the peak is moderate",
    ),
    SwitchOff(
        "LF-14.warm-up-pays-at-a-high-peak",
        {'warm_end.loc[peak, "warmup_cosine"]': 'warm_end.loc[peak, "cosine"]'},
        why="no warm-up",
    ),
    SwitchOff(
        "LF-14.plateau-needs-validation-data",
        {
            "rates_used(None, seed)": "rates_used((data.X_val, data.y_val), seed)",
            "print(without[0][1][0])": "",
            "range(2)": "range(1)",
            "epochs=10": "epochs=3",
        },
        why="validation data in both runs",
    ),
    SwitchOff(
        "DL-25.adam-leads-early",
        {
            "[0.001, 0.003, 0.01, 0.03]": "[0.001]",
            "[0.01, 0.03, 0.05, 0.1, 0.2]": "[0.03, 0.1]",
        },
        why="Adam stays at its default rate, momentum is tuned",
    ),
    SwitchOff(
        "DL-25.defaults-mislead",
        {
            'settings("sgd", [0.01], "constant")': 'settings("sgd", [0.3], "constant")',
            'tenth["sgd", 0.01, "constant"]': 'tenth["sgd", 0.3, "constant"]',
            "[0.001, 0.003, 0.01, 0.03]": "[0.01]",
            "[0.01, 0.03, 0.05, 0.1, 0.2]": "[0.1]",
            "n_epochs=30": "n_epochs=10",
        },
        why="the default rate of SGD is a good one",
    ),
]
