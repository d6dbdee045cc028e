"""Mosec's client. Mosec has no deadline per request; the server's setting `timeout` is the nearest."""

from fake_device.play import main
from fake_device.workload import REQUEST
from peers.posting import posting

if __name__ == "__main__":
    main(posting(REQUEST, "application/octet-stream"))
