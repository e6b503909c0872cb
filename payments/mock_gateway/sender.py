"""The threads that send IPNs. They live in the web process; `manage.py send_ipns` runs the same loop alone."""

import logging
import threading

from django.db import connection

from . import clock, ipn, paying

logger = logging.getLogger(__name__)


def start(number):
    """Threads that send for as long as this process lives."""
    for index in range(int(number)):
        threading.Thread(target=run_forever, name=f"ipn-{index}", daemon=True).start()


def run_forever(stopped=None):
    """Complete what the banks have answered, send what is due, wait. A lost database is waited for."""
    while not (stopped and stopped.is_set()):
        ipn.sleep(work())


def work():
    """Do what is due now; returns how many seconds to wait after it."""
    try:
        paying.complete_pending()
        while ipn.send_one(clock.now()):
            pass
        return ipn.seconds_to_next()
    except Exception:  # a sender that dies tells nobody anything any more
        logger.exception("sending IPN")
        connection.close()
        return 1.0
