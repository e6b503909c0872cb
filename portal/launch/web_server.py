"""The web server's command: Granian, whose event loop reads headers and sends answers outside the application's threads."""

from pathlib import Path

HEADER_SECONDS = 10  # a request whose headers are not complete by then is closed
MAX_HEADER_BYTES = 64 * 1024
STOP_SECONDS = 8  # requests that still run after this time are cut off at a stop
# A thread is held from the end of the headers until the application has answered, so also while a slow phone sends its form.
# Idle threads cost nothing; a phone opens at most a dozen connections.
THREADS = 32


def command(python: Path | str, application: str, port: int, *, host: str = "127.0.0.1", workers: int = 1) -> list[str]:
    """Serve a WSGI application (`module:name`). `workers`: processes of THREADS threads each."""
    return [
        *(str(python), "-m", "granian", "--interface", "wsgi", "--http", "1", "--no-ws"),
        *("--host", host, "--port", str(port)),
        *("--workers", str(workers), "--blocking-threads", str(THREADS)),
        *("--http1-header-read-timeout", str(HEADER_SECONDS * 1000), "--http1-buffer-size", str(MAX_HEADER_BYTES)),
        *("--respawn-failed-workers", "--respawn-interval", "0.5", "--workers-kill-timeout", str(STOP_SECONDS)),
        *("--log-level", "warning"),
        application,
    ]
