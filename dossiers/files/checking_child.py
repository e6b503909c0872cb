"""Child process that opens one untrusted file: redraws a picture, checks a PDF, makes a thumbnail. Refuses with a code."""

from portal.common.sandbox_child import Refused, serve

MAX_MEMORY_BYTES = 1536 * 1024 * 1024
MAX_CPU_SECONDS = 25
OTHER_FILES = ((b"%PDF-",), (b"PK\x03\x04", b"PK\x05\x06"), (b"<script",), (b"<?php",), (b"<!doctype html",), (b"<html",))


def check(header, body):
    """Do one job. header: `kind` ("picture", "pdf" or "thumbnail") and the limits from the settings (MAX_UPLOAD_…).

    The answer to a picture holds the clean copy and behind it the thumbnail; `copy_size` is the size of the first. The answer to
    a PDF is empty when it is kept as it is.
    """
    if header["kind"] == "pdf":
        from dossiers.files import pdf_objects

        pages, copy = pdf_objects.check(body, header["max_pages"], header["max_objects"])
        return {"format": "pdf", "pages": pages, "copy_size": len(copy)}, copy

    from dossiers.files import pictures

    if header["kind"] == "thumbnail":
        return {}, pictures.thumbnail(body)
    if any(all(mark in body for mark in marks) for marks in OTHER_FILES):
        raise Refused("polyglot")
    kind, copy, thumbnail = pictures.redraw(body, header["max_pixels"], header["max_pixels_decoded"])
    return {"format": kind, "pages": 1, "copy_size": len(copy)}, copy + thumbnail


if __name__ == "__main__":
    serve(check, memory=MAX_MEMORY_BYTES, cpu=MAX_CPU_SECONDS)
