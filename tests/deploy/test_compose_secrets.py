"""The secrets of docker-compose.yml: made once, each for those alone who may read it."""

import base64
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.deploy.deployment_files import ROOT, compose_services

from deltastream.auth.settings import AuthSettings
from deltastream.feed.settings import FeedSettings
from deltastream.runtime.roles import ROLES, Role
from deltastream.storage.settings import StorageSettings

SERVICES = compose_services()
SCRIPT = ROOT / "compose" / "make_secrets.sh"
USERS = ROOT / "compose" / "mongo_users.js"
VOLUMES = ("roles", "storage", "auth", "mongo")
FOLDER = "/run/secrets/deltastream"
each_role = pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)


@pytest.fixture
def made(tmp_path: Path) -> Path:
    for volume in VOLUMES:
        (tmp_path / volume).mkdir()
    _make(tmp_path)
    return tmp_path


def _make(folder: Path) -> None:
    # As the image's dash and coreutils run it.
    subprocess.run(  # noqa: S603 - a script of ours
        ["/bin/sh", SCRIPT, folder], check=True, timeout=30
    )


def _contents(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_text(encoding="utf-8") for path in files}


def test_every_secret_is_long_and_like_no_other(made: Path) -> None:
    contents = _contents(made)
    random = [contents["roles/deltastream_service_secret"]]
    random += [contents[f"mongo/{user}"] for user in ("root", "storage", "auth")]
    assert len(set(random)) == 4
    for text in random:
        # 32 bytes; and nothing that a URL would need escaped.
        assert re.fullmatch(r"[A-Za-z0-9_-]{43}", text)
        assert len(base64.urlsafe_b64decode(f"{text}=")) == 32


def test_a_second_start_changes_nothing(made: Path) -> None:
    before = _contents(made)
    _make(made)
    assert _contents(made) == before


def test_what_a_broken_start_left_out_is_made_and_the_rest_stays(made: Path) -> None:
    before = _contents(made)
    (made / "storage/deltastream_store_url").unlink()
    (made / "auth/deltastream_service_secret").write_text("", encoding="utf-8")
    _make(made)
    assert _contents(made) == before


def test_the_roles_read_what_was_made(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    contents = _contents(made)
    monkeypatch.setenv("DELTASTREAM_SECRETS_DIR", str(made / "storage"))
    storage = StorageSettings.load()
    password = contents["mongo/storage"]
    assert storage.store_url == f"mongodb://storage:{password}@mongo:27017/market"
    monkeypatch.setenv("DELTASTREAM_SECRETS_DIR", str(made / "auth"))
    auth = AuthSettings.load()
    password = contents["mongo/auth"]
    assert auth.users_url == f"mongodb://auth:{password}@mongo:27017/users"
    monkeypatch.setenv("DELTASTREAM_SECRETS_DIR", str(made / "roles"))
    feed = FeedSettings.load()
    secrets = {each.service_secret.get_secret_value() for each in (storage, auth, feed)}
    assert secrets == {contents["roles/deltastream_service_secret"]}


@each_role
def test_a_role_can_read_its_own_and_no_others(role: Role) -> None:
    own = role.name if role.name in VOLUMES else "roles"
    mounted = [each for each in SERVICES[role.name]["volumes"] if each.startswith("secrets-")]
    assert mounted == [f"secrets-{own}:{FOLDER}:ro"]
    assert SERVICES[role.name]["environment"]["DELTASTREAM_SECRETS_DIR"] == FOLDER


def test_only_who_makes_them_can_write_them() -> None:
    for name, service in SERVICES.items():
        for volume in service.get("volumes", []):
            if volume.startswith("secrets-"):
                assert volume.endswith(":ro") == (name != "secrets")
    made = [each for each in SERVICES["secrets"]["volumes"] if each.startswith("secrets-")]
    assert made == [f"secrets-{volume}:/secrets/{volume}" for volume in VOLUMES]
    assert SERVICES["secrets"]["restart"] == "no"


def test_mongodb_makes_a_user_of_each_database_with_the_password_in_its_url(made: Path) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not on PATH")
    # As mongosh runs it, but for the server: it notes what would be asked of one.
    program = f"""
      const made = [];
      const fs = require("node:fs"), read = fs.readFileSync;
      fs.readFileSync = (path, ...rest) =>
        read(path.replace("/run/secrets/mongo", {json.dumps(str(made / "mongo"))}), ...rest);
      const database = (name) => ({{ createUser: (user) => made.push([name, user]) }});
      const db = {{ getSiblingDB: database }};
      {USERS.read_text(encoding="utf-8")}
      console.log(JSON.stringify(made));
    """
    answer = subprocess.run(  # noqa: S603 - a program of ours
        [node, "--eval", program], capture_output=True, text=True, timeout=30, check=True
    )
    contents = _contents(made)
    for database, user in json.loads(answer.stdout):
        assert user["roles"] == [{"role": "readWrite", "db": database}]
        assert user["pwd"] == contents[f"mongo/{user['user']}"]
        urls = contents["storage/deltastream_store_url"], contents["auth/deltastream_users_url"]
        assert f"mongodb://{user['user']}:{user['pwd']}@mongo:27017/{database}" in urls
