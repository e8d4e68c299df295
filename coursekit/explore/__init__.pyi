from .explorer import Explorer as Explorer
from .losses import best_constants as best_constants
from .missingness import missingness_explorer as missingness_explorer
from .optimizer_paths import optimizer_race as optimizer_race
from .prediction import Prediction as Prediction
from .prevalence import prevalence_explorer as prevalence_explorer
from .thresholds import threshold_explorer as threshold_explorer
from .winners import coin_flip_winners as coin_flip_winners
