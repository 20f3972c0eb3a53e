"""Writing what .chalice says about functions: repeatable, and leaving alone what is somebody else's."""

import json

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.deploy.chalice_files import as_json
from tests.unit.deploy.conftest import Project


def config_of(project: Project) -> dict[str, dict[str, dict[str, dict[str, dict[str, object]]]]]:
    return dict(json.loads((project.folder / ".chalice" / "config.json").read_text()))


def test_nothing_to_do(project: Project) -> None:
    assert project.write_policies() == "Everything under .chalice is up to date."


def test_the_shape_of_a_file_is_no_matter(project: Project) -> None:
    file = project.folder / ".chalice/config.json"
    file.write_text(json.dumps(json.loads(file.read_text())))
    assert project.write_policies() == "Everything under .chalice is up to date."


def test_a_policy_that_is_missing_is_written(project: Project) -> None:
    (project.folder / ".chalice/policies/dev/reads.json").unlink()
    assert project.write_policies() == "Written:\n  .chalice/policies/dev/reads.json"


def test_another_table_is_in_every_policy(project: Project) -> None:
    project.change(QUOLL_TABLE="another")
    told = project.write_policies().splitlines()
    assert told[0] == "Written:" and "  .chalice/policies/dev/reads.json" in told
    assert not any("prod" in line for line in told)
    policy = json.loads((project.folder / ".chalice/policies/dev/reads.json").read_text())
    assert "arn:*:dynamodb:*:*:table/another" in str(policy)
    assert project.write_policies() == "Everything under .chalice is up to date."


def test_another_grouping_has_other_functions(project: Project) -> None:
    project.change(QUOLL_GROUPING="single")
    project.write_policies()
    functions = config_of(project)["stages"]["dev"]["lambda_functions"]
    assert functions["api_handler"]["iam_policy_file"] == "policies/dev/all-views.json"
    assert "records_list" not in functions and "minute_tick" in functions
    assert not (project.folder / ".chalice/policies/dev/reads.json").exists()


def test_settings_of_others_stay(project: Project) -> None:
    config = config_of(project)
    config["stages"]["dev"]["lambda_functions"]["records_list"]["reserved_concurrency"] = 5
    config["stages"]["dev"]["lambda_functions"]["records_list"]["lambda_timeout"] = 1
    config["stages"]["dev"]["lambda_functions"]["gone"] = {"lambda_timeout": 3}
    (project.folder / ".chalice/config.json").write_text(json.dumps(config))
    project.write_policies()
    functions = config_of(project)["stages"]["dev"]["lambda_functions"]
    assert functions["records_list"] == {
        "iam_policy_file": "policies/dev/reads.json",
        "lambda_timeout": 29,
        "reserved_concurrency": 5,
    }
    assert "gone" not in functions


def test_the_local_stage_is_not_deployed(project: Project) -> None:
    assert "lambda_functions" not in config_of(project)["stages"]["local"]
    assert not (project.folder / ".chalice/policies/local").exists()


def test_files_that_nothing_needs_go(project: Project) -> None:
    old = project.folder / ".chalice/policies/dev/old.json"
    old.write_text("{}")
    assert "  .chalice/policies/dev/old.json" in project.write_policies()
    assert not old.exists()


def test_a_view_without_a_row(project: Project) -> None:
    """The command says what to do; the Chalice CLI says the same."""
    (project.folder / "app.py").unlink()
    (project.folder / "app.py").write_text(
        "from chalice import Chalice\n"
        "from chalicelib.deploy.chalice_cli import prepare_deployment\n"
        "app = Chalice('quoll')\n"
        "app.route('/api/new', name='brand_new')(print)\n"
        "prepare_deployment(app)\n"
    )
    ran = project.run("generate-models", "--stage", "dev")
    assert ran.returncode == 1
    assert ran.stderr == (
        "Error: brand_new has no row in FUNCTIONS of chalicelib/deploy/permissions.py:"
        " say there what it may do, then run `python -m chalicelib policies`.\n"
    )


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(JSON)
def test_json_for_people_is_json(value: object) -> None:
    assert json.loads(as_json(value)) == value
