"""The words: shipped crisis wordings and the console, a catalogue a language."""
