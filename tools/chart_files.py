"""Writes what of the chart follows from other files: parts of its README, rules, rendered examples.

    PATH=$PWD/.tools/bin:$PATH .venv/bin/python tools/chart_files.py

tests/deploy compares them. In the README it writes what stands between `<!-- NAME -->` and
`<!-- /NAME -->`: the graph of the mesh, the table of its services, and that of all other values
with the comments that stand directly above them. Prometheus' rules are copies, as a chart can
read no file outside of it. Needs the helm that tools/deploy_tools builds.
"""

import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

ROOT: Final = Path(__file__).parents[1]
CHART: Final = ROOT / "charts" / "deltastream"
README: Final = CHART / "README.md"
EXAMPLES: Final = CHART / "examples"
RULES: Final = ROOT / "observability" / "prometheus" / "rules"
COPIED_RULES: Final = CHART / "files" / "rules"
_SERVICES: Final = "services"

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One value that can be set.

    Attributes:
        path: its keys with dots between.
        default: as it stands in the file; empty for a group of others.
        comment: what stands above it.
    """

    path: str
    default: str
    comment: str


def values_of(text: str) -> Iterator[Value]:
    """Yield every value of a values.yaml but the services, in the order of the file."""
    lines = text.splitlines()
    root = yaml.compose(text)
    if isinstance(root, yaml.MappingNode):
        yield from _values_in(root, lines, prefix="")


def _values_in(group: yaml.MappingNode, lines: list[str], prefix: str) -> Iterator[Value]:
    for key, node in group.value:
        path = f"{prefix}{key.value}"
        if path == _SERVICES:
            continue
        comment = _comment_above(key.start_mark.line, lines)
        if isinstance(node, yaml.MappingNode) and not node.flow_style:
            if comment:
                yield Value(path=path, default="", comment=comment)
            yield from _values_in(node, lines, prefix=f"{path}.")
        else:
            yield Value(path=path, default=_written(node), comment=comment)


def _comment_above(line: int, lines: list[str]) -> str:
    """Return the comment that ends in the line before, as one line."""
    found: list[str] = []
    while line and lines[line - 1].lstrip().startswith("#"):
        line -= 1
        found.insert(0, lines[line].strip().removeprefix("#").strip())
    return " ".join(found)


def _written(node: yaml.Node) -> str:
    """Return a value as it would be given in one line."""
    plain = yaml.safe_load(yaml.serialize(node))
    return (
        yaml.safe_dump(plain, default_flow_style=True, sort_keys=False, width=1000)
        .removesuffix("...\n")
        .strip()
    )


def values_table(text: str) -> str:
    """Return the table of all values but the services."""
    rows = [
        f"| `{value.path}` | {_code(value.default)} | {value.comment.replace('|', chr(92) + '|')} |"
        for value in values_of(text)
    ]
    return "\n".join(["| value | default | what it is |", "| --- | --- | --- |", *rows])


def _code(text: str) -> str:
    return f"`{text}`" if text else ""


def services_table(values: Values) -> str:
    """Return the table of services: what each has by default."""
    rows = [
        f"| `{name}` | {_ports(block)} | {', '.join(block['opens']) or 'nothing'} "
        f"| {block['resources']['requests']['cpu']}, {block['resources']['requests']['memory']} "
        f"| {block['resources']['limits']['memory']} "
        f"| {block.get('persistence', {}).get('size', 'none')} |"
        for name, block in values[_SERVICES].items()
    ]
    head = "| service | ports | opens | requests | memory limit | volume |"
    return "\n".join([head, "| --- | --- | --- | --- | --- | --- |", *rows])


def _ports(block: Values) -> str:
    return ", ".join(f"{name} {number}" for name, number in block["ports"].items())


def graph(values: Values) -> str:
    """Return who calls whom, as a Mermaid diagram."""
    calls = [
        f"  {name} --> {callee}"
        for name, block in values[_SERVICES].items()
        for callee in block["calls"]
    ]
    return "\n".join(["```mermaid", "flowchart LR", *calls, "```"])


def with_parts(readme: str, text: str) -> str:
    """Return the README with its parts written anew.

    Args:
        readme: as it is.
        text: of values.yaml.

    Raises:
        ValueError: it has no place for one of them.
    """
    values: Values = yaml.safe_load(text)
    parts = {
        "graph": graph(values),
        "services": services_table(values),
        "values": values_table(text),
    }
    for name, part in parts.items():
        begin, end = f"<!-- {name} -->\n", f"\n<!-- /{name} -->"
        if begin not in readme or end not in readme:
            raise ValueError(f"{README.name} has no <!-- {name} --> with its end")
        before, _, rest = readme.partition(begin)
        readme = f"{before}{begin}{part}{end}{rest.partition(end)[2]}"
    return readme


def rules() -> dict[str, str]:
    """Return Prometheus' rules, by the names of their files."""
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(RULES.glob("*.yml"))}


def rendered(example: Path) -> str:
    """Return what helm makes of an example.

    Raises:
        CalledProcessError: it makes nothing of it.
    """
    values = str(example / "values.yaml")
    where = ["--namespace", "mesh", "--kube-version", "1.30.0"]
    command = ["helm", "template", "deltastream", str(CHART), *where, "--values", values]
    return subprocess.run(  # noqa: S603 - a fixed command of ours
        command, check=True, stdout=subprocess.PIPE, text=True, timeout=60
    ).stdout


def main() -> None:
    """Write all of them."""
    values = (CHART / "values.yaml").read_text(encoding="utf-8")
    readme = with_parts(README.read_text(encoding="utf-8"), values)
    README.write_text(readme, encoding="utf-8")
    for name, text in rules().items():
        (COPIED_RULES / name).write_text(text, encoding="utf-8")
    for example in sorted(EXAMPLES.iterdir()):
        (example / "rendered.yaml").write_text(rendered(example), encoding="utf-8")


if __name__ == "__main__":
    main()
