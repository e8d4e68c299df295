from .client import start_parent as start_parent
from .client import stop_parent as stop_parent
from .environment import environment as environment
from .environment import server_options as server_options
from .fallback import describe as describe
from .process import KernelProcess as KernelProcess
from .quick_import import defer_grammar as defer_grammar
