"""Digests and Merkle trees."""

import hashlib

import pytest

from portal.common import digests

CONTENT = {"answers": {"a": 1, "b": "hai"}, "files": {}}


def test_a_content_digest_depends_on_every_value_key_and_salt():
    digest = digests.content_digest(CONTENT, "s")
    assert digest == digests.content_digest({"files": {}, "answers": {"b": "hai", "a": 1}}, "s")
    others = [
        ({"answers": {"a": 2, "b": "hai"}}, "s"),
        ({"answers": {"a": 1}}, "s"),
        ({"x": CONTENT["answers"]}, "s"),
        (CONTENT, "t"),
    ]
    assert len({digest, *(digests.content_digest(content, salt) for content, salt in others)}) == 5


def test_the_salt_of_a_field_differs_for_each_field():
    assert digests.salt_of_field("s", "a") != digests.salt_of_field("s", "b")
    assert len(digests.salt_of_field("s", "a")) == 32


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 8, 13])
def test_each_leaf_reaches_the_root_by_its_path_and_no_other(size):
    leaves = [digests.leaf_hash(str(n)) for n in range(size)]
    root = digests.merkle_root(leaves)
    for position, leaf in enumerate(leaves):
        path = digests.merkle_path(leaves, position)
        assert digests.root_of_path(leaf, path) == root
        assert digests.root_of_path(digests.leaf_hash("other"), path) != root


def test_the_root_is_that_of_rfc_6962():
    assert digests.merkle_root([]) == hashlib.sha256().hexdigest()
    a, b, c = (digests.leaf_hash(text) for text in "abc")
    node = hashlib.sha256(b"\1" + bytes.fromhex(a) + bytes.fromhex(b)).digest()
    assert digests.merkle_root([a, b, c]) == hashlib.sha256(b"\1" + node + bytes.fromhex(c)).hexdigest()
