"""Tools without domain: they know nothing of alerts, people or carriers."""
