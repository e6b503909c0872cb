"""Zip archives of others."""

import lzma
import struct
import zipfile
import zlib

# What zipfile raises for a damaged, encrypted or strangely packed archive.
UNREADABLE = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, ValueError, RuntimeError, EOFError, OSError,
)  # fmt: skip
