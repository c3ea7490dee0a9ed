"""What a worker can be asked, and what it replies: a dataclass for each, and their way into messages.

Arrays travel beside a message (`explorer.worker.protocol`); each class says which, where it has any. A new
verb is a request here, a method of `WorkerClient` that asks it and one of `Worker` that answers it. A new
field of a message that was released has a default: a program that was left open sends none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar, get_args, get_type_hints

from explorer.errors import WorkerError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T", bound="DataclassInstance")
ReplyT = TypeVar("ReplyT", bound="DataclassInstance")

_ADVICE = (
    "Two versions of the program are at work in this library: close every program that uses it, wait ten "
    "seconds and try again."
)


@dataclass(frozen=True, slots=True)
class Request(Generic[ReplyT]):
    """A question to the worker: its fields are str, int, float, bool, `str | None` or `tuple[str, ...]`."""

    verb: ClassVar[str]
    """Its name in a message."""
    reply: ClassVar[type[Any]]
    """The class of what comes back: ReplyT."""

    def __init_subclass__(cls) -> None:
        (cls.reply,) = get_args(cls.__dict__["__orig_bases__"][0])


# ---- replies


@dataclass(frozen=True, slots=True)
class Done:
    """It was done; what there is to tell is in the arrays."""


@dataclass(frozen=True, slots=True)
class NearestReply:
    """Where `ready`, two arrays: ids (n,) int64 and cosines (n,) float32, best first."""

    ready: bool
    """False while the index is still being brought up to the catalogue."""


@dataclass(frozen=True, slots=True)
class IndexState:
    """How far the vector index is."""

    sequence: int
    """The last change of the catalogue that it holds."""
    vectors: int
    """How many the live generation has."""
    dead: int = 0
    """How many were removed and still take room: `Rebuild` gives it back."""


@dataclass(frozen=True, slots=True)
class StoreReply:
    """Which vector store is in use, and how far the way to another one is (`explorer.stores.StoreState`)."""

    store: str
    address: str | None
    coming: str | None
    done: int
    total: int
    problem: str | None


@dataclass(frozen=True, slots=True)
class CheckedModel:
    """A model that was loaded, or whose server was asked."""

    dimension: int
    seconds: float


@dataclass(frozen=True, slots=True)
class RerankReply:
    """Where a reranker is set up, one array: a score for each text (n,) float32, higher is better."""

    is_set_up: bool


@dataclass(frozen=True, slots=True)
class PlacedLook:
    """One array: the vector (dimension,) float32 of a picture or of words."""

    fingerprint: str
    """Of the model that made it."""


# ---- requests


@dataclass(frozen=True, slots=True)
class Encode(Request[Done]):
    """Embed texts by the model of the live index; one array comes back: (n, dimension) float32."""

    verb = "encode"
    texts: tuple[str, ...]
    kind: str
    """Either "passage", or "query", which goes before whatever is being ingested."""


@dataclass(frozen=True, slots=True)
class Nearest(Request[NearestReply]):
    """Find the nearest k chunks of the live index to the vector (dimension,) that comes along."""

    verb = "nearest"
    k: int


@dataclass(frozen=True, slots=True)
class Wake(Request[Done]):
    """There may be new work."""

    verb = "wake"


@dataclass(frozen=True, slots=True)
class GivePassword(Request[Done]):
    """The password for the file of a job, to be kept in memory."""

    verb = "password"
    job: int
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Sync(Request[IndexState]):
    """Bring the vector index up to the catalogue now."""

    verb = "sync"


@dataclass(frozen=True, slots=True)
class Rebuild(Request[IndexState]):
    """Throw the vector index away and fill it again."""

    verb = "rebuild"


@dataclass(frozen=True, slots=True)
class AskStore(Request[StoreReply]):
    """Tell which vector store is in use, and whether another one is being filled."""

    verb = "store"


@dataclass(frozen=True, slots=True)
class IndexIds(Request[Done]):
    """Tell all ids that the vector index holds of a generation; one array: (n,) int64, ascending."""

    verb = "ids"
    generation: int


@dataclass(frozen=True, slots=True)
class CheckModel(Request[CheckedModel]):
    """Load a model, or ask its server what stands behind its name now."""

    verb = "check"
    model: str


@dataclass(frozen=True, slots=True)
class Rerank(Request[RerankReply]):
    """Tell how well each text answers a query."""

    verb = "rerank"
    query: str
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlaceLook(Request[PlacedLook]):
    """Tell the place among pictures of words, or else of the picture (height, width, 3) that comes along as
    float32."""

    verb = "look"
    text: str


@dataclass(frozen=True, slots=True)
class SetKey(Request[Done]):
    """The key of an embedding server or a vector store, to be kept in memory; None forgets it."""

    verb = "key"
    address: str
    key: str | None = field(repr=False)


# ---- their way into messages and back


def question(request: Request[Any]) -> dict[str, Any]:
    """The message that asks it."""
    return {"verb": request.verb, **answer(request)}


def answer(reply: DataclassInstance) -> dict[str, Any]:
    """The message that replies so: its fields."""
    return {one.name: getattr(reply, one.name) for one in fields(reply)}


def understand(message: Mapping[str, Any], kinds: Iterable[type[Request[Any]]]) -> Request[Any]:
    """The request that a message asks. Raises WorkerError where it is none of those kinds."""
    verb = message.get("verb")
    for kind in kinds:
        if kind.verb == verb:
            return read(kind, {name: value for name, value in message.items() if name != "verb"})
    raise WorkerError(f"The background process was asked for what it does not know ({verb!r}). {_ADVICE}")


def read(kind: type[T], values: Mapping[str, Any]) -> T:
    """The request or reply that has these fields.

    The other side may be of another version: fields that are not known here are passed over, and those with a
    default may be missing.

    Raises:
        WorkerError: a field is missing or has a value of another type. It names them without their values,
            which may be keys and passwords.
    """
    types = _types(kind)
    known = {name: value for name, value in values.items() if name in types}
    wrong = _required(kind) - known.keys()
    wrong |= {name for name, value in known.items() if not _fits(value, types[name])}
    if wrong:
        names = ", ".join(sorted(wrong))
        raise WorkerError(f"A message ({kind.__name__}) has other fields than expected: {names}. {_ADVICE}")
    return kind(**{name: tuple(one) if isinstance(one, list) else one for name, one in known.items()})


@cache
def _types(kind: type[DataclassInstance]) -> dict[str, Any]:
    types = get_type_hints(kind)
    return {one.name: types[one.name] for one in fields(kind)}


def _required(kind: type[DataclassInstance]) -> set[str]:
    return {one.name for one in fields(kind) if one.default is MISSING and one.default_factory is MISSING}


def _fits(value: Any, wanted: Any) -> bool:
    """Whether a value that came as JSON may stand in a field of that type."""
    if wanted == tuple[str, ...]:
        return isinstance(value, list) and all(isinstance(one, str) for one in value)
    if wanted is float:
        return type(value) in (int, float)
    return type(value) in (get_args(wanted) or (wanted,))
