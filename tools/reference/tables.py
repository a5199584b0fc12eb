"""The reference tables of the documentation, as Markdown."""

from collections.abc import Iterable, Iterator

from tools.reference import flat_tables
from tools.reference.calls import calls_of
from tools.reference.settings import all_settings, settings_of

from deltastream.runtime.roles import ROLES, Role


def tables() -> dict[str, str]:
    """Return every table by its name, such as "settings of feed"."""
    found = {"all settings": _all_settings(), "every listener": _listeners()}
    for role in ROLES:
        found[f"facts of {role.name}"] = _facts(role)
        found[f"settings of {role.name}"] = _settings(role)
        if role.service is not None:
            found[f"calls of {role.name}"] = _calls(role)
    return found | _flat_tables()


def _flat_tables() -> dict[str, str]:
    heads = ("path", "a row is, or an answer has", "parameters", "from")
    return {
        "flat tables": _table(heads, flat_tables.overview()),
        "parameters of tables": _table(
            ("parameter", "default", "meaning"), flat_tables.parameters()
        ),
        "columns of tables": _table(("table", "columns"), flat_tables.columns()),
        "units of tables": _table(("unit", "columns"), flat_tables.units()),
    }


def _all_settings() -> str:
    rows = (
        (f"`{setting.variable}`", readers, setting.default, setting.meaning)
        for setting, readers in all_settings()
    )
    return _table(("variable", "read by", "default", "meaning"), rows)


def _listeners() -> str:
    rows = (
        (f"`{variable}`", role.name, f"`127.0.0.1:{port}`")
        for role in ROLES
        for variable, port in {**role.listeners, role.admin_variable: role.admin_port}.items()
    )
    return _table(("variable", "role", "where `up` has it listen"), rows)


def _settings(role: Role) -> str:
    rows = (
        (f"`{setting.variable}`", setting.default, setting.meaning)
        for setting in settings_of(role)
        if not setting.common
    )
    return _table(("variable", "default", "meaning"), rows)


def _calls(role: Role) -> str:
    rows = (
        (
            f"`{call.name}`",
            "<br>".join(f"`{route}`" for route in call.routes) or "none",
            call.callers,
            call.purpose,
        )
        for call in calls_of(role)
    )
    return _table(("RPC", "HTTP", "who may call", "what it does"), rows)


def _facts(role: Role) -> str:
    return _table(("", ""), _fact_rows(role))


def _fact_rows(role: Role) -> Iterator[tuple[str, str]]:
    yield "command", f"`deltastream {role.name}`"
    if role.service is not None:
        yield "gRPC", f"{role.grpc_port}, `{role.service}`"
    if role.http_port is not None:
        yield "HTTP", f"{role.http_port}; also {role.socketio_port}, the original's Socket.IO port"
    if role.public_grpc_port is not None:
        yield "public gRPC", f"{role.public_grpc_port}, every service"
    yield "admin", f"{role.admin_port}: `/metrics`, `/healthz`, `/readyz`"
    yield "calls", ", ".join(_called(role)) or "nobody"
    opened = (f"{each} (`{each.url_variable}`)" for each in role.resources)
    yield "opens", ", ".join(opened) or "nothing"


def _called(role: Role) -> Iterator[str]:
    for name in role.calls:
        optional = " (not needed to serve)" if name in role.optional else ""
        yield f"[{name}]({name}.md){optional}"


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    titles = tuple(head)
    lines = [titles, ("---",) * len(titles), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
