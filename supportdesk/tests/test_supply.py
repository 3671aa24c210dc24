"""Which licences of packages are let in without a word."""

from __future__ import annotations

import pytest

from scripts.supply import is_free


@pytest.mark.parametrize(
    ("licence", "free"),
    [
        ("MIT", True),
        ("Apache-2.0 OR GPL-2.0-only", True),
        ("MIT AND PSF-2.0", True),
        ("MIT AND GPL-3.0-or-later", False),
        ("BSD License; Apache Software License", True),
        ("LGPL-3.0-only", True),
        ("GNU General Public License v3 (GPLv3)", False),
        ("AGPL-3.0-only", False),
        ("GNU Affero General Public License v3", False),
        ("Other/Proprietary License", False),
        ("", False),
    ],
)
def test_what_a_licence_asks_for_decides(licence: str, free: bool) -> None:
    assert is_free("some-package", licence) is free
