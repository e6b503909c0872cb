from django.core.management.base import BaseCommand

from payments.mock_gateway import sender


class Command(BaseCommand):
    help = "Sends the mock gateway's IPNs until stopped (the web process does so too, unless GATEWAY_IPN_THREADS=0)."

    def add_arguments(self, parser):
        parser.add_argument("--once", action="store_true", help="send what is due now and stop")

    def handle(self, *, once, **options):
        if once:
            sender.work()
            return
        try:
            sender.run_forever()
        except KeyboardInterrupt:
            self.stdout.write("Đã dừng.")
