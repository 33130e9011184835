"""What came back: receipts and acknowledgements."""
