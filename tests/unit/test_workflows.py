"""The workflows of CI can be read; what they and the documentation call exists."""

import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from chalice.cli import cli as chalice

from chalicelib.__main__ import read_arguments

TOP = Path(__file__).parents[2]
WORKFLOWS = sorted((TOP / ".github" / "workflows").glob("*.yml"))
MAKE = re.compile(r"(?:^|[;&|\n]\s*)make ([a-z-]+)")
QUOLL = re.compile(r"(?<!`)(?:\.venv/bin/)?python -m chalicelib ([^;>#\n]+)")
CHALICE = re.compile(r"\.venv/bin/chalice ([^;>#\n]+)")
PAGES = sorted([TOP / "README.md", *(TOP / "docs").glob("*.md")])


def read(file: Path) -> dict[str, Any]:
    """YAML 1.1 takes `on` for true."""
    return yaml.safe_load(file.read_text())


def steps(file: Path) -> Iterator[dict[str, Any]]:
    for job in read(file)["jobs"].values():
        yield from job.get("steps", ())


def scripts(file: Path) -> Iterator[str]:
    """What shells are given, each command on one line."""
    yield from (step["run"].replace("\\\n", " ") for step in steps(file) if "run" in step)


def broken(script: str) -> Iterator[str]:
    """The calls in a script of what is not there."""
    targets = set(re.findall(r"^([a-z-]+):", (TOP / "Makefile").read_text(), re.MULTILINE))
    yield from (f"make {name}" for name in MAKE.findall(script) if name not in targets)
    yield from (typed for typed in QUOLL.findall(script) if not quoll_takes(shlex.split(typed)))
    yield from (typed for typed in CHALICE.findall(script) if not chalice_takes(shlex.split(typed)))
    yield from (name for name in re.findall(r"^\.[a-z]+/[\w/.-]+", script) if not is_there(name))


def is_there(name: str) -> bool:
    return name.startswith(".venv/") or (TOP / name).exists()


def quoll_takes(arguments: list[str]) -> bool:
    try:
        read_arguments(arguments)
    except SystemExit:
        return False
    return True


def chalice_takes(arguments: list[str]) -> bool:
    command = chalice.commands.get(arguments[0])
    try:
        return bool(command and command.make_context(arguments[0], arguments[1:]))
    except click.ClickException:
        return False


def typed_in(page: Path) -> Iterator[str]:
    """The commands that a page shows."""
    for block in re.findall(r"```sh\n(.*?)```", page.read_text(), re.DOTALL):
        yield block.replace("\\\n", " ")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_pages_show_can_be_typed(page: Path) -> None:
    assert [call for script in typed_in(page) for call in broken(script)] == []


def test_pages_show_something() -> None:
    assert sum(len(QUOLL.findall(script)) for page in PAGES for script in typed_in(page)) > 10


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_of_pages_lead_somewhere(page: Path) -> None:
    linked = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text())
    assert [name for name in linked if not (page.parent / name).exists()] == []


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.name)
def test_what_is_called_exists(file: Path) -> None:
    assert [call for script in scripts(file) for call in broken(script)] == []


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.name)
def test_shells_can_read_their_scripts(file: Path) -> None:
    for script in scripts(file):
        assert subprocess.run(["bash", "-n"], input=script.encode(), capture_output=True).stderr == b""


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.name)
def test_actions_have_a_version_and_workflows_are_there(file: Path) -> None:
    called = [each["uses"] for each in (*read(file)["jobs"].values(), *steps(file)) if "uses" in each]
    assert called
    for name in called:
        assert re.search(r"@v\d+$", name) or (TOP / name).exists(), name


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.name)
def test_a_workflow_may_do_little_and_holds_no_keys(file: Path) -> None:
    assert read(file)["permissions"] == {"contents": "read"}
    assert not re.search(r"secrets\.|aws-access-key|AKIA|aws_secret", file.read_text(), re.IGNORECASE)


