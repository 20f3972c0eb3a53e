"""The application's routes and jobs, from the application itself; routes as requests that do no harm."""

import re
from dataclasses import dataclass

import app as application

PREFIX = "quoll-dev"


@dataclass(frozen=True)
class Route:
    """A method and a path of the API, and the view that answers."""

    method: str
    path: str
    view: str

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def function(self) -> str:
        """The Lambda function that has to answer."""
        return f"{PREFIX}-{self.view}"

    @property
    def target(self) -> str:
        """A path that is this route's, with names that do not exist."""
        return re.sub(r"{(\w+)}", r"no_\1", self.path)


ROUTES = tuple(
    Route(method, path, view.view_name)
    for path, methods in sorted(application.app.routes.items())
    for method, view in methods.items()
)
JOBS = sorted(each.name for each in application.app.event_sources if hasattr(each, "schedule_expression"))
