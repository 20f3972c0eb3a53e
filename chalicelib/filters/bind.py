"""Syntax tree to bound tree: names resolved, values put in, what is decided folded to ALWAYS or NEVER.

Where a name cannot be resolved nothing is granted: binding raises FilterError.
"""

from collections.abc import Iterable
from typing import TypeGuard

from chalicelib.clock import to_text
from chalicelib.filters.asked import resolve_collection, resolve_request
from chalicelib.filters.bound import (
    ALWAYS,
    NEVER,
    Applied,
    Column,
    Condition,
    Constant,
    Lower,
    Node,
    Operand,
    all_of,
    any_of,
    joins_in,
)
from chalicelib.filters.compare import LIKES
from chalicelib.filters.failures import FilterError
from chalicelib.filters.functions import FUNCTIONS, Parameter
from chalicelib.filters.joins import Join, Referring, Related, chain_of
from chalicelib.filters.like import contains_pattern
from chalicelib.filters.macros import MACROS
from chalicelib.filters.operators import decide
from chalicelib.filters.parse import parse
from chalicelib.filters.resolve import Place, resolve_path, under
from chalicelib.filters.scope import Scope
from chalicelib.filters.sql_text import like_text
from chalicelib.filters.syntax import All, Call, Comparison, Expression, Literal, Name
from chalicelib.filters.syntax import Operand as Written

GUARD_TAG = "guard"


def bind(tree: Expression, scope: Scope) -> Node:
    """The tree as it is to be evaluated. Raises FilterError when a name cannot be resolved."""
    node = _bind(tree, scope)
    return all_of((node, guard_of(_joins_of(tree, scope), scope))) if scope.is_restricted else node


def guard_of(joins: Iterable[Join], scope: Scope) -> Node:
    """What must hold for a client to look through joins: the list rule of each collection on the way.

    A relation that leads nowhere hides nothing.
    """
    chain = {step: None for join in joins for step in chain_of(join)}
    return all_of(_guard(step, scope) for step in chain if isinstance(step, Related | Referring))


def bind_operand(written: Written, scope: Scope) -> Operand:
    """The operand that a literal, a name or a call stands for."""
    if isinstance(written, Literal):
        return Constant(written.value, written.is_word)
    if isinstance(written, Call):
        return _bind_call(written, scope)
    return _bind_name(written, scope)


def _bind(tree: Expression, scope: Scope) -> Node:
    if isinstance(tree, Comparison):
        return _bind_comparison(tree, scope)
    parts = [_bind(part, scope) for part in tree.parts]
    return all_of(parts) if isinstance(tree, All) else any_of(parts)


def _bind_comparison(tree: Comparison, scope: Scope) -> Node:
    left = _bind_side(tree.left, "left", scope)
    right = _bind_side(tree.right, "right", scope)
    if tree.operator in LIKES:
        right = _as_pattern(right)
    shown = _private_emails((left, right), scope) if scope.is_restricted else ()
    test = Condition(left, tree.operator, right, tree.any_match, scope.root, shown)
    if isinstance(left, Constant) and isinstance(right, Constant):
        return ALWAYS if decide(test) else NEVER
    return test


def _bind_side(written: Written, side: str, scope: Scope) -> Operand:
    try:
        return bind_operand(written, scope)
    except FilterError as error:
        text = written.text if isinstance(written, Name) else getattr(written, "function", "")
        raise FilterError(f'invalid {side} operand "{text}" - {error.message}', written.position) from error


def _bind_name(name: Name, scope: Scope) -> Operand:
    if name.text in MACROS:
        return Constant(MACROS[name.text](scope.now))
    head, *props = name.text.split(".")
    if head.startswith("@") and not (props and head in ("@request", "@collection")):
        raise FilterError(f'failed to resolve field "{name.text}"')
    if head == "@request":
        return resolve_request(props, scope)
    if head == "@collection":
        return resolve_collection(props, scope)
    return resolve_path([head, *props], Place(scope.root, scope.collection), scope)


