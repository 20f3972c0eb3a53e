"""House rules that no linter has: each a function from a module to what breaks it."""

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

FUNCTION_LINES = 40
ARGUMENTS = 4
FILE_LINES = 300

ENVIRONMENT = ("chalicelib/config.py", "tests/conftest.py", "dev/")
TIME_AND_CHANCE = ("chalicelib/clock.py", "chalicelib/ids.py", "chalicelib/security/")
KEYS = "chalicelib/storage/keys.py"
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "misc", "base"}
# What takes long to import, or is bought by all functions for one that sends mail, and few requests need.
LATE_IMPORTS = {"PIL", "cryptography", "html", "jinja2", "smtplib", "sqlite3"}
NAMED_BASE = "chalicelib/schema/fields/base.py"

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """A file of Python, by its path from the top."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def functions(self) -> list[Function]:
        return [node for node in ast.walk(self.tree) if isinstance(node, Function)]

    @property
    def is_product(self) -> bool:
        return self.path.startswith(("chalicelib/", "dev/", "app.py"))


Rule = Callable[[Module], Iterator[str]]


def file_length(module: Module) -> Iterator[str]:
    """A file has at most 300 lines."""
    lines = module.text.count("\n")
    if module.is_product and lines > FILE_LINES:
        yield f"{lines} lines"


def function_length(module: Module) -> Iterator[str]:
    """A function has at most 40 lines, its docstring not counted."""
    for function in module.functions if module.is_product else []:
        if (lines := _length(function)) > FUNCTION_LINES:
            yield f"{function.name} has {lines} lines"


def argument_count(module: Module) -> Iterator[str]:
    """A function takes at most 4 arguments besides self."""
    for function in module.functions if module.is_product else []:
        names = [
            each.arg for each in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)
        ]
        count = len([name for name in names if name not in ("self", "cls")])
        if count > ARGUMENTS:
            yield f"{function.name} takes {count} arguments"


def module_docstring(module: Module) -> Iterator[str]:
    """A file starts by saying what it is."""
    if module.text.strip() and not (ast.get_docstring(module.tree) or "").strip():
        yield "no docstring"


def environment_in_config(module: Module) -> Iterator[str]:
    """The environment is read in one place."""
    if module.is_product and not module.path.startswith(ENVIRONMENT):
        yield from _uses(module, {"os.environ", "os.getenv", "os.putenv"})


def time_and_chance_in_one_place(module: Module) -> Iterator[str]:
    """What differs from run to run comes from the clock and from ids."""
    if module.path.startswith("chalicelib/") and not module.path.startswith(TIME_AND_CHANCE):
        yield from _uses(
            module, {"datetime.now", "datetime.utcnow", "datetime.today", "time.time", "uuid.uuid4"}
        )
        yield from _imports(module, {"secrets", "uuid"})


def no_patching(module: Module) -> Iterator[str]:
    """Fakes have a shape; nothing is patched by name."""
    yield from _imports(module, {"unittest.mock", "mock"})


def no_import_in_functions(module: Module) -> Iterator[str]:
    """An import within a function hides a circle. What few requests need and takes long may come late."""
    for function in module.functions:
        for node in ast.walk(function):
            if isinstance(node, ast.Import | ast.ImportFrom) and _top_of(node) not in LATE_IMPORTS:
                yield f"{function.name} imports on line {node.lineno}"


def keys_in_one_place(module: Module) -> Iterator[str]:
    """Key strings are built in storage/keys.py only."""
    if module.path.startswith("chalicelib/storage/") and module.path != KEYS:
        for text in _strings(module):
            if "#" in text and not re.fullmatch(r"#\w( = :\w)?|.*#\w = :\w.*|.*\(#\w, :\w\)", text):
                yield f"builds a key: {text!r}"


def no_assert_in_the_product(module: Module) -> Iterator[str]:
    """An assert vanishes under -O: the product checks and raises."""
    if module.path.startswith("chalicelib/"):
        yield from (
            f"assert on line {node.lineno}" for node in ast.walk(module.tree) if isinstance(node, ast.Assert)
        )


def telling_name(module: Module) -> Iterator[str]:
    """A file is named after what is in it."""
    if Path(module.path).stem in VAGUE_NAMES and module.path != NAMED_BASE:
        yield "says nothing by its name"


RULES: tuple[Rule, ...] = (
    file_length,
    function_length,
    argument_count,
    module_docstring,
    environment_in_config,
    time_and_chance_in_one_place,
    no_patching,
    no_import_in_functions,
    keys_in_one_place,
    no_assert_in_the_product,
    telling_name,
)


def _top_of(node: ast.Import | ast.ImportFrom) -> str:
    """The package that a statement imports from."""
    name = node.names[0].name if isinstance(node, ast.Import) else (node.module or "")
    return name.partition(".")[0]


def _length(function: Function) -> int:
    docstring = 0
    first = function.body[0]
    if ast.get_docstring(function, clean=False) is not None:
        docstring = (first.end_lineno or 0) - first.lineno + 1
    return (function.end_lineno or 0) - function.lineno + 1 - docstring


def _uses(module: Module, names: set[str]) -> Iterator[str]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute) and (name := ".".join(ast.unparse(node).split(".")[-2:])) in names:
            yield f"{name} on line {node.lineno}"


def _imports(module: Module, names: set[str]) -> Iterator[str]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            found = {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found = {node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)}
        else:
            continue
        yield from (f"imports {name}" for name in sorted(found & names))


def _strings(module: Module) -> Iterator[str]:
    """All string constants that are no docstrings."""
    texts = {
        id(node.value)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in texts:
            yield node.value
