"""The product's source as a graph: which function calls which, and who calls the outside."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = "layers/shared"
FUNCTIONS = "functions"
# What these do at AWS nobody can notice; neither can they be a crash point.
READS = ("batch_get", "generate_", "get_", "head_", "list_", "query", "scan")
ENTRY = "Api.handler"  # where API Gateway comes in, whatever the function
WEB = "httpx.Client"
WEB_CALLS = {"AsyncClient", "Client", "delete", "get", "patch", "post", "put", "request", "stream"}
MAKERS = {"plantain.guard", "plantain.settings"}  # of the clients that all others use

Sources = Mapping[str, str]  # the text of each file, by its path


class Place(NamedTuple):
    """Where a call stands in the source, as a running frame can tell it too."""

    file: str
    line: int | None
    end_line: int | None
    column: int | None
    end_column: int | None


class Name(NamedTuple):
    """A function of a module."""

    module: str
    function: str


@dataclass(frozen=True)
class Call:
    place: Place
    to: Name | str  # another function, or an operation of the outside such as sqs.send_message


@dataclass
class Module:
    file: str
    tree: ast.Module
    known: dict[str, Name | str] = field(default_factory=dict)  # what its imports stand for
    tables: dict[str, ast.expr] = field(default_factory=dict)  # its constants, by name


def sources() -> Sources:
    """Every file of the package and of the functions."""
    found = [*(ROOT / PACKAGE).glob("plantain/**/*.py"), *(ROOT / FUNCTIONS).glob("*/app.py")]
    return {str(path.relative_to(ROOT)): path.read_text() for path in sorted(found)}


def is_read(operation: str) -> bool:
    service, _, method = operation.partition(".")
    return service != "web" and method.startswith(READS)


class Code:
    def __init__(self, files: Sources) -> None:
        self.modules = {_dotted(file): Module(file, ast.parse(files[file])) for file in files}
        self.functions: dict[Name, ast.FunctionDef] = {}
        for name, module in self.modules.items():
            self._learn(name, module)
        self.calls = {name: list(self._calls(name)) for name in self.functions}

    def operations(self) -> Iterator[Call]:
        """Every call to the outside that there is, whoever comes to it."""
        for calls in self.calls.values():
            yield from (call for call in calls if isinstance(call.to, str))

    def entries(self, module: str) -> Iterator[Name]:
        """Where a function's run may begin: in itself, or in what its API hands over to others."""
        yield from (name for name in self.functions if name.module == module)
        for node in ast.walk(self.modules[module].tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                made = self.modules[module].known.get(node.func.id)
                yield from self._handed_over(made) if isinstance(made, Name) else ()

    def _handed_over(self, made: Name) -> Iterator[Name]:
        """The functions that a class gives away by their names when it is made."""
        maker = Name(made.module, f"{made.function}.__init__")
        nodes = list(ast.walk(self.functions[maker])) if maker in self.functions else []
        called = {id(node.func) for node in nodes if isinstance(node, ast.Call)}
        for node in nodes:
            if isinstance(node, ast.Name) and id(node) not in called:
                yield from self._targets(self.modules[made.module], node)

    def unclear(self) -> Iterator[str]:
        """What leaves the house in a way that this reading of the code cannot follow."""
        for module in (self.modules[name] for name in self.modules.keys() - MAKERS):
            client = module.known.get("client") == Name("plantain.settings", "client")
            called = {id(node.func.value.func) for node in ast.walk(module.tree) if _is_aws(node)}
            for node in ast.walk(module.tree):
                loose = client and _is_name(node, "client") and id(node) not in called
                if loose or _is_httpx(node):
                    yield f"{module.file}, line {node.lineno}"

    def _learn(self, name: str, module: Module) -> None:
        for node in module.tree.body:
            match node:
                case ast.ImportFrom(module=str(source)):
                    known = {one.asname or one.name: one.name for one in node.names}
                    module.known |= {n: self._import(source, one) for n, one in known.items()}
                case ast.FunctionDef():
                    self._define(name, module, node)
                case ast.ClassDef(body=methods):
                    self._define_all(name, module, node.name, methods)
                case ast.Assign(targets=[ast.Name(id=target)], value=value):
                    module.tables[target] = value
                case ast.AnnAssign(target=ast.Name(id=target), value=ast.expr() as value):
                    module.tables[target] = value

    def _import(self, source: str, name: str) -> Name | str:
        dotted = f"{source}.{name}"
        return dotted if dotted in self.modules else Name(source, name)

    def _define_all(self, name: str, module: Module, owner: str, body: list[ast.stmt]) -> None:
        for node in body:
            if isinstance(node, ast.FunctionDef):
                self._define(name, module, node, f"{owner}.")

    def _define(self, name: str, module: Module, node: ast.FunctionDef, owner: str = "") -> None:
        function = Name(name, f"{owner}{node.name}")
        self.functions[function] = node
        module.known.setdefault(function.function, function)

    # ── what is called ───────────────────────────────────────────────────────────────────────────

    def _calls(self, name: Name) -> Iterator[Call]:
        module, function = self.modules[name.module], self.functions[name]
        inside = [node for node in ast.walk(function) if isinstance(node, ast.Call)]
        for node in sorted(inside, key=lambda node: (node.lineno, node.col_offset)):
            place = Place(
                module.file, node.lineno, node.end_lineno, node.col_offset, node.end_col_offset
            )
            operation = self._operation(module, function, node.func)
            if operation and not is_read(operation):
                yield Call(place, operation)
            for target in dict.fromkeys(self._targets(module, node.func)):
                yield Call(place, target)

    def _targets(self, module: Module, callee: ast.expr) -> Iterator[Name]:
        """The functions that a call may come to; through a table, all that stand in it."""
        match callee:
            case ast.Name(id=name) if name in module.known:
                target = module.known[name]
                if target in self.functions:
                    yield Name(*target)
            case ast.Attribute(value=ast.Name(id=base), attr=attribute):
                target = Name(str(module.known.get(base)), attribute)
                if target in self.functions:
                    yield target
            case ast.Subscript(value=ast.Name(id=table)) if table in module.tables:
                for node in ast.walk(module.tables[table]):
                    if isinstance(node, ast.Name | ast.Attribute):
                        yield from self._targets(module, node)

    def _operation(self, module: Module, function: ast.FunctionDef, callee: ast.expr) -> str | None:
        """The operation of client("…").…() or of an httpx client, if this is one."""
        match callee:
            case ast.Attribute(
                value=ast.Call(func=ast.Name(id="client"), args=[ast.Constant(value=str(service))])
            ):
                return f"{service}.{callee.attr}"
            case ast.Attribute(value=ast.Call(func=maker)):
                made = [self.functions[name] for name in self._targets(module, maker)]
                return f"web.{callee.attr}" if any(_is_web(node.returns) for node in made) else None
            case ast.Attribute(value=ast.Name(id=name)):
                given = {arg.arg: arg.annotation for arg in function.args.args}
                return f"web.{callee.attr}" if _is_web(given.get(name)) else None
        return None


def _is_aws(node: ast.AST) -> bool:
    match node:
        case ast.Call(
            func=ast.Attribute(value=ast.Call(func=ast.Name(id="client"), args=[ast.Constant()]))
        ):
            return True
    return False


def _is_httpx(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="httpx"), attr=made)):
            return made in WEB_CALLS
    return False


def _is_name(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _is_web(annotation: ast.expr | None) -> bool:
    return annotation is not None and ast.unparse(annotation) == WEB


def _dotted(file: str) -> str:
    path = Path(file).with_suffix("")
    parts = path.parts if path.parts[0] == FUNCTIONS else path.relative_to(PACKAGE).parts
    return ".".join(part for part in parts if part != "__init__")
