"""Command-line tools beside the server: doctor, models, demo, top."""