def _bind_call(call: Call, scope: Scope) -> Operand:
    function = FUNCTIONS.get(call.function)
    if function is None:
        raise FilterError(f'unknown function "{call.function}"', call.position)
    refusal = function.refuse_count(len(call.arguments))
    if refusal is not None:
        raise FilterError(f"[{call.function}] {refusal}", call.position)
    pairs = zip(call.arguments, function.parameters, strict=False)
    arguments = tuple(_bind_argument(call, written, parameter, scope) for written, parameter in pairs)
    return Applied(call.function, _with_now(call.function, arguments, scope))


def _bind_argument(call: Call, written: Written, parameter: Parameter, scope: Scope) -> Operand:
    if _kind_of(written) not in parameter.takes:
        raise FilterError(f"[{call.function}] {parameter.refusal}", written.position)
    try:
        return bind_operand(written, scope)
    except FilterError as error:
        message = f"[{call.function}] {parameter.unresolved}: {error.message}"
        raise FilterError(message, written.position) from error


def _kind_of(written: Written) -> str:
    if isinstance(written, Literal) and not written.is_word:
        return "text" if isinstance(written.value, str) else "number"
    return "call" if isinstance(written, Call) else "name"


def _with_now(function: str, arguments: tuple[Operand, ...], scope: Scope) -> tuple[Operand, ...]:
    """strftime() knows "now" and takes it for a missing moment: it is put in here, where time is known."""
    if function != "strftime":
        return arguments
    moment = arguments[1] if len(arguments) > 1 else Constant("now")
    if isinstance(moment, Constant) and str(moment.value).lower() == "now":
        moment = Constant(to_text(scope.now))
    return (arguments[0], moment, *arguments[2:])


def _as_pattern(operand: Operand) -> Operand:
    """A function on the right of ``~``: its texts and numbers become patterns, as PocketBase does it."""
    if not isinstance(operand, Applied) or not any(map(_is_given, operand.arguments)):
        return operand
    arguments = (
        Constant(contains_pattern(like_text(argument.value))) if _is_given(argument) else argument
        for argument in operand.arguments
    )
    return Applied(operand.function, tuple(arguments), is_pattern=True)


def _is_given(operand: Operand) -> TypeGuard[Constant]:
    return isinstance(operand, Constant) and not operand.is_word


def _private_emails(operands: Iterable[Operand], scope: Scope) -> tuple[Join, ...]:
    """The rows whose e-mail is read: it must be public. What functions make of it tells nothing of it."""
    read = (operand.operand if isinstance(operand, Lower) else operand for operand in operands)
    columns = (operand for operand in read if isinstance(operand, Column))
    return tuple(column.join for column in columns if _is_address(column, scope))


def _is_address(column: Column, scope: Scope) -> bool:
    """Whether it is the address of somebody who can sign in: what a view shows of it is public."""
    if column.field.name != "email":
        return False
    if column.join == scope.root:
        return scope.collection.is_auth
    target = scope.catalog.find(getattr(column.join, "collection", ""))
    return target is None or target.is_auth


def _joins_of(tree: Expression, scope: Scope) -> list[Join]:
    """All joins of an expression, also those of parts that are already decided."""
    if not isinstance(tree, Comparison):
        return [join for part in tree.parts for join in _joins_of(part, scope)]
    return [join for side in (tree.left, tree.right) for join in joins_in(bind_operand(side, scope))]


def _guard(join: Related | Referring, scope: Scope) -> Node:
    target = scope.catalog.find(join.collection)
    if target is None or target.list_rule is None:
        raise FilterError("only superusers can filter by fields of this collection")
    rule = _bind(parse(target.list_rule), under(scope, join, target, GUARD_TAG))
    nowhere = Condition(Column(join, target.field_by_name["id"]), "=", Constant(""))
    return any_of((nowhere, rule))
