"""The translators' gate, one file a family of checks; `wording.checks` has the table."""
