"""The sending: one approved message, in each reader's language, on a channel that reaches them."""
