"""The threads that send IPNs, in the web process; `manage.py send_ipns` runs the same loop in its own process."""

import logging
import threading

from django.db import connection

from . import clock, ipn, paying

logger = logging.getLogger(__name__)


def start(number):
    """Start so many sender threads (daemons)."""
    for index in range(int(number)):
        threading.Thread(target=run_forever, name=f"ipn-{index}", daemon=True).start()


def run_forever(stopped=None):
    """Loop: end pending transactions, send due notices, wait. Errors are logged and retried."""
    while not (stopped and stopped.is_set()):
        ipn.sleep(work())


def work():
    """Do what is due now; returns how many seconds to wait afterwards."""
    try:
        paying.complete_pending()
        while ipn.send_one(clock.now()):
            pass
        return ipn.seconds_to_next()
    except Exception:  # the thread must survive, or no more IPNs are sent
        logger.exception("sending IPN")
        connection.close()
        return 1.0
