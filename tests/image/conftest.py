"""The image, built once for all tests of it."""

import os
import shutil
from pathlib import Path

import pytest
from tests.deploy.deployment_files import ROOT
from tests.image.build import Images, build_images
from tests.image.debian import bare_debian

_NEEDED = ("debootstrap", "unshare", "nsenter", "setpriv", "chroot")


@pytest.fixture(scope="session")
def images() -> Images:
    """The folders with all files of the images."""
    if not os.environ.get("DELTASTREAM_TEST_IMAGE"):
        pytest.skip("`make test-image` builds the images, in some minutes")
    missing = [name for name in _NEEDED if shutil.which(name) is None]
    if missing or os.geteuid() != 0:
        pytest.skip(f"building without an engine needs root and {', '.join(missing or _NEEDED)}")
    folder = ROOT / ".tools" / "image"
    return build_images(bare_debian(folder), folder)


@pytest.fixture
def image(images: Images) -> Path:
    """What is shipped."""
    return images.runtime


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """What a container has mounted as its data folder."""
    folder = tmp_path / "data"
    folder.mkdir()
    return folder
