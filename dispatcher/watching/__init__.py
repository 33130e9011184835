"""Is all well? What monitors ask: alive, ready, and the figures; read from ledger and Valkey."""
