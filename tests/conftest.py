"""After a run of all tests, every fault that docs/reliability.md lists was shown by one."""

import pytest

from tests.faults import PAGE, faults, unshown

# With one of these, or with a path, somebody wants some of the tests only.
CHOOSING = ("-k", "-m", "--deselect", "--ignore", "--lf", "--last-failed", "--sw", "--stepwise")
outcomes = pytest.StashKey[dict[str, str]]()
left_out = pytest.StashKey[list[str]]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[outcomes], config.stash[left_out] = {}, []


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item):  # type: ignore[no-untyped-def]
    report = yield
    seen = item.config.stash[outcomes]
    if report.when == "call" or not report.passed:
        seen[item.nodeid] = report.outcome
    return report


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    config = session.config
    if exitstatus == pytest.ExitCode.OK and _wants_all(config):
        config.stash[left_out] = unshown(faults(PAGE.read_text()), config.stash[outcomes])
        if config.stash[left_out]:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if missing := terminalreporter.config.stash[left_out]:
        terminalreporter.section("faults of docs/reliability.md that no test has shown", red=True)
        terminalreporter.write_line("\n".join(missing))


def _wants_all(config: pytest.Config) -> bool:
    chosen = any(arg.startswith(CHOOSING) for arg in config.invocation_params.args)
    whole = config.args_source is pytest.Config.ArgsSource.TESTPATHS
    return whole and not chosen and not config.option.collectonly
