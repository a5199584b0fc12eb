"""`deltastream enrich`, from the file to the last line of output."""

from functools import partial
from typing import TextIO

from deltastream.domain.errors import InvalidValueError, SourceFormatError
from deltastream.offline.assumed_times import written_when_taken
from deltastream.offline.chains import ChainsOfFile, read_chains
from deltastream.offline.enriching import enriched
from deltastream.offline.formats.csv_rows import CsvRows
from deltastream.offline.formats.format import Format
from deltastream.offline.formats.json_lines import JsonLines
from deltastream.offline.options import EnrichOptions
from deltastream.offline.output import opened
from deltastream.offline.progress import shown
from deltastream.offline.remarks import complain, summarise, warn_of_assumed_times
from deltastream.offline.table.chain_table import ChainTable, console_for
from deltastream.ports.clock import Clock
from deltastream.runtime import exit_codes
from deltastream.runtime.clock import utc_now


def run_enrich(options: EnrichOptions, *, clock: Clock = utc_now) -> int:
    """Enrich every chain of a file or folder, write them, and return the exit status.

    Nothing is written before everything has been read.
    """
    try:
        _spare_the_input(options)
        held = read_chains(options.path, options.hints(), track=partial(shown, doing="reading"))
    except (SourceFormatError, InvalidValueError) as error:
        complain(str(error))
        return exit_codes.USAGE
    warn_of_assumed_times(written_when_taken(options.path, held.chains))
    try:
        with opened(options.output) as stream:
            _write(held, options, stream=stream, clock=clock)
    except BrokenPipeError:
        return 0  # The reader has seen enough, as `head` has.
    except OSError as error:
        complain(f"{options.output or 'stdout'} cannot be written ({error.strerror})")
        return exit_codes.UNUSABLE
    summarise(held.skipped)
    return 0


def _spare_the_input(options: EnrichOptions) -> None:
    path, output = options.path, options.output
    if output is not None and output.exists() and path.exists() and output.samefile(path):
        raise InvalidValueError("output", f"{output} is the file that is read; name another")


def _write(held: ChainsOfFile, options: EnrichOptions, *, stream: TextIO, clock: Clock) -> None:
    form = _format(options, stream)
    stream.write(form.head())
    chains = shown(held.chains, doing="enriching", beside_output=stream.isatty())
    stream.writelines(
        form.chain(one, held.products[one.chain.product])
        for one in enriched(chains, products=held.products, options=options, clock=clock)
    )


def _format(options: EnrichOptions, stream: TextIO) -> Format:
    match options.format or ("table" if stream.isatty() else "json"):
        case "csv":
            return CsvRows()
        case "json":
            return JsonLines()
        case _:
            return ChainTable(console_for(stream), strikes=options.strikes)
