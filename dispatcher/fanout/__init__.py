"""From one decision to many deliveries."""
