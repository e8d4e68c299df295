from .explorer import Explorer as Explorer
from .losses import best_constants as best_constants
from .optimizer_paths import optimizer_race as optimizer_race
from .prediction import Prediction as Prediction
from .winners import coin_flip_winners as coin_flip_winners
