from .autoencoders import autoencoder as autoencoder
from .convolutional_networks import convolutional as convolutional
from .dense_networks import dense as dense
from .estimators import NetworkClassifier as NetworkClassifier
from .estimators import NetworkRegressor as NetworkRegressor
from .recurrent_networks import recurrent as recurrent
from .seeding import seeded as seeded
