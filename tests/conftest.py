"""How the tests are run: in two processes at once, if asked to, and with all faults shown at last.

After a run of all tests, every fault that docs/reliability.md lists was shown by one.
"""

import pytest
from xdist.scheduler import LoadFileScheduling

from tests.faults import PAGE, faults, unshown

# With one of these, or with a path, somebody wants some of the tests only.
CHOOSING = ("-k", "-m", "--deselect", "--ignore", "--lf", "--last-failed", "--sw", "--stepwise")
TOGETHER = "tests/e2e/"  # these share local clouds
APART = ("test_chaos_small.py", "test_contract.py", "test_command.py", "test_terminals.py")


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Shown(config))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> LoadFileScheduling:
    return Parts(config, log)


class Parts(LoadFileScheduling):
    """What one process does: a file, or all that share the local clouds."""

    def _split_scope(self, nodeid: str) -> str:
        file: str = super()._split_scope(nodeid)
        return TOGETHER if file.startswith(TOGETHER) and not file.endswith(APART) else file


class Shown:
    """Which tests passed, and which faults nobody has shown."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._outcomes: dict[str, str] = {}
        self._missing: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" or not report.passed:
            self._outcomes[report.nodeid] = report.outcome

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        if exitstatus == pytest.ExitCode.OK and _wants_all(self._config):
            self._missing = unshown(faults(PAGE.read_text()), self._outcomes)
            if self._missing:
                session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self._missing:
            title = "faults of docs/reliability.md that no test has shown"
            terminalreporter.section(title, red=True)
            terminalreporter.write_line("\n".join(self._missing))


def _wants_all(config: pytest.Config) -> bool:
    chosen = any(arg.startswith(CHOOSING) for arg in config.invocation_params.args)
    whole = config.args_source is pytest.Config.ArgsSource.TESTPATHS
    return whole and not chosen and not config.option.collectonly
