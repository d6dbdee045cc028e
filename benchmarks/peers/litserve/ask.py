"""LitServe's client. LitServe has no deadline per request; the server's setting `timeout` is the nearest."""

from fake_device.play import main
from fake_device.workload import REQUEST
from peers.posting import posting

if __name__ == "__main__":
    body = b'"' + b"0" * (len(REQUEST) - 2) + b'"'  # the same number of bytes as JSON, which LitServe parses
    main(posting(body, "application/json"))
