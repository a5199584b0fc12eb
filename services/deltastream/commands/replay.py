"""`deltastream replay`."""

from pathlib import Path

import click

from deltastream.commands.up import up


@click.command()
@click.argument(
    "path",
    metavar="FILE_OR_FOLDER",
    type=click.Path(exists=True, path_type=Path, resolve_path=True),
)
@click.option("--speed", type=float, default=None, help="0 is as fast as possible.  [1]")
@click.option("--loop", is_flag=True, default=None, help="Begin again at the end.")
@click.option("--products", default=None, metavar="A,B", help="Only these symbols.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=None, help="HTTP port of the edge.  [8000]"
)
@click.option("--free-ports", is_flag=True, help="Use any free ports, and say which.")
@click.pass_context
def replay(context: click.Context, /, path: Path, **options: object) -> None:
    """Run the whole mesh on a recording, or on captured snapshots.

    The same as `up --source replay:FILE_OR_FOLDER`.
    """
    context.invoke(up, source=f"replay:{path}", **options)
