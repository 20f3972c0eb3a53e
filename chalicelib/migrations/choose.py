"""Which migrations to apply or to take back. Pure: it decides, run.py does."""

from collections.abc import Mapping, Sequence

from chalicelib.migrations.failures import MigrationFailed
from chalicelib.migrations.written import Migration
from chalicelib.storage.migrations import DOWN, UP, Progress

ALL = 9999


def choose_up(
    written: Sequence[Migration], begun: Mapping[str, Progress], to: int | None = None
) -> list[Migration]:
    """Those that are not applied, up to a number, oldest first; one that is unfinished among them."""
    _refuse_other_way(begun, UP)
    until = ALL if to is None else to
    return [each for each in written if each.number <= until and not _is_applied(each, begun)]


def choose_down(
    written: Sequence[Migration], begun: Mapping[str, Progress], to: int | None = None
) -> list[Migration]:
    """The last one that is applied, or all after a number, newest first."""
    _refuse_other_way(begun, DOWN)
    known = {each.name: each for each in written}
    names = sorted(begun, reverse=True)
    wanted = names[:1] if to is None else [each for each in names if int(each[:4]) > to]
    if lost := [each for each in wanted if each not in known]:
        raise MigrationFailed(
            f"{lost[0]} cannot be taken back without its file: check out where it is written"
        )
    return [known[each] for each in wanted]


def describe(written: Sequence[Migration], begun: Mapping[str, Progress]) -> list[str]:
    """A line for each migration that is written or begun."""
    known = {each.name for each in written}
    lines = {name: _describe(progress, name in known) for name, progress in begun.items()}
    return [f"{name}  {lines.get(name, 'not applied')}" for name in sorted(known | set(lines))]


def _describe(progress: Progress, is_written: bool) -> str:
    if progress.is_applied:
        return f"applied {progress.at}" + ("" if is_written else "; its file is not here")
    way = "being applied" if progress.direction == UP else "being taken back"
    records = f", then {progress.records} records" if progress.records else ""
    steps = f"complete steps: {len(progress.done)}{records}"
    go_on = f"`migrate {progress.direction}` goes on"
    return f"unfinished, {way}: {steps}, last at {progress.at}; {go_on}"


def _is_applied(migration: Migration, begun: Mapping[str, Progress]) -> bool:
    return migration.name in begun and begun[migration.name].is_applied


def _refuse_other_way(begun: Mapping[str, Progress], way: str) -> None:
    for progress in begun.values():
        if not progress.is_finished and progress.direction != way:
            other = progress.direction
            raise MigrationFailed(f"{progress.name} is unfinished: first let `migrate {other}` finish it")