def test_expressions_do_not_get_into_shells() -> None:
    """What a branch is called must not become a command."""
    for file in WORKFLOWS:
        assert not [script for script in scripts(file) if "${{" in script]


DEPLOY = TOP / ".github" / "workflows" / "deploy.yml"


def test_only_what_was_checked_is_deployed_one_run_at_a_time() -> None:
    workflow = read(DEPLOY)
    jobs = workflow["jobs"]
    assert jobs["ci"]["uses"] == "./.github/workflows/ci.yml"
    assert (jobs["package"]["needs"], jobs["deploy"]["needs"]) == ("ci", "package")
    assert workflow["concurrency"]["cancel-in-progress"] is False
    assert not any("concurrency" in job for job in jobs.values())  # a job's own would let checks overtake
    assert jobs["package"]["env"]["AWS_DEFAULT_REGION"]  # Chalice packages nothing without
    names = [step.get("name", "") for step in jobs["deploy"]["steps"]]
    assert names.index("Migrate") < names.index("Deploy") < names.index("Does it answer?")


def test_only_main_and_tags_of_versions_are_deployed() -> None:
    allowed = "(github.ref == 'refs/heads/main' || startsWith(github.ref, 'refs/tags/v'))"
    assert read(DEPLOY)["jobs"]["package"]["if"] == f"vars.QUOLL_DEPLOY == 'true' && {allowed}"


def test_who_may_deploy_runs_no_tools_and_no_build() -> None:
    jobs = read(DEPLOY)["jobs"]
    able = {name for name, job in jobs.items() if "id-token" in job.get("permissions", {})}
    assert able == {"deploy"}
    assert jobs["deploy"]["permissions"] == {"contents": "read", "id-token": "write"}
    typed = "\n".join(step.get("run", "") for step in jobs["deploy"]["steps"])
    assert "make " not in typed
    installs = re.findall("pip install.*", typed)
    assert installs and all("--only-binary :all:" in each for each in installs)


@pytest.mark.parametrize(
    ("answer", "code", "migrates", "says"),
    [
        ("UPDATE_COMPLETE", 0, True, ""),
        ("UPDATE_ROLLBACK_COMPLETE", 0, True, ""),
        ("REVIEW_IN_PROGRESS", 0, False, ""),
        ("Stack with id quoll-dev does not exist", 0, False, "NONE"),
        ("ROLLBACK_COMPLETE", 1, False, "delete-stack --stack-name quoll-dev"),
        ("UPDATE_IN_PROGRESS", 1, False, "cannot be deployed to now"),
        ("An error occurred (AccessDenied)", 1, False, "AccessDenied"),
    ],
)
def test_migrates_only_a_stack_that_is_there(
    tmp_path: Path, answer: str, code: int, migrates: bool, says: str
) -> None:
    fails = int(" " in answer)
    for name, does in (("aws", f'echo "{answer}"; exit {fails}'), (".venv/bin/python", 'echo "called $*"')):
        program = tmp_path / name
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_text(f"#!/bin/sh\n{does}\n")
        program.chmod(0o755)
    (script,) = (step["run"] for step in steps(DEPLOY) if step.get("name") == "Migrate")
    env = {"PATH": f"{tmp_path}:/usr/bin:/bin", "STACK": "quoll-dev", "STAGE": "dev"}
    ran = subprocess.run(["bash", "-e", "-c", script], cwd=tmp_path, env=env, capture_output=True, text=True)
    assert (ran.returncode, "migrate up --stage dev" in ran.stdout) == (code, migrates)
    assert says in ran.stdout


@pytest.mark.parametrize(
    "script",
    [
        "make nonsense",
        "cd x && make nonsense",
        ".venv/bin/python -m chalicelib migrate sideways",
        ".venv/bin/python -m chalicelib nonsense --stage dev",
        ".venv/bin/chalice package --nonsense out",
        ".venv/bin/chalice nonsense",
        ".ci/nonsense",
    ],
)
def test_what_is_not_there_is_noticed(script: str) -> None:
    assert list(broken(script))
