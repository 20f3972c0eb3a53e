"""A function started in a fresh process, as Lambda starts it, and given one event."""

import os
import re
import resource
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass

# What Lambda does: it imports the module and calls the function with the event.
STARTER = """
import sys
sys.path[:0] = {paths!r}
import importlib, json
class Context:
    aws_request_id = function_name = function_version = "x"
    memory_limit_in_mb = 512
    invoked_function_arn = "arn:aws:lambda:us-east-1:000000000000:function:x"
    def get_remaining_time_in_millis(self):
        return 29000
answer = getattr(importlib.import_module({module!r}), {function!r})(json.load(open({event!r})), Context())
print("ANSWER", (answer or {{}}).get("statusCode", 200))
"""


@dataclass(frozen=True)
class Took:
    """What a start took, in milliseconds, and the status of the answer."""

    processor: float
    elapsed: float
    status: int


def run_once(program: str) -> Took:
    """One fresh process, timed."""
    before, started = _processor_time(), time.perf_counter()
    ran = start_process(program)
    elapsed, processor = time.perf_counter() - started, _processor_time() - before
    answer = re.search(r"^ANSWER (\d+)$", ran.stdout, re.MULTILINE)
    if answer is None:
        raise RuntimeError(f"{ran.stdout}\n{ran.stderr}")
    return Took(processor * 1000, elapsed * 1000, int(answer[1]))


def start_process(program: str, *options: str) -> subprocess.CompletedProcess[str]:
    """-S and -E: nothing of this installation takes part. Lambda sets both names of the region."""
    command = (sys.executable, "-S", "-E", "-B", *options, "-c", program)
    environment = {**os.environ, "AWS_DEFAULT_REGION": os.environ["AWS_REGION"]}
    return subprocess.run(command, env=environment, capture_output=True, text=True)


def _processor_time() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def print_imports(name: str, program: str) -> None:
    """Milliseconds of importing, by package, of one start."""
    ran = start_process(program, "-X", "importtime")
    lines = re.findall(r"^import time:\s+(\d+) \|\s+\d+ \|\s+(\S+)$", ran.stderr, re.MULTILINE)
    by_package: Counter[str] = Counter()
    for microseconds, module in lines:
        depth = 2 if module.startswith("chalicelib.") else 1
        by_package[".".join(module.split(".")[:depth])] += int(microseconds)
    total = sum(by_package.values())
    print(f"\nImporting for {name}: {total / 1000:.0f} ms, {len(lines)} modules, of which")
    for package, microseconds in by_package.most_common(20):
        print(f"  {package:<32}{microseconds / 1000:>8.1f}")
