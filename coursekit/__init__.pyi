from .checks import check as check
from .evidence import claim as claim
from .evidence import predict as predict
from .training import fit as fit
from .training import sweep as sweep

__version__: str
