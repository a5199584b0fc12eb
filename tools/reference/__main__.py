"""Writes the reference tables of the documentation: what stands between two comments in docs/.

    .venv/bin/python -m tools.reference

A table stands between `<!-- NAME -->` and `<!-- /NAME -->`, such as "settings of feed". tests/docs
compares them with the classes and contracts that they are read from.
"""

from tools.reference.pages import pages, with_tables


def main() -> None:
    """Write them."""
    for page in pages():
        text = page.read_text(encoding="utf-8")
        written = with_tables(text)
        if written != text:
            page.write_text(written, encoding="utf-8")
            print(f"wrote {page}")


if __name__ == "__main__":
    main()
