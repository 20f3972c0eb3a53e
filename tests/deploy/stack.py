"""The application as a CloudFormation stack: packaged by Chalice, uploaded, created."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.deploy.project import STAGE, Project

NAME = "quoll-dev"
ARTIFACTS = "artifacts"
URIS = ("CodeUri", "ContentUri")


@dataclass(frozen=True)
class Package:
    """A folder with what `chalice package` has made."""

    folder: Path

    @property
    def file(self) -> Path:
        return self.folder / "sam.json"

    @property
    def template(self) -> dict[str, Any]:
        return json.loads(self.file.read_text())


def make_package(project: Project, folder: Path) -> Package:
    """The commands of docs/deploying.md."""
    resources = project.folder / "resources.json"
    resources.write_text(project.quoll("template", "--stage", STAGE))
    project.chalice("package", "--stage", STAGE, "--merge-template", str(resources), str(folder))
    return Package(folder)


def upload(package: Package, s3: Any) -> str:
    """What ``aws cloudformation package`` does; the address of the template that can be deployed."""
    s3.create_bucket(Bucket=ARTIFACTS)
    template = package.template
    for resource in template["Resources"].values():
        for name in set(URIS) & resource["Properties"].keys():
            file = package.folder / resource["Properties"][name]
            resource["Properties"][name] = f"s3://{ARTIFACTS}/{file.name}"
    for file in package.folder.glob("*.zip"):
        s3.upload_file(str(file), ARTIFACTS, file.name)
    s3.put_object(Bucket=ARTIFACTS, Key="template.json", Body=json.dumps(template))
    return f"{s3.meta.endpoint_url}/{ARTIFACTS}/template.json"


def create_stack(aws: Callable[[str], Any], address: str) -> dict[str, Any]:
    """The stack, once it is there."""
    client = aws("cloudformation")
    client.create_stack(
        StackName=NAME, TemplateURL=address, Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
    )
    client.get_waiter("stack_create_complete").wait(
        StackName=NAME, WaiterConfig={"Delay": 1, "MaxAttempts": 240}
    )
    return client.describe_stacks(StackName=NAME)["Stacks"][0]
