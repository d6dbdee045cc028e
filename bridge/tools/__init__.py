"""What people run beside a server: doctor, models, demo, top."""
