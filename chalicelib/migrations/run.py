"""Carrying a migration out, or taking it back: from where it was left, one runner at a time."""

from dataclasses import replace

from chalicelib.frozen import dataclass
from chalicelib.migrations.change_records import Say
from chalicelib.migrations.failures import MigrationFailed
from chalicelib.migrations.steps import Step
from chalicelib.migrations.written import Migration
from chalicelib.storage.engine import get_engine
from chalicelib.storage.migrations import (
    DOWN,
    START,
    UP,
    Overtaken,
    Progress,
    find_progress,
    remove_progress,
    save_progress,
)
from chalicelib.storage.rowids import new_stamp

# For so long an unfinished migration is watched: a runner that is alive writes how far it is.
WATCH_SECONDS = 15
ASK_EVERY = 1.0


@dataclass(frozen=True)
class Run:
    """What is wanted of a migration. `backup`: the one made before; `say`: tells how far it is."""

    migration: Migration
    direction: str
    backup: str
    say: Say


def run_migration(run: Run) -> None:
    """Take all steps that are left. Raises MigrationFailed."""
    steps = run.migration.steps(run.direction)
    try:
        progress = _begin(run)
        _refuse_other_steps(steps, progress)
        for step in steps[len(progress.done) :]:
            run.say(f"  {step.words}")
            reached = step.run(progress, run.say)
            progress = save_progress(
                replace(reached, done=(*reached.done, step.words), place=START, records=0)
            )
        _finish(progress)
    except Overtaken as failure:
        raise MigrationFailed(
            f"{run.migration.name}: somebody else is at it; this one has stopped"
        ) from failure


def _begin(run: Run) -> Progress:
    """The progress, as this runner's own."""
    found = find_progress().get(run.migration.name) or Progress(run.migration.name, DOWN, is_finished=True)
    if found.is_finished and found.direction != run.direction:
        fresh = Progress(found.name, run.direction, backup=run.backup, rev=found.rev)
        return save_progress(replace(fresh, runner=new_stamp()))
    if found.is_finished or found.direction != run.direction:  # others were faster
        raise Overtaken(found.name)
    run.say(f"  It was left unfinished at {found.at}; the backup made before it: {found.backup or 'none'}.")
    run.say("  Going on, unless somebody else is seen to be at it ...")
    _watch(found)
    return save_progress(replace(found, runner=new_stamp()))


def _watch(found: Progress) -> None:
    """Raise Overtaken if somebody goes on with it."""
    for _ in range(int(WATCH_SECONDS / ASK_EVERY)):
        get_engine().pause(ASK_EVERY)
        now = find_progress().get(found.name)
        if now is None or now.rev != found.rev:
            raise Overtaken(found.name)


def _finish(progress: Progress) -> None:
    if progress.direction == UP:
        save_progress(replace(progress, is_finished=True))
    else:
        remove_progress(progress)


def _refuse_other_steps(steps: tuple[Step, ...], progress: Progress) -> None:
    """What is done already must still be what the file says was to be done first."""
    words = tuple(step.words for step in steps)
    done = len(progress.done)
    if words[:done] != progress.done:
        raise MigrationFailed(
            f"{progress.name} was begun with other steps: {'; '.join(progress.done)}. Put them back in front"
        )
