"""Where an expression stands: whose collection, which request, what time."""

from datetime import datetime

from chalicelib.filters.joins import ROOT, Join
from chalicelib.frozen import dataclass
from chalicelib.request import RequestInfo
from chalicelib.schema.catalog import Catalog
from chalicelib.schema.collection import Collection


@dataclass(frozen=True)
class Scope:
    """What names in an expression refer to.

    `is_client` is for filters and sorts that a client wrote: unless a superuser asks, hidden fields are
    refused and related collections are seen through their list rules. `root` is the row whose fields are
    meant (NEW_ROOT for a create rule), and `tag` keeps the joins made from there apart from others.
    """

    collection: Collection
    catalog: Catalog
    request: RequestInfo
    now: datetime
    is_client: bool = False
    root: Join = ROOT
    tag: str = ""

    @property
    def guarded(self) -> Join | None:
        """The row on the way along a path that the rule is asked of; None for a record's own rule."""
        return self.root if self.tag else None

    @property
    def is_restricted(self) -> bool:
        """Whether names are looked up for somebody who may not see everything."""
        return self.is_client and not self.request.is_superuser
