"""The house rules hold everywhere, and each of them notices what breaks it."""

from pathlib import Path

import pytest

from tests.house_rules import RULES, Module, Rule

TOP = Path(__file__).parents[1]
FILES = [
    TOP / "app.py",
    *sorted(each for folder in ("chalicelib", "dev", "tests") for each in (TOP / folder).rglob("*.py")),
]
MODULES = [
    Module(str(each.relative_to(TOP)), each.read_text()) for each in FILES if "node_modules" not in each.parts
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_rule_holds(rule: Rule) -> None:
    broken = [f"{module.path}: {what}" for module in MODULES for what in rule(module)]
    assert not broken, "\n".join([rule.__doc__ or "", *broken])


LONG = "\n".join(f"    x = {number}" for number in range(40))
BROKEN: dict[str, tuple[str, str]] = {
    "file_length": ("chalicelib/a.py", "x = 1\n" * 301),
    "function_length": ("chalicelib/a.py", f"def f():\n{LONG}\n"),
    "argument_count": ("chalicelib/a.py", "class A:\n    def f(self, a, b, c, *, d, e): ..."),
    "module_docstring": ("tests/a.py", "x = 1\n"),
    "environment_in_config": ("chalicelib/a.py", "import os\nx = os.environ['A']"),
    "time_and_chance_in_one_place": ("chalicelib/a.py", "import datetime\nx = datetime.datetime.now()"),
    "no_patching": ("tests/a.py", "from unittest import mock"),
    "no_import_in_functions": ("tests/a.py", "def f():\n    from os import path"),
    "keys_in_one_place": ("chalicelib/storage/a.py", 'x = f"R#{1}"'),
    "no_assert_in_the_product": ("chalicelib/a.py", "assert True"),
    "telling_name": ("chalicelib/utils.py", ""),
}
FINE: dict[str, tuple[str, str]] = {
    "file_length": ("chalicelib/a.py", "x = 1\n" * 300),
    "function_length": ("chalicelib/a.py", f'def f():\n    """Said\n    at\n    length."""\n{LONG[:-10]}\n'),
    "argument_count": ("chalicelib/a.py", "class A:\n    def f(self, a, b, c, *, d): ..."),
    "module_docstring": ("tests/a.py", '"""Said."""\n'),
    "environment_in_config": ("chalicelib/config.py", "import os\nx = os.environ['A']"),
    "time_and_chance_in_one_place": ("chalicelib/ids.py", "import secrets"),
    "no_patching": ("tests/a.py", "from unittest import TestCase"),
    "no_import_in_functions": ("tests/a.py", "import os\ndef f():\n    from PIL import Image"),
    "keys_in_one_place": ("chalicelib/storage/a.py", '"""R#x"""\nx = "#c = :c"'),
    "no_assert_in_the_product": ("tests/a.py", "assert True"),
    "telling_name": ("chalicelib/schema/fields/base.py", ""),
}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_rule_notices(rule: Rule) -> None:
    assert list(rule(Module(*BROKEN[rule.__name__])))
    assert not list(rule(Module(*FINE[rule.__name__])))
