"""Our own PostgreSQL and Valkey for a demo, the tests and a small installation: `servers.Local`."""
