"""Options of auth collections that Quoll does not take: what they become, so that the people are carried.

Whoever was kept out is kept out still.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from chalicelib.schema.auth_options import default_auth_options
from chalicelib.schema.problems import Problem, Problems

Options: TypeAlias = dict[str, Any]
# Changes one option; answers what is to be told of it.
Mend: TypeAlias = Callable[[Options, Problem | Problems], str]

EVERYBODY = "mfa.rule is not understood: now all have to give a second factor ({})"
MFA_OFF = "mfa is off: {}"
NO_IDENTITY = "passwordAuth.identityFields: nobody signs in by {} any more: {}"
NO_PROVIDERS = "oauth2.providers: {} is not carried: {}"
AS_AT_FIRST = "{} has its default: {}"


def mend_options(definition: dict[str, Any], problems: Problems) -> list[str]:
    """Take out of a definition's options what is wrong with them; what is to be told."""
    if definition["type"] != "auth":
        return []
    told = [_mend(definition, name, problems[name]) for name in problems if name in DEFAULTS]
    return [each for each in told if each]


def _mend(definition: dict[str, Any], name: str, problem: Problem | Problems) -> str:
    """Change one option; "" when that is of no use."""
    found = definition.get(name)
    option = dict(found) if isinstance(found, Mapping) else {}
    told = MENDS[name](option, problem) if name in MENDS else ""
    if not told:
        option, told = _with_defaults(option, name, problem), AS_AT_FIRST.format(name, explain(problem))
    definition[name] = option
    return told if option != found else ""


def _with_defaults(option: Options, name: str, problem: Problem | Problems) -> Options:
    """The option with defaults for what is wrong of it."""
    wrong = set(problem) if isinstance(problem, Mapping) else set(option)
    kept = {key: value for key, value in option.items() if key not in wrong}
    return {**kept, **{key: value for key, value in DEFAULTS[name].items() if key not in kept}}


def explain(problem: Problem | Problems) -> str:
    """What is wrong, in words."""
    if isinstance(problem, Problem):
        return problem.message
    return "; ".join(f"{name}: {explain(each)}" for name, each in problem.items())


def _mend_mfa(option: Options, problem: Problem | Problems) -> str:
    """Who is asked for a second factor: all, where it cannot be told; nobody, where there is no second."""
    if isinstance(problem, Mapping) and "rule" in problem and option.get("rule"):
        option["rule"] = ""
        return EVERYBODY.format(explain(problem))
    if not isinstance(problem, Mapping) or "enabled" not in problem:
        return ""
    option["enabled"] = False
    return MFA_OFF.format(explain(problem))


def _mend_identity(option: Options, problem: Problem | Problems) -> str:
    """Leave out the field that the problem names."""
    named = problem.get("identityFields") if isinstance(problem, Mapping) else None
    wrong = named.params.get("fieldName") if isinstance(named, Problem) and named.params else None
    names = option.get("identityFields")
    if not isinstance(names, list) or wrong not in names:
        return ""
    option["identityFields"] = [each for each in names if each != wrong] or ["email"]
    return NO_IDENTITY.format(wrong, explain(problem)) if option["identityFields"] != names else ""


def _mend_providers(option: Options, problem: Problem | Problems) -> str:
    """Leave out the providers that are wrong."""
    found = problem.get("providers") if isinstance(problem, Mapping) else None
    places = {int(place) for place in found if place.isdecimal()} if isinstance(found, Mapping) else set()
    providers = option.get("providers")
    if not isinstance(providers, list) or not places:
        return ""
    gone = [str(each.get("name", "")) for place, each in enumerate(providers) if place in places]
    option["providers"] = [each for place, each in enumerate(providers) if place not in places]
    return NO_PROVIDERS.format(", ".join(gone), explain(problem)) if gone else ""


DEFAULTS: Mapping[str, Any] = {
    name: {key: value for key, value in option.items() if key != "secret"}
    for name, option in default_auth_options().to_stored().items()
    if isinstance(option, Mapping)
}
MENDS: Mapping[str, Mend] = {
    "mfa": _mend_mfa,
    "oauth2": _mend_providers,
    "passwordAuth": _mend_identity,
}
