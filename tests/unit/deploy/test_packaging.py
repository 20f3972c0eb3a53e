"""What is in the packages: compiled code that is trusted, and nothing that no function uses."""

import importlib.util
import marshal
import os
import py_compile
import subprocess
import sys
from pathlib import Path
from types import CodeType
from zipfile import ZipFile

import pytest

from chalicelib.deploy.packaging import (
    finish_layer,
    needed_requirements,
    recipe,
    runtime_of_this_python,
    shipped_files,
)
from tests.unit.deploy.conftest import ROOT, Packages

LARGEST = 250 * 1024 * 1024
TAG = sys.implementation.cache_tag
UNCHECKED = 0b01


def flags_of(compiled: bytes) -> int:
    assert compiled[:4] == importlib.util.MAGIC_NUMBER
    return int.from_bytes(compiled[4:8], "little")


def code_of(compiled: bytes) -> CodeType:
    code = marshal.loads(compiled[16:])
    assert isinstance(code, CodeType)
    return code


def test_each_module_travels_with_its_compiled_self(packages: Packages) -> None:
    with ZipFile(packages("route", "cloudformation").folder / "deployment.zip") as package:
        names = set(package.namelist())
        modules = {name for name in names if name.endswith(".py")}
        assert {"app.py", "chalice/app.py", "chalicelib/routes/records.py"} <= modules
        compiled = {importlib.util.cache_from_source(name) for name in modules}
        assert {name for name in names if "__pycache__" in name} == compiled
        for name in compiled:
            assert flags_of(package.read(name)) == UNCHECKED
        told = code_of(package.read(f"chalicelib/__pycache__/errors.{TAG}.pyc"))
        assert told.co_filename == "/var/task/chalicelib/errors.py"


def test_what_no_function_uses_stays_here(packages: Packages) -> None:
    with ZipFile(packages("route", "cloudformation").folder / "deployment.zip") as package:
        tops = {"/".join(name.split("/")[:2]) for name in package.namelist()}
    assert not tops & {"chalicelib/deploy", "chalicelib/commands", "chalicelib/__main__.py"}
    assert {name.split("/")[0] for name in tops} == {"app.py", "__pycache__", "chalice", "chalicelib"}


def test_what_is_shipped_is_enough(packages: Packages, tmp_path: Path) -> None:
    """The application starts from its package alone, the libraries aside."""
    with ZipFile(packages("route", "cloudformation").folder / "deployment.zip") as package:
        package.extractall(tmp_path)
    program = (
        "import sys, app, chalicelib.jobs.record_stream, chalicelib.jobs.functions;"
        "print(*sorted(each for each in sys.modules if each.startswith('chalicelib.deploy')),"
        " app.__cached__, chalicelib.jobs.__file__)"
    )
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "QUOLL_STAGE": "dev"}
    ran = subprocess.run(
        (sys.executable, "-c", program), cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.split() == [
        str(tmp_path / "__pycache__" / f"app.{TAG}.pyc"),
        str(tmp_path / "chalicelib" / "jobs" / "__init__.py"),
    ]


def test_the_layer(packages: Packages) -> None:
    with ZipFile(packages("route", "cloudformation").folder / "layer-deployment.zip") as layer:
        place = f"python/lib/{runtime_of_this_python()}/site-packages"
        assert set(layer.namelist()) == {
            f"{place}/library.py",
            f"{place}/__pycache__/library.{TAG}.pyc",
        }
        assert flags_of(layer.read(f"{place}/__pycache__/library.{TAG}.pyc")) == UNCHECKED
        asked = layer.read(f"{place}/library.py").decode()
    assert "pynamodb==" in asked and "\\nchalice==" not in asked and "chalice==" not in asked


def test_all_functions_share_the_layer(packages: Packages) -> None:
    resources = packages("route", "cloudformation").template["Resources"].values()
    functions = [each["Properties"] for each in resources if each["Type"] == "AWS::Serverless::Function"]
    assert {(each["CodeUri"], str(each["Layers"])) for each in functions} == {
        ("./deployment.zip", "[{'Ref': 'ManagedLayer'}]")
    }


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("chalice==1.34.0   # routes\nboto3==1.43.106\n", "boto3==1.43.106\n"),
        ("Chalice>=1\n", "\n"),
        ("chalice\n", "\n"),
        ("chalice-extras==1\n", "chalice-extras==1\n"),
        ("# chalice\n-r other.txt\n\nbcrypt==5.0.0", "# chalice\n-r other.txt\n\nbcrypt==5.0.0\n"),
    ],
)
def test_requirements_of_the_layer(text: str, kept: str, tmp_path: Path) -> None:
    assert needed_requirements(text, tmp_path / "none") == kept


def test_the_layer_has_the_versions_that_are_tested(tmp_path: Path) -> None:
    assert needed_requirements("boto3\n").splitlines() == ["boto3", f"-c {ROOT / 'dev' / 'constraints.txt'}"]
    (tmp_path / "other").write_text("botocore==1\n")
    assert len({recipe(), recipe(tmp_path / "other"), recipe(tmp_path / "none")}) == 3


def test_shipped_files(tmp_path: Path) -> None:
    source = tmp_path / "one.py"
    source.write_text("ONE = 1\n")
    found = [
        (str(source), "chalicelib/one.py"),
        (str(source), "chalicelib/__pycache__/one.cpython-300.pyc"),
        (str(source), "chalicelib/commands/one.py"),
        (str(source), "chalicelib/__main__.py"),
        ("text", "chalicelib/mail/text.html"),
    ]
    shipped = list(shipped_files(found, tmp_path / "made"))
    assert [name for _, name in shipped] == [
        "chalicelib/one.py",
        f"chalicelib/__pycache__/one.{TAG}.pyc",
        "chalicelib/mail/text.html",
    ]
    compiled = Path(shipped[1][0])
    before = compiled.stat().st_mtime_ns
    assert list(shipped_files(found, tmp_path / "made")) == shipped
    assert compiled.stat().st_mtime_ns == before  # made once, though Chalice asks several times


def test_a_module_that_is_no_python_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bad.py").write_text("def\n")
    with pytest.raises(py_compile.PyCompileError):
        list(shipped_files([(str(tmp_path / "bad.py"), "chalicelib/bad.py")], tmp_path))


def test_a_library_that_cannot_be_compiled_travels_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "future.py").write_text("def\n")
    (tmp_path / "fine.py").write_text("ONE = 1\n")
    finish_layer(tmp_path)
    assert sorted(each.name for each in tmp_path.rglob("*.py*")) == [
        f"fine.{TAG}.pyc",
        "fine.py",
        "future.py",
    ]


def test_another_recipe_is_another_layer(packages: Packages) -> None:
    made = packages("route", "cloudformation").folder.parent / ".chalice" / "deployments"
    (layer,) = made.glob("managed-layer-*.zip")
    assert layer.name.endswith(f"-{recipe(made / 'no such file')}.zip")


def test_code_is_far_below_what_lambda_takes() -> None:
    """The libraries are some 35 MB (python -m bench.start prints it); this is about what is ours."""
    ours = sum(each.stat().st_size for each in (ROOT / "chalicelib").rglob("*.py"))
    assert ours * 4 < LARGEST / 10
