from .histories import fit as fit
from .schedules import constant as constant
from .schedules import cosine as cosine
from .schedules import step_decay as step_decay
from .schedules import warmup_cosine as warmup_cosine
from .seeding import seed_everything as seed_everything
from .sweeps import sweep as sweep
