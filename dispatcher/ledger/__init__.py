"""What happened: the only owner of dispatches, batches, deliveries and their books."""
