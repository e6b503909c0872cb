"""What proves the history to others: daily anchors, proof files, acknowledgements that are checked."""
