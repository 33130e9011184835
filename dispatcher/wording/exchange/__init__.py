"""Texts on their way to translators and back: PO, XLIFF 1.2 and 2.1, and a sheet of two columns."""
