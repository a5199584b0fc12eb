"""The reference tables are those of the settings' classes and the contracts."""

from pathlib import Path

import pytest
from tests.docs.pages import DOCS, name_of
from tools.reference import pages as reference
from tools.reference.settings import class_of
from tools.reference.tables import tables

from deltastream.runtime.roles import ROLES, Role
from deltastream.runtime.settings import ENVIRONMENT_PREFIX

WRITE_ANEW = "write it anew: .venv/bin/python -m tools.reference"
CONFIGURATION = DOCS / "configuration.md"


def page_of(role: Role) -> Path:
    return DOCS / "roles" / f"{role.name}.md"


@pytest.mark.parametrize("page", reference.pages(), ids=name_of)
def test_the_tables_of_a_page_are_up_to_date(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert reference.with_tables(text) == text, WRITE_ANEW


def test_every_table_stands_once_in_the_documentation() -> None:
    placed = [
        name
        for page in reference.pages()
        for name in reference.places(page.read_text(encoding="utf-8"))
    ]
    assert sorted(placed) == sorted(tables())


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_a_role_s_page_has_its_facts_calls_and_settings(role: Role) -> None:
    placed = reference.places(page_of(role).read_text(encoding="utf-8"))
    kinds = ("facts", "calls", "settings") if role.service else ("facts", "settings")
    assert placed == [f"{kind} of {role.name}" for kind in kinds]


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_every_setting_of_a_role_is_in_the_table_of_all(role: Role) -> None:
    told = CONFIGURATION.read_text(encoding="utf-8")
    fields = class_of(role).model_fields
    missing = [name for name in fields if f"| `{ENVIRONMENT_PREFIX}{name.upper()}` | " not in told]
    assert missing == []
