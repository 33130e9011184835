"""The doors for carriers and readers: signed receipts, acknowledgements. They decide nothing."""
