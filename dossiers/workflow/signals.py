"""What the floors above may hear of: the only word dossiers send upwards."""

from django.dispatch import Signal

step_taken = Signal()
"""Sent by `workflow.advance` inside its transaction, once everything of the step is written; `step` (with its details) and
`event`. A receiver's rows stand or fall with the step: money is never moved by a step that was rolled back. It may answer with
a sentence for whoever took the step («Biên lai số …»)."""
