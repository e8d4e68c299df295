from .linking import link_lessons as link_lessons
from .linking import navigation as navigation
from .releasing import ReleaseError as ReleaseError
from .releasing import release as release
from .releasing import released_text as released_text
from .releasing import write_release as write_release
